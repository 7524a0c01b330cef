// What a picture keeps on its way: depth, channels, metadata, orientation, size, format.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "exif_block.h"
#include "integration/cli_support.h"
#include "nalasr/version.h"

namespace nalasr::test {
namespace {

namespace fs = std::filesystem;

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::vector<std::byte> bytes_of(const std::string& text) {
  const auto* p = reinterpret_cast<const std::byte*>(text.data());
  return {p, p + text.size()};
}

// An ICC profile as far as anyone looks here: size, signature, and nothing in it.
std::vector<std::byte> icc_profile() {
  std::string profile(132, '\0');
  profile[3] = static_cast<char>(132);
  profile.replace(4, 4, "lcms").replace(8, 4, std::string("\x04\x30\0\0", 4)).replace(12, 12, "mntrRGB XYZ ");
  profile.replace(36, 4, "acsp");
  return bytes_of(profile);
}

std::vector<std::byte> xmp_packet() {
  return bytes_of(
      "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">"
      "<rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" dc:source=\"by hand\"/>"
      "</rdf:RDF></x:xmpmeta>");
}

// The smallest TIFF of one pixel: `photometric` 5 is CMYK, `sample_format` 3 floating point.
std::string one_pixel_tiff(int channels, int bits, int photometric, int sample_format) {
  std::string file("II*\0\x08\0\0\0", 8);
  const auto put = [&file](int value, int bytes) {
    for (int i = 0; i < bytes; ++i) file.push_back(static_cast<char>(value >> 8 * i));
  };
  constexpr int kEntries = 9, kEnd = 8 + 2 + kEntries * 12 + 4;
  put(kEntries, 2);
  const auto entry = [&put](int tag, int type, int count, int value) {
    put(tag, 2);
    put(type, 2);
    put(count, 4);
    put(value, 4);
  };
  for (const int tag : {256, 257}) entry(tag, 3, 1, 1);  // width, height
  entry(258, 3, channels, channels > 2 ? kEnd : bits);
  entry(259, 3, 1, 1);
  entry(262, 3, 1, photometric);
  entry(273, 4, 1, kEnd + 8);
  entry(277, 3, 1, channels);
  entry(279, 4, 1, channels * bits / 8);
  entry(339, 3, 1, sample_format);
  put(0, 4);
  for (int c = 0; c < 4; ++c) put(bits, 2);
  for (int c = 0; c < channels * bits / 8; ++c) put(63, 1);
  return file;
}

class Pictures : public testing::Test {
 protected:
  // Upscales `in` with the x2 model; `more` are further arguments.
  Outcome upscale(const std::string& in, const std::string& out, Arguments more = {}) const {
    Arguments arguments{"upscale", "-m", model_, (scratch_ / in).string(), "-o", (scratch_ / out).string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  }
  TestPicture upscaled(const TestPicture& picture, const std::string& out = "out.png", Arguments more = {}) const {
    save(picture, scratch_ / "in.png");
    more.emplace_back("--overwrite");
    const Outcome outcome = upscale("in.png", out, std::move(more));
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return load(scratch_ / out);
  }

  void use_plain_model() {
    model_ = (scratch_ / "plain.safetensors").string();
    write_plain_model(model_);
  }

  Scratch scratch_;
  std::string model_ = tiny_model(2);
};

TEST_F(Pictures, KeepTheirDepthAndChannels) {
  for (const int bits : {8, 16}) {
    for (const int channels : {1, 2, 3, 4}) {
      SCOPED_TRACE(std::to_string(channels) + " channels of " + std::to_string(bits) + " bits");
      const TestPicture out = upscaled(make_picture(20, 14, channels, bits));
      EXPECT_EQ(out.info.channels, channels);
      EXPECT_EQ(out.info.source_bits, bits);
      EXPECT_EQ(out.info.width, 40);
      EXPECT_EQ(out.info.height, 28);
    }
  }
}

TEST_F(Pictures, SixteenBitsAreNotEightInDisguise) {
  use_plain_model();
  const TestPicture out = upscaled(make_picture(24, 24, 3, 16));
  std::size_t others = 0;
  for (int x = 0; x < out.info.width; ++x) others += out.sample(x, 10, 0) % 257 != 0;
  EXPECT_GT(others, 40u);
}

TEST_F(Pictures, AlphaIsUpscaledAndStaysOpaqueWhereItWas) {
  use_plain_model();
  const TestPicture out = upscaled(make_picture(24, 24, 4));
  EXPECT_EQ(out.sample(4, 4, 3), 255);
  EXPECT_EQ(out.sample(40, 40, 3), 100);
  EXPECT_EQ(out.sample(4, 4, 0), 220);
  EXPECT_EQ(out.sample(40, 40, 2), 70);
}

TEST_F(Pictures, MetadataIsCarriedOver) {
  for (const ImageFormat format : {ImageFormat::png, ImageFormat::jpeg}) {
    TestPicture picture = make_picture(16, 16);
    picture.metadata.icc = icc_profile();
    picture.metadata.exif = exif_with_orientation(1);
    picture.metadata.xmp = xmp_packet();
    picture.metadata.x_dpi = picture.metadata.y_dpi = 300;
    const std::string name = std::string("m.") + extension_of(format);
    save(picture, scratch_ / name, format);
    const Outcome outcome = upscale(name, "out-" + name);
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_EQ(outcome.err, "");
    const TestPicture out = load(scratch_ / ("out-" + name));
    EXPECT_EQ(out.metadata.icc, picture.metadata.icc) << name;
    EXPECT_FALSE(out.metadata.exif.empty()) << name;
    const std::string xmp(reinterpret_cast<const char*>(out.metadata.xmp.data()), out.metadata.xmp.size());
    EXPECT_TRUE(contains(xmp, "by hand")) << name << ": " << xmp;
    EXPECT_NEAR(out.metadata.x_dpi, 300, 0.5) << name;
  }
}

// The bright corner of the stored picture is at the top left; where it must be after each orientation.
TEST_F(Pictures, OrientationIsAppliedOnce) {
  use_plain_model();
  for (int orientation = 1; orientation <= 8; ++orientation) {
    SCOPED_TRACE(orientation);
    TestPicture picture = make_picture(24, 16);
    picture.metadata.exif = exif_with_orientation(orientation);
    save(picture, scratch_ / "in.jpg", ImageFormat::jpeg);
    ASSERT_EQ(load(scratch_ / "in.jpg").info.orientation, orientation);
    const Outcome outcome = upscale("in.jpg", "out.png", {"--overwrite"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    const TestPicture out = load(scratch_ / "out.png");
    EXPECT_EQ(out.info.orientation, 1);
    const bool swapped = orientation >= 5;
    EXPECT_EQ(out.info.width, swapped ? 32 : 48);
    EXPECT_EQ(out.info.height, swapped ? 48 : 32);
    const bool right = orientation == 2 || orientation == 3 || orientation == 6 || orientation == 7;
    const bool bottom = orientation == 3 || orientation == 4 || orientation == 7 || orientation == 8;
    const int left_x = out.info.width / 5, right_x = out.info.width - 1 - left_x;
    const int top_y = out.info.height / 5, bottom_y = out.info.height - 1 - top_y;
    EXPECT_GT(out.sample(right ? right_x : left_x, bottom ? bottom_y : top_y, 0), 150);
    EXPECT_LT(out.sample(right ? left_x : right_x, bottom ? top_y : bottom_y, 0), 100);
  }
}

TEST_F(Pictures, SizesOfAnyScaleAreRounded) {
  save_picture(scratch_ / "in.png", 101, 67);
  for (const auto& [scale, width, height] : {std::tuple{"1", 101, 67},
                                             {"1.5", 152, 101},
                                             {"2", 202, 134},
                                             {"2.5", 253, 168},
                                             {"3.14159", 317, 210},
                                             {"4", 404, 268}}) {
    const Outcome outcome = upscale("in.png", "out.png", {"-s", scale, "--overwrite"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    const TestPicture out = load(scratch_ / "out.png");
    EXPECT_EQ(out.info.width, width) << scale;
    EXPECT_EQ(out.info.height, height) << scale;
    EXPECT_TRUE(contains(outcome.out, "101x67 -> " + std::to_string(width) + "x" + std::to_string(height)));
  }
}

TEST_F(Pictures, OnePixel) {
  const TestPicture out = upscaled(make_picture(1, 1));
  EXPECT_EQ(out.info.width, 2);
  EXPECT_EQ(out.info.height, 2);
}

TEST_F(Pictures, EveryFormatIsWritten) {
  save_picture(scratch_ / "in.png", 16, 16);
  for (const char* format : {"png", "jpeg", "webp", "tiff", "bmp"}) {
    const std::string name = format;
    if (!build_info().opencv && name != "png" && name != "jpeg") continue;
    const Outcome outcome = upscale("in.png", "f-" + name + "/", {"-f", format});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    const std::string extension = extension_of(*parse_image_format(format));
    const TestPicture out = load(scratch_ / ("f-" + name + "/in_x2." + extension));
    EXPECT_EQ(out.info.format, format);
    EXPECT_EQ(out.info.width, 32);
    // By the extension of the output alone, in whatever case.
    std::string shouted = "OUT." + extension;
    std::transform(shouted.begin(), shouted.end(), shouted.begin(), ::toupper);
    ASSERT_EQ(upscale("in.png", shouted).exit_code, 0);
    EXPECT_EQ(load(scratch_ / shouted).info.format, format);
  }
}

TEST_F(Pictures, TheFormatStaysWhereItCanHoldTheResult) {
  save_picture(scratch_ / "a.jpg", 8, 8, ImageFormat::jpeg);
  save(make_picture(8, 8, 1), scratch_ / "grey.jpeg", ImageFormat::jpeg);
  save(make_picture(8, 8, 4), scratch_ / "b.png");
  save_picture(scratch_ / "jpeg-inside.png", 8, 8, ImageFormat::jpeg);  // the content counts, not the name
  for (const auto& [in, out] : {std::pair{"a.jpg", "a_x2.jpg"},
                                {"grey.jpeg", "grey_x2.jpg"},
                                {"b.png", "b_x2.png"},
                                {"jpeg-inside.png", "jpeg-inside_x2.jpg"}}) {
    EXPECT_EQ(upscale(in, "out/").exit_code, 0);
    EXPECT_TRUE(fs::exists(scratch_ / "out" / out)) << in;
  }
  EXPECT_EQ(load(scratch_ / "out/grey_x2.jpg").info.channels, 1);
}

TEST_F(Pictures, AFormatThatCannotHoldItIsRefused) {
  save(make_picture(8, 8, 4), scratch_ / "alpha.png");
  save(make_picture(8, 8, 3, 16), scratch_ / "deep.png");
  save_picture(scratch_ / "good.png", 8, 8);
  const Outcome outcome =
      run({"upscale", "-m", tiny_model(2), "-f", "jpeg", scratch_.path().string(), "-o", (scratch_ / "out").string()});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(lines_of(outcome.err).size(), 2u) << outcome.err;
  EXPECT_TRUE(contains(outcome.err, "transparency; -f png, webp or tif would do")) << outcome.err;
  EXPECT_TRUE(contains(outcome.err, "16 bits per channel; -f png or tif would do")) << outcome.err;
  EXPECT_TRUE(fs::exists(scratch_ / "out/good_x2.jpg"));
}

TEST_F(Pictures, QualityCounts) {
  TestPicture picture = make_picture(96, 96);
  for (std::size_t i = 0; i < picture.pixels.size(); ++i) picture.pixels[i] ^= static_cast<std::byte>(i * i % 61);
  save(picture, scratch_ / "in.png");
  ASSERT_EQ(upscale("in.png", "q10.jpg", {"-q", "10"}).exit_code, 0);
  ASSERT_EQ(upscale("in.png", "q95.jpg", {"-q", "95"}).exit_code, 0);
  ASSERT_EQ(upscale("in.png", "default.jpg").exit_code, 0);
  EXPECT_LT(2 * fs::file_size(scratch_ / "q10.jpg"), fs::file_size(scratch_ / "q95.jpg"));
  EXPECT_EQ(read_text(scratch_ / "default.jpg"), read_text(scratch_ / "q95.jpg"));
}

TEST_F(Pictures, WhatAFormatLosesIsAWarning) {
  if (!build_info().opencv) GTEST_SKIP() << "BMP needs OpenCV";
  TestPicture picture = make_picture(8, 8);
  picture.metadata.xmp = xmp_packet();
  save(picture, scratch_ / "in.png");
  const Outcome outcome = upscale("in.png", "out.bmp");
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.err.rfind("nalasr: " + (scratch_ / "out.bmp").string() + ": warning: ", 0), 0u) << outcome.err;
}

TEST_F(Pictures, InksAndFloatsInATiffAreOneLineThatSaysWhatToDo) {
  if (!build_info().opencv) GTEST_SKIP() << "TIFF needs OpenCV";
  write_text(scratch_ / "inks.tif", one_pixel_tiff(4, 8, 5, 1));
  write_text(scratch_ / "floats.tif", one_pixel_tiff(1, 32, 1, 3));
  write_text(scratch_ / "plain.tif", one_pixel_tiff(3, 8, 2, 1));
  const Outcome outcome =
      run({"upscale", "-m", tiny_model(2), scratch_.path().string(), "-o", (scratch_ / "out").string()});
  EXPECT_EQ(outcome.exit_code, 1);
  const auto line = [&](const char* name, const char* rest) {
    return "nalasr: " + (scratch_ / name).string() + ": " + rest + "\n";
  };
  EXPECT_EQ(outcome.err,
            line("floats.tif", "floating-point pictures can't be read; convert it to a 16-bit PNG or TIFF") +
                line("inks.tif", "CMYK in a TIFF can't be read; save it as a CMYK JPEG, or as an RGB TIFF"));
  EXPECT_TRUE(fs::exists(scratch_ / "out/plain_x2.tif"));
  EXPECT_FALSE(fs::exists(scratch_ / "out/inks_x2.tif") || fs::exists(scratch_ / "out/floats_x2.tif"));
}

TEST_F(Pictures, APictureBeyondTheBudgetIsRefusedBeforeAnythingIsMade) {
  save_picture(scratch_ / "large.png", 900, 700);
  save_picture(scratch_ / "small.png", 8, 8);
  const Outcome outcome = run({"upscale", "-m", tiny_model(2), "--memory-budget", "24M", scratch_.path().string(), "-o",
                               (scratch_ / "out").string()});
  EXPECT_EQ(outcome.exit_code, 1);
  const auto errors = lines_of(outcome.err);
  ASSERT_EQ(errors.size(), 1u) << outcome.err;
  EXPECT_TRUE(contains(errors[0], "large.png: needs ")) << errors[0];
  EXPECT_TRUE(contains(errors[0], " bytes")) << errors[0];
  EXPECT_TRUE(fs::exists(scratch_ / "out/small_x2.png"));

  const Outcome alone = upscale("large.png", "never/out.png", {"--memory-budget", "1M"});
  EXPECT_EQ(alone.exit_code, 1);
  EXPECT_FALSE(fs::exists(scratch_ / "never"));
}

TEST_F(Pictures, TheResultDoesNotDependOnThreadsOrBudget) {
  save_picture(scratch_ / "in.png", 150, 90);
  ASSERT_EQ(upscale("in.png", "one.png", {"--threads", "1"}).exit_code, 0);
  ASSERT_EQ(upscale("in.png", "three.png", {"--threads", "3"}).exit_code, 0);
  ASSERT_EQ(upscale("in.png", "tight.png", {"--threads", "1", "--memory-budget", "9M"}).exit_code, 0);
  EXPECT_EQ(read_text(scratch_ / "one.png"), read_text(scratch_ / "three.png"));
  EXPECT_EQ(read_text(scratch_ / "one.png"), read_text(scratch_ / "tight.png"));
}

TEST_F(Pictures, InfoSaysWhatTheyAre) {
  TestPicture picture = make_picture(24, 16);
  picture.metadata.exif = exif_with_orientation(6);
  picture.metadata.icc = icc_profile();
  picture.metadata.x_dpi = picture.metadata.y_dpi = 300;
  save(picture, scratch_ / "p.jpg", ImageFormat::jpeg);
  save(make_picture(24, 16, 2, 16), scratch_ / "g.png");
  const Outcome outcome = run({"info", "-m", tiny_model(2), (scratch_ / "p.jpg").string(),
                               (scratch_ / "g.png").string(), (scratch_ / "gone.png").string()});
  EXPECT_EQ(outcome.exit_code, 1);
  for (const char* part :
       {"jpeg, ycbcr, 8 bits per sample", "24 x 16", "3 (RGB), 8 bits", "6 (turned by 90 degrees clockwise)",
        "ICC (132 bytes)", "EXIF (", "no XMP", "300 x 300 dpi", "x2 by tiny_x2: 32 x 48, predicted peak memory ",
        "png, grey, 16 bits per sample", "2 (grey + alpha), 16 bits"}) {
    EXPECT_TRUE(contains(outcome.out, part)) << part << " in\n" << outcome.out;
  }
  EXPECT_EQ(lines_of(outcome.err).size(), 1u) << outcome.err;
}

}  // namespace
}  // namespace nalasr::test
