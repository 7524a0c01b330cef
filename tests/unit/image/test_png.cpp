// PNG: every colour type and depth against the samples that libpng was given, interlaced or not, in any strips.
#include <cstring>
#include <ostream>

#include "unit/image/png_maker.h"

namespace nalasr::test {
namespace {

// What the rows must hold, sample by sample, by PNG's definition of each kind.
Samples expected_samples(const PngSpec& spec, const Samples& in) {
  Samples out;
  const unsigned max = (1u << spec.depth) - 1;
  const int channels = spec.file_channels();
  for (std::size_t i = 0; i < in.size(); i += static_cast<std::size_t>(channels)) {
    if (spec.color_type == PNG_COLOR_TYPE_PALETTE) {
      const png_color& c = spec.palette[in[i]];
      out.insert(out.end(), {c.red, c.green, c.blue});
      if (!spec.palette_alpha.empty()) {
        out.push_back(in[i] < spec.palette_alpha.size() ? spec.palette_alpha[in[i]] : 255);
      }
      continue;
    }
    for (int c = 0; c < channels; ++c) {
      const unsigned s = in[i + static_cast<std::size_t>(c)];
      out.push_back(spec.depth < 8 ? s * 255 / max : s);
    }
    if (spec.has_key) {
      const bool grey = channels == 1;
      const bool match = grey ? in[i] == spec.key.gray
                              : in[i] == spec.key.red && in[i + 1] == spec.key.green && in[i + 2] == spec.key.blue;
      out.push_back(match ? 0 : spec.depth == 16 ? 65535 : 255);
    }
  }
  return out;
}

Samples samples_of(const Decoded& picture) {
  Samples out;
  if (picture.info.bits == 8) {
    for (const std::byte b : picture.pixels) out.push_back(std::to_integer<unsigned>(b));
  } else {
    for (std::size_t i = 0; i < picture.pixels.size(); i += 2) {
      std::uint16_t s = 0;
      std::memcpy(&s, &picture.pixels[i], 2);
      out.push_back(s);
    }
  }
  return out;
}

struct Kind {
  int color_type, depth;
  enum Transparency { none, key, palette } transparency = none;
};
void PrintTo(const Kind& k, std::ostream* out) {
  *out << "type " << k.color_type << ", " << k.depth << " bit, transparency " << k.transparency;
}

PngSpec spec_of(const Kind& kind, bool interlaced) {
  PngSpec spec;
  spec.color_type = kind.color_type;
  spec.depth = kind.depth;
  spec.interlaced = interlaced;
  if (kind.color_type == PNG_COLOR_TYPE_PALETTE) {
    for (int i = 0; i < 1 << kind.depth; ++i) {
      spec.palette.push_back(
          {static_cast<png_byte>(i * 37), static_cast<png_byte>(255 - i * 11), static_cast<png_byte>(i * 5 + 3)});
    }
    if (kind.transparency == Kind::palette) spec.palette_alpha = {0, 128};
  }
  if (kind.transparency == Kind::key) {
    spec.has_key = true;
    spec.key.gray = spec.key.red = spec.key.green = spec.key.blue = 1;
  }
  return spec;
}

class PngKinds : public testing::TestWithParam<std::tuple<Kind, bool>> {};

TEST_P(PngKinds, RowsAreTheSamplesThatWereWritten) {
  const auto& [kind, interlaced] = GetParam();
  PngSpec spec = spec_of(kind, interlaced);
  for (const auto& [width, height] : {std::pair{13, 9}, {1, 1}, {1, 7}, {8, 1}, {5, 33}}) {
    spec.width = width;
    spec.height = height;
    Samples samples = random_samples(spec, 7);
    if (spec.has_key) std::fill_n(samples.begin(), spec.file_channels(), 1u);  // the first pixel is transparent
    const Bytes file = make_png(spec, samples);
    auto reader = ImageReader::open_memory(file.data(), file.size());
    ASSERT_TRUE(reader) << reader.error().message;
    EXPECT_EQ((*reader)->info().bits, kind.depth == 16 ? 16 : 8);
    EXPECT_EQ((*reader)->info().source_bits, kind.depth);
    EXPECT_EQ((*reader)->info().format, "png");
    if (interlaced) {
      EXPECT_GE((*reader)->resident_bytes(), (*reader)->info().row_bytes() * static_cast<std::size_t>(height));
    }
    std::mt19937 random(3);
    const auto picture = decode_strips(**reader, [&] { return static_cast<int>(random() % 4 + 1); });
    ASSERT_TRUE(picture) << picture.error().message;
    EXPECT_EQ(samples_of(*picture), expected_samples(spec, samples));
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, PngKinds,
    testing::Combine(
        testing::Values(Kind{PNG_COLOR_TYPE_GRAY, 1}, Kind{PNG_COLOR_TYPE_GRAY, 2}, Kind{PNG_COLOR_TYPE_GRAY, 4},
                        Kind{PNG_COLOR_TYPE_GRAY, 8}, Kind{PNG_COLOR_TYPE_GRAY, 16}, Kind{PNG_COLOR_TYPE_RGB, 8},
                        Kind{PNG_COLOR_TYPE_RGB, 16}, Kind{PNG_COLOR_TYPE_PALETTE, 1}, Kind{PNG_COLOR_TYPE_PALETTE, 2},
                        Kind{PNG_COLOR_TYPE_PALETTE, 4}, Kind{PNG_COLOR_TYPE_PALETTE, 8},
                        Kind{PNG_COLOR_TYPE_GRAY_ALPHA, 8}, Kind{PNG_COLOR_TYPE_GRAY_ALPHA, 16},
                        Kind{PNG_COLOR_TYPE_RGB_ALPHA, 8}, Kind{PNG_COLOR_TYPE_RGB_ALPHA, 16},
                        Kind{PNG_COLOR_TYPE_GRAY, 1, Kind::key}, Kind{PNG_COLOR_TYPE_GRAY, 4, Kind::key},
                        Kind{PNG_COLOR_TYPE_GRAY, 8, Kind::key}, Kind{PNG_COLOR_TYPE_GRAY, 16, Kind::key},
                        Kind{PNG_COLOR_TYPE_RGB, 8, Kind::key}, Kind{PNG_COLOR_TYPE_RGB, 16, Kind::key},
                        Kind{PNG_COLOR_TYPE_PALETTE, 1, Kind::palette}, Kind{PNG_COLOR_TYPE_PALETTE, 4, Kind::palette},
                        Kind{PNG_COLOR_TYPE_PALETTE, 8, Kind::palette}),
        testing::Bool()));

TEST(PngMetadata, ComesFromLibpngsOwnChunks) {
  Bytes icc = random_bytes(3000, 5);
  // libpng checks a profile's header before it writes it.
  const auto put32 = [&icc](std::size_t at, std::uint32_t v) {
    for (int i = 0; i < 4; ++i) icc[at + static_cast<std::size_t>(i)] = static_cast<std::byte>(v >> (24 - 8 * i));
  };
  for (std::size_t i = 0; i < 132; ++i) icc[i] = std::byte{0};
  put32(0, 3000);
  put32(8, 0x02000000);
  put32(12, 0x6D6E7472);  // mntr
  put32(16, 0x52474220);  // RGB
  put32(20, 0x58595A20);  // XYZ
  put32(36, 0x61637370);  // acsp
  put32(68, 0x0000F6D6);
  put32(72, 0x00010000);
  put32(76, 0x0000D32D);
  PngSpec spec;
  spec.more = [&icc](png_structp png, png_infop info) {
    png_set_iCCP(png, info, "my profile", PNG_COMPRESSION_TYPE_BASE, reinterpret_cast<png_const_bytep>(icc.data()),
                 static_cast<png_uint_32>(icc.size()));
    png_set_gAMA_fixed(png, info, 45455);
    png_set_pHYs(png, info, 11811, 5906, PNG_RESOLUTION_METER);
    static png_byte exif[] = {'M', 'M', 0, 42, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0};
    png_set_eXIf_1(png, info, sizeof exif, exif);
    png_text text{};
    char key[] = "XML:com.adobe.xmp", value[] = "<x:xmpmeta/>";
    text.compression = PNG_ITXT_COMPRESSION_zTXt;
    text.key = key;
    text.text = value;
    png_set_text(png, info, &text, 1);
  };
  const auto picture = decode(make_png(spec, random_samples(spec, 1)));
  ASSERT_TRUE(picture) << picture.error().message;
  EXPECT_EQ(picture->metadata.icc, icc);
  EXPECT_DOUBLE_EQ(picture->metadata.gamma, 0.45455);
  EXPECT_EQ(picture->metadata.srgb_intent, -1);
  EXPECT_NEAR(picture->metadata.x_dpi, 300, 0.01);
  EXPECT_NEAR(picture->metadata.y_dpi, 150, 0.02);
  EXPECT_EQ(picture->metadata.exif.size(), 14u);
  EXPECT_EQ(picture->metadata.xmp, bytes_of("<x:xmpmeta/>"));
}

TEST(PngMetadata, XmpAndExifBehindThePixelsAreFoundAtOpening) {
  PngSpec spec;
  Bytes file = make_png(spec, random_samples(spec, 1));
  const Bytes end(file.end() - 12, file.end());
  file.resize(file.size() - 12);
  const auto append = [&file](const Bytes& b) { file.insert(file.end(), b.begin(), b.end()); };
  append(png_chunk("iTXt", bytes_of(std::string("XML:com.adobe.xmp\0\0\0\0\0late", 26))));
  // Orientation 6 in a big-endian block.
  append(
      png_chunk("eXIf", bytes_of(std::string("MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0", 26))));
  append(end);
  auto reader = ImageReader::open_memory(file.data(), file.size());
  ASSERT_TRUE(reader);
  EXPECT_EQ((*reader)->metadata().xmp, bytes_of("late"));
  EXPECT_EQ((*reader)->info().orientation, 6);
  EXPECT_TRUE(decode(**reader));
}

TEST(PngMetadata, DamagedMetadataIsLeftOutAndThePixelsStand) {
  PngSpec spec;
  const Samples samples = random_samples(spec, 1);
  Bytes file = make_png(spec, samples);
  Bytes bad_crc = png_chunk("eXIf", bytes_of("MM\0*"));
  bad_crc.back() ^= std::byte{1};
  const Bytes bad_profile = png_chunk("iCCP", bytes_of(std::string("x\0\0not zlib at all", 18)));
  file.insert(file.begin() + 33, bad_crc.begin(), bad_crc.end());  // behind IHDR
  file.insert(file.begin() + 33, bad_profile.begin(), bad_profile.end());
  const auto picture = decode(file);
  ASSERT_TRUE(picture) << picture.error().message;
  EXPECT_TRUE(picture->metadata.exif.empty());
  EXPECT_TRUE(picture->metadata.icc.empty());
  EXPECT_EQ(samples_of(*picture), samples);
}

TEST(PngMetadata, ABombInACompressedChunkIsLeftOut) {
  PngSpec spec;
  spec.more = [](png_structp png, png_infop info) {
    static std::string text(70u << 20, 'x');  // 70 MiB, 70 KB packed
    static char key[] = "XML:com.adobe.xmp";
    png_text t{};
    t.compression = PNG_ITXT_COMPRESSION_zTXt;
    t.key = key;
    t.text = text.data();
    png_set_text(png, info, &t, 1);
  };
  const Bytes file = make_png(spec, random_samples(spec, 1));
  EXPECT_LT(file.size(), 1u << 20);
  const auto picture = decode(file);
  ASSERT_TRUE(picture) << picture.error().message;
  EXPECT_TRUE(picture->metadata.xmp.empty());
}

TEST(PngLimits, HugeClaimsAreRefusedInWords) {
  PngSpec spec;
  const Bytes good = make_png(spec, random_samples(spec, 1));
  const auto with_size = [&good](std::uint32_t width, std::uint32_t height) {
    Bytes ihdr(good.begin() + 16, good.begin() + 29);
    for (int i = 0; i < 4; ++i) {
      ihdr[static_cast<std::size_t>(i)] = static_cast<std::byte>(width >> (24 - 8 * i));
      ihdr[static_cast<std::size_t>(i + 4)] = static_cast<std::byte>(height >> (24 - 8 * i));
    }
    Bytes file(good.begin(), good.begin() + 8);
    const Bytes chunk = png_chunk("IHDR", ihdr);
    file.insert(file.end(), chunk.begin(), chunk.end());
    file.insert(file.end(), good.begin() + 33, good.end());
    return file;
  };
  for (const auto& [width, height] : {std::pair{2'000'000u, 10u}, {10u, 2'000'000u}, {100'000u, 100'000u}}) {
    const Bytes file = with_size(width, height);
    const auto reader = ImageReader::open_memory(file.data(), file.size());
    ASSERT_FALSE(reader);
    EXPECT_EQ(reader.error().code, ErrorCode::unsupported);
    EXPECT_NE(reader.error().message.find(std::to_string(width)), std::string::npos) << reader.error().message;
  }
  // Within the limits, but the data can't be there: an error at the first rows, not gigabytes of memory.
  const Bytes lie = with_size(40'000, 50'000);
  auto reader = ImageReader::open_memory(lie.data(), lie.size());
  ASSERT_TRUE(reader);
  Bytes row((*reader)->info().row_bytes());
  const auto read = (*reader)->read_rows({row.data(), 40'000, 1, row.size()});
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::corrupt);
}

TEST(PngReader, WrongStripsAreRefusedAndChangeNothing) {
  PngSpec spec;
  const Samples samples = random_samples(spec, 2);
  const Bytes file = make_png(spec, samples);
  auto reader = ImageReader::open_memory(file.data(), file.size());
  ASSERT_TRUE(reader);
  Bytes rows(1000);
  EXPECT_FALSE((*reader)->read_rows({rows.data(), 13, 10, 39}));  // a row too many
  EXPECT_FALSE((*reader)->read_rows({rows.data(), 12, 1, 39}));
  EXPECT_FALSE((*reader)->read_rows({rows.data(), 13, 1, 38}));
  const auto picture = decode(**reader);
  ASSERT_TRUE(picture);
  EXPECT_EQ(samples_of(*picture), samples);
}

}  // namespace
}  // namespace nalasr::test
