// JPEG: every kind against libjpeg's own plain decoding, and the metadata segments.
#include <cmath>
#include <ostream>

#include "unit/image/jpeg_maker.h"

namespace nalasr::test {
namespace {

struct Kind {
  const char* name;
  J_COLOR_SPACE in, file;
  int h, v;
  bool progressive;
  const char* model;
};
void PrintTo(const Kind& k, std::ostream* out) { *out << k.name; }

class JpegKinds : public testing::TestWithParam<Kind> {};

TEST_P(JpegKinds, RowsAreLibjpegsRowsInAnyStrips) {
  const Kind& kind = GetParam();
  for (const auto& [width, height] : {std::pair{37, 29}, {1, 1}, {64, 48}, {3, 100}}) {
    JpegSpec spec;
    spec.width = width;
    spec.height = height;
    spec.in_color = kind.in;
    spec.file_color = kind.file;
    spec.h_factor = kind.h;
    spec.v_factor = kind.v;
    spec.progressive = kind.progressive;
    spec.restart = 2;
    const Bytes file = make_jpeg(spec, smooth_samples(width, height, spec.channels()));
    auto reader = ImageReader::open_memory(file.data(), file.size());
    ASSERT_TRUE(reader) << reader.error().message;
    EXPECT_EQ((*reader)->info().color_model, kind.model);
    EXPECT_EQ((*reader)->info().channels, kind.in == JCS_GRAYSCALE ? 1 : 3);
    if (kind.progressive) { EXPECT_GE((*reader)->resident_bytes(), static_cast<std::uint64_t>(width) * height * 2); }
    std::mt19937 random(3);
    const auto picture = decode_strips(**reader, [&] { return static_cast<int>(random() % 9 + 1); });
    ASSERT_TRUE(picture) << picture.error().message;
    EXPECT_EQ(picture->pixels, plain_decode(file, kind.in));
  }
}

INSTANTIATE_TEST_SUITE_P(All, JpegKinds,
                         testing::Values(Kind{"grey", JCS_GRAYSCALE, JCS_GRAYSCALE, 1, 1, false, "grey"},
                                         Kind{"grey progressive", JCS_GRAYSCALE, JCS_GRAYSCALE, 1, 1, true, "grey"},
                                         Kind{"4:4:4", JCS_RGB, JCS_YCbCr, 1, 1, false, "ycbcr"},
                                         Kind{"4:2:2", JCS_RGB, JCS_YCbCr, 2, 1, false, "ycbcr"},
                                         Kind{"4:4:0", JCS_RGB, JCS_YCbCr, 1, 2, false, "ycbcr"},
                                         Kind{"4:2:0", JCS_RGB, JCS_YCbCr, 2, 2, false, "ycbcr"},
                                         Kind{"4:1:1", JCS_RGB, JCS_YCbCr, 4, 1, false, "ycbcr"},
                                         Kind{"4:2:0 progressive", JCS_RGB, JCS_YCbCr, 2, 2, true, "ycbcr"},
                                         Kind{"RGB", JCS_RGB, JCS_RGB, 1, 1, false, "rgb"}));

// The plain formula on libjpeg's ink values.
Bytes naive_rgb(const Bytes& cmyk, bool inverted) {
  Bytes rgb;
  for (std::size_t i = 0; i < cmyk.size(); i += 4) {
    const auto light = [&](std::size_t c) {
      const double v = std::to_integer<int>(cmyk[i + c]) / 255.0;
      return inverted ? v : 1 - v;
    };
    for (std::size_t c = 0; c < 3; ++c) rgb.push_back(static_cast<std::byte>(std::lround(light(c) * light(3) * 255)));
  }
  return rgb;
}

TEST(JpegCmyk, BecomesRgbByThePlainFormulaBothWaysRound) {
  for (const J_COLOR_SPACE color : {JCS_CMYK, JCS_YCCK}) {
    for (const bool adobe : {true, false}) {
      if (color == JCS_YCCK && !adobe) continue;  // only the Adobe marker tells YCCK
      for (const bool progressive : {true, false}) {
        JpegSpec spec;
        spec.in_color = JCS_CMYK;
        spec.file_color = color;
        spec.adobe_marker = adobe;
        spec.progressive = progressive;
        const Bytes file = make_jpeg(spec, smooth_samples(spec.width, spec.height, 4));
        const auto picture = decode(file);
        ASSERT_TRUE(picture) << picture.error().message;
        EXPECT_EQ(picture->info.channels, 3);
        EXPECT_EQ(picture->info.color_model, color == JCS_YCCK ? "ycck" : "cmyk");
        EXPECT_EQ(picture->pixels, naive_rgb(plain_decode(file, JCS_CMYK), adobe));
      }
    }
  }
}

TEST(JpegMetadata, BigProfileExifXmpAndDensityArriveByteForByte) {
  const Bytes icc = random_bytes(200'000, 11);
  const Bytes exif = exif_with_orientation(5, true);
  const Bytes xmp = bytes_of("<?xpacket?><x:xmpmeta xmlns:x='adobe:ns:meta/'/>");
  JpegSpec spec;
  spec.density_unit = 2;  // per centimetre
  spec.x_density = 100;
  spec.y_density = 50;
  Bytes xmp_segment = bytes_of(std::string("http://ns.adobe.com/xap/1.0/\0", 29));
  xmp_segment.insert(xmp_segment.end(), xmp.begin(), xmp.end());
  spec.markers = {{0xE1, app1_exif(exif)}, {0xE1, xmp_segment}};
  const std::size_t part = 60'000;
  const std::size_t count = (icc.size() + part - 1) / part;
  for (std::size_t i = count; i-- > 0;) {  // last part first: the order in the file doesn't matter
    Bytes data = bytes_of(std::string("ICC_PROFILE\0", 12));
    data.push_back(static_cast<std::byte>(i + 1));
    data.push_back(static_cast<std::byte>(count));
    data.insert(data.end(), icc.begin() + static_cast<std::ptrdiff_t>(i * part),
                icc.begin() + static_cast<std::ptrdiff_t>(std::min(icc.size(), (i + 1) * part)));
    spec.markers.emplace_back(0xE2, data);
  }
  const Bytes samples = smooth_samples(spec.width, spec.height, 3);
  const auto picture = decode(make_jpeg(spec, samples));
  ASSERT_TRUE(picture) << picture.error().message;
  EXPECT_EQ(picture->metadata.icc, icc);
  EXPECT_EQ(picture->metadata.exif, exif);
  EXPECT_EQ(picture->metadata.xmp, xmp);
  EXPECT_EQ(picture->info.orientation, 5);
  EXPECT_DOUBLE_EQ(picture->metadata.x_dpi, 254);
  EXPECT_DOUBLE_EQ(picture->metadata.y_dpi, 127);

  spec.markers.erase(spec.markers.begin() + 3);  // a profile with a missing part is none
  const auto partial = decode(make_jpeg(spec, samples));
  ASSERT_TRUE(partial);
  EXPECT_TRUE(partial->metadata.icc.empty());
}

TEST(JpegMetadata, OrientationsInBothByteOrdersAndHostileOnes) {
  for (int orientation = 0; orientation <= 9; ++orientation) {
    for (const bool big : {true, false}) {
      JpegSpec spec;
      spec.markers = {{0xE1, app1_exif(exif_with_orientation(orientation, big))}};
      const auto picture = decode(make_jpeg(spec, smooth_samples(spec.width, spec.height, 3)));
      ASSERT_TRUE(picture);
      EXPECT_EQ(picture->info.orientation, orientation >= 1 && orientation <= 8 ? orientation : 1);
    }
  }
}

TEST(JpegReader, SpareBytesBeforeTheEndMarkerAreNoDamage) {
  JpegSpec spec;
  Bytes file = make_jpeg(spec, smooth_samples(spec.width, spec.height, 3));
  const Bytes rubbish(30, std::byte{0});
  file.insert(file.end() - 2, rubbish.begin(), rubbish.end());
  EXPECT_TRUE(decode(file));
}

TEST(JpegReader, AHugeProgressiveClaimOfAShortFileTakesNoMemory) {
  JpegSpec spec;
  spec.progressive = true;
  Bytes file = make_jpeg(spec, smooth_samples(spec.width, spec.height, 3));
  for (std::size_t i = 0; i + 9 < file.size(); ++i) {
    if (file[i] == std::byte{0xFF} && file[i + 1] == std::byte{0xC2}) {  // start of frame
      file[i + 5] = file[i + 7] = std::byte{0xA0};                       // 41000 × 41000 pixels, about
      break;
    }
  }
  auto reader = ImageReader::open_memory(file.data(), file.size());
  ASSERT_TRUE(reader) << reader.error().message;
  ASSERT_GT((*reader)->info().width, 40'000);
  Bytes row((*reader)->info().row_bytes());
  const auto read = (*reader)->read_rows({row.data(), (*reader)->info().width, 1, row.size()});
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::corrupt);
}

}  // namespace
}  // namespace nalasr::test
