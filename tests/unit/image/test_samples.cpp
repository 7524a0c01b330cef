// The collected tricky files, each with what its SAMPLES.csv note promises. They are not part of the repository;
// without them one test says that they were skipped.
#include <ostream>

#include "source_folder.h"
#include "unit/image/image_test_util.h"

namespace nalasr::test {
namespace {

struct Expectation {
  const char* file;
  int width, height, channels, bits, source_bits, orientation;
  const char* color_model;
  bool has_icc;
};
void PrintTo(const Expectation& e, std::ostream* out) { *out << e.file; }

std::filesystem::path samples_folder() {
  return std::filesystem::path(test::source_folder()) / ".." / "shared" / "data" / "samples" / "tricky";
}

std::filesystem::path sample(const std::string& file) { return samples_folder() / file; }

// Of `all`, those whose file is here.
template <typename T, typename FileOf>
std::vector<T> present(const std::vector<T>& all, FileOf file_of) {
  std::vector<T> here;
  for (const T& one : all) {
    if (std::filesystem::exists(sample(file_of(one)))) here.push_back(one);
  }
  return here;
}

const auto kName = [](const std::string& file) { return file; };

TEST(TrickySamples, AreHere) {
  if (!std::filesystem::exists(samples_folder())) GTEST_SKIP() << "no sample pictures in " << samples_folder();
}

class TrickySample : public testing::TestWithParam<Expectation> {};

TEST_P(TrickySample, IsReadAsItsNotePromises) {
  const auto& e = GetParam();
  const auto path = sample(e.file);
  auto reader = ImageReader::open(path);
  ASSERT_TRUE(reader) << reader.error().message;
  const ImageInfo& info = (*reader)->info();
  EXPECT_EQ(info.width, e.width);
  EXPECT_EQ(info.height, e.height);
  EXPECT_EQ(info.channels, e.channels);
  EXPECT_EQ(info.bits, e.bits);
  EXPECT_EQ(info.source_bits, e.source_bits);
  EXPECT_EQ(info.orientation, e.orientation);
  EXPECT_EQ(info.color_model, e.color_model);
  EXPECT_EQ(!(*reader)->metadata().icc.empty(), e.has_icc);

  const auto whole = decode(**reader);
  ASSERT_TRUE(whole) << whole.error().message;
  auto again = ImageReader::open(path);
  ASSERT_TRUE(again);
  std::mt19937 random(1);
  const auto strips = decode_strips(**again, [&] { return static_cast<int>(1 + random() % 40); });
  ASSERT_TRUE(strips) << strips.error().message;
  EXPECT_EQ(strips->pixels, whole->pixels);
}

const std::vector<Expectation> kExpectations = {
    {"png_basn2c16.png", 32, 32, 3, 16, 16, 1, "rgb", false},
    {"png_basn0g16.png", 32, 32, 1, 16, 16, 1, "grey", false},
    {"png_basn6a16.png", 32, 32, 4, 16, 16, 1, "rgb", false},
    {"png_basn4a08.png", 32, 32, 2, 8, 8, 1, "grey", false},
    {"png_basn4a16.png", 32, 32, 2, 16, 16, 1, "grey", false},
    {"png_basn3p08.png", 32, 32, 3, 8, 8, 1, "palette", false},
    {"png_basn3p01.png", 32, 32, 3, 8, 1, 1, "palette", false},
    {"png_basn0g01.png", 32, 32, 1, 8, 1, 1, "grey", false},
    {"png_basi2c08.png", 32, 32, 3, 8, 8, 1, "rgb", false},
    {"png_basi6a16.png", 32, 32, 4, 16, 16, 1, "rgb", false},
    {"png_tbbn3p08.png", 32, 32, 4, 8, 8, 1, "palette", false},
    {"png_s01n3p01.png", 1, 1, 3, 8, 1, 1, "palette", false},
    {"png_grey_510x532.png", 510, 532, 1, 8, 8, 1, "grey", false},
    {"png_rgba_510x532.png", 510, 532, 4, 8, 8, 1, "rgb", true},
    {"png_displayp3_icc_1000x800.png", 1000, 800, 3, 8, 8, 1, "rgb", true},
    {"png_rgba_photo_500x500.png", 500, 500, 4, 8, 8, 1, "rgb", true},
    {"png_palette_451x300.png", 451, 300, 3, 8, 8, 1, "palette", true},
    {"png_interlaced_600x400.png", 600, 400, 3, 8, 8, 1, "rgb", false},
    {"png_rgb16_300x200.png", 300, 200, 3, 16, 16, 1, "rgb", false},
    {"jpg_cmyk_510x532.jpg", 510, 532, 3, 8, 8, 1, "ycck", false},
    {"jpg_cmyk_600x397.jpg", 600, 397, 3, 8, 8, 1, "cmyk", false},
    {"jpg_progressive_2268x1512.jpg", 2268, 1512, 3, 8, 8, 1, "ycbcr", false},
    {"jpg_grey_2268x1512.jpg", 2268, 1512, 1, 8, 8, 1, "grey", false},
    {"jpg_440_2268x1512.jpg", 2268, 1512, 3, 8, 8, 1, "ycbcr", false},
    {"jpg_1x1.jpg", 1, 1, 3, 8, 8, 1, "ycbcr", false},
    {"jpg_exif_Landscape_3.jpg", 1800, 1200, 3, 8, 8, 3, "ycbcr", false},
    {"jpg_exif_Landscape_6.jpg", 1200, 1800, 3, 8, 8, 6, "ycbcr", false},
    {"jpg_exif_Landscape_8.jpg", 1200, 1800, 3, 8, 8, 8, "ycbcr", false},
    {"jpg_exif_Portrait_2.jpg", 1200, 1800, 3, 8, 8, 2, "ycbcr", false},
    {"jpg_exif_Portrait_5.jpg", 1800, 1200, 3, 8, 8, 5, "ycbcr", false},
};

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(TrickySample);
INSTANTIATE_TEST_SUITE_P(All, TrickySample,
                         testing::ValuesIn(present(kExpectations, [](const Expectation& e) { return e.file; })));

class SmallJpeg : public testing::TestWithParam<std::string> {};

TEST_P(SmallJpeg, BringsExifAndXmp) {
  const auto reader = ImageReader::open(sample(GetParam()));
  ASSERT_TRUE(reader);
  EXPECT_EQ((*reader)->metadata().exif.size(), 260u);
  const Bytes& xmp = (*reader)->metadata().xmp;
  const std::string text(reinterpret_cast<const char*>(xmp.data()), xmp.size());
  EXPECT_EQ(text.rfind("<?xpacket", 0), 0u) << text.substr(0, 40);
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(SmallJpeg);
INSTANTIATE_TEST_SUITE_P(All, SmallJpeg, testing::ValuesIn(present<std::string>({"jpg_1x1.jpg"}, kName)));

class DamagedSample : public testing::TestWithParam<std::string> {};

TEST_P(DamagedSample, IsACleanError) {
  const auto path = sample(GetParam());
  auto reader = ImageReader::open(path);
  const auto decoded = reader ? decode(**reader) : Result<Decoded>(reader.error());
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().code, ErrorCode::corrupt);
  EXPECT_FALSE(decoded.error().message.empty());
  EXPECT_EQ(decoded.error().message.find('\n'), std::string::npos);
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(DamagedSample);
INSTANTIATE_TEST_SUITE_P(All, DamagedSample,
                         testing::ValuesIn(present<std::string>({"png_xcrn0g04.png", "jpg_truncated.jpg"}, kName)));

}  // namespace
}  // namespace nalasr::test
