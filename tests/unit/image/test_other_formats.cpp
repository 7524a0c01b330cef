// WebP, TIFF, BMP and friends. Builds without OpenCV answer "unsupported", and these tests skip.
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "unit/image/image_test_util.h"
#include "unit/image/jpeg_maker.h"

namespace nalasr::test {
namespace {

bool has_opencv() { return encode(Bytes(3), make_info(1, 1, 3, 8), ImageFormat::bmp).ok(); }

#define SKIP_WITHOUT_OPENCV() \
  if (!has_opencv()) GTEST_SKIP() << "this build has no OpenCV"

void put(Bytes& to, std::uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) to.push_back(static_cast<std::byte>(value >> 8 * i));
}

// An uncompressed little-endian TIFF: grey or RGB, 8 or 16 bit, any orientation.
Bytes make_tiff(int width, int height, int channels, int bits, int orientation, const Bytes& pixels, int format = 1) {
  Bytes file = bytes_of(std::string("II*\0", 4));
  const std::uint32_t data_at = 8, count = 11;
  const auto data_bytes = static_cast<std::uint32_t>(pixels.size() + pixels.size() % 2);
  put(file, data_at + data_bytes + 8, 4);
  file.insert(file.end(), pixels.begin(), pixels.end());
  file.resize(data_at + data_bytes);
  for (int c = 0; c < 4; ++c) put(file, static_cast<std::uint32_t>(bits), 2);
  put(file, count, 2);
  const auto entry = [&file](std::uint32_t tag, std::uint32_t type, std::uint32_t n, std::uint32_t value) {
    put(file, tag, 2);
    put(file, type, 2);
    put(file, n, 4);
    put(file, value, 4);
  };
  entry(256, 4, 1, static_cast<std::uint32_t>(width));
  entry(257, 4, 1, static_cast<std::uint32_t>(height));
  if (channels == 1) {
    entry(258, 3, 1, static_cast<std::uint32_t>(bits));
  } else {
    entry(258, 3, static_cast<std::uint32_t>(channels), data_at + data_bytes);
  }
  entry(259, 3, 1, 1);
  entry(262, 3, 1, channels == 1 ? 1 : 2);
  entry(273, 4, 1, data_at);
  entry(274, 3, 1, static_cast<std::uint32_t>(orientation));
  entry(277, 3, 1, static_cast<std::uint32_t>(channels));
  entry(278, 4, 1, static_cast<std::uint32_t>(height));
  entry(279, 4, 1, static_cast<std::uint32_t>(pixels.size()));
  entry(339, 3, 1, static_cast<std::uint32_t>(format));
  put(file, 0, 4);
  return file;
}

TEST(OtherFormats, LosslessOnesComeBackExactly) {
  SKIP_WITHOUT_OPENCV();
  struct Case {
    ImageFormat format;
    int channels, bits, channels_back;
  };
  for (const auto& [format, channels, bits, back] :
       {Case{ImageFormat::tiff, 1, 8, 1}, Case{ImageFormat::tiff, 3, 8, 3}, Case{ImageFormat::tiff, 4, 8, 4},
        Case{ImageFormat::tiff, 1, 16, 1}, Case{ImageFormat::tiff, 3, 16, 3}, Case{ImageFormat::tiff, 4, 16, 4},
        Case{ImageFormat::tiff, 2, 8, 4}, Case{ImageFormat::tiff, 2, 16, 4}, Case{ImageFormat::bmp, 1, 8, 1},
        Case{ImageFormat::bmp, 3, 8, 3}}) {
    const ImageInfo info = make_info(21, 14, channels, bits);
    const Bytes pixels = random_bytes(info.row_bytes() * 14, 5);
    const auto file = encode(pixels, info, format);
    ASSERT_TRUE(file) << file.error().message;
    auto reader = ImageReader::open_memory(file->data(), file->size());
    ASSERT_TRUE(reader) << reader.error().message;
    const auto picture = decode_strips(**reader, [] { return 5; });
    ASSERT_TRUE(picture);
    ASSERT_EQ(picture->info.channels, back) << extension_of(format);
    ASSERT_EQ(picture->info.bits, bits);
    EXPECT_EQ(picture->info.orientation, 1);
    EXPECT_GE((*reader)->resident_bytes(), picture->pixels.size());
    if (back == channels) {
      EXPECT_EQ(picture->pixels, pixels) << extension_of(format) << ' ' << channels << ' ' << bits;
    } else {  // grey + alpha as R = G = B and alpha
      const std::size_t sample = static_cast<std::size_t>(bits) / 8;
      for (std::size_t i = 0; i < pixels.size() / (2 * sample); ++i) {
        for (std::size_t c = 0; c < 4; ++c) {
          ASSERT_EQ(std::memcmp(&picture->pixels[(4 * i + c) * sample], &pixels[(2 * i + c / 3) * sample], sample), 0);
        }
      }
    }
  }
}

TEST(OtherFormats, WebpComesBackCloselyWithItsMetadata) {
  SKIP_WITHOUT_OPENCV();
  for (int channels = 1; channels <= 4; ++channels) {
    const ImageInfo info = make_info(64, 40, channels, 8);
    Bytes pixels;
    for (int i = 0; i < 64 * 40; ++i) {
      for (int c = 0; c < channels; ++c) {
        const bool alpha = info.has_alpha() && c == channels - 1;
        pixels.push_back(static_cast<std::byte>(alpha ? (i % 64 < 32 ? 255 : 90) : 60 + 20 * c + i % 64));
      }
    }
    Metadata metadata;
    metadata.icc = random_bytes(501, 1);
    metadata.exif = exif_with_orientation(1, true);
    metadata.xmp = bytes_of("<x/>");
    std::vector<std::string> warnings;
    const auto file = encode(pixels, info, ImageFormat::webp, metadata, {}, &warnings);
    ASSERT_TRUE(file) << file.error().message;
    EXPECT_TRUE(warnings.empty());
    const auto picture = decode(*file);
    ASSERT_TRUE(picture) << picture.error().message;
    EXPECT_EQ(picture->info.format, "webp");
    ASSERT_EQ(picture->info.channels, channels <= 2 ? channels + 2 : channels);  // WebP has no grey
    EXPECT_EQ(picture->metadata.icc, metadata.icc);
    EXPECT_EQ(picture->metadata.exif, metadata.exif);
    EXPECT_EQ(picture->metadata.xmp, metadata.xmp);
    const auto out = static_cast<std::size_t>(picture->info.channels);
    double sum = 0;
    for (std::size_t i = 0; i < 64 * 40; ++i) {
      const int first = std::to_integer<int>(pixels[i * static_cast<std::size_t>(channels)]);
      sum += std::abs(std::to_integer<int>(picture->pixels[i * out]) - first);
      if (out == 4) { EXPECT_EQ(picture->pixels[i * 4 + 3], pixels[(i + 1) * static_cast<std::size_t>(channels) - 1]); }
    }
    EXPECT_LT(sum / (64 * 40), 4.0) << channels;
  }
}

TEST(OtherFormats, WebpIsTheSameHoweverTheRowsCome) {
  SKIP_WITHOUT_OPENCV();
  for (int channels = 1; channels <= 4; ++channels) {
    const ImageInfo info = make_info(37, 53, channels, 8);
    Bytes pixels = random_bytes(info.row_bytes() * 53, 4);
    const std::filesystem::path folder = std::filesystem::temp_directory_path() / "nalasr_webp_rows";
    std::filesystem::create_directories(folder);
    std::set<std::string> files;
    for (const int step : {1, 3, 16, 53}) {
      const auto path = folder / (std::to_string(step) + ".webp");
      auto writer = ImageWriter::create(path, ImageFormat::webp, info, {}, {});
      ASSERT_TRUE(writer) << writer.error().message;
      for (int y = 0; y < 53; y += step) {
        const int rows = std::min(step, 53 - y);
        std::byte* data = pixels.data() + info.row_bytes() * static_cast<std::size_t>(y);
        ASSERT_TRUE((*writer)->write_rows({.data = data, .width = 37, .rows = rows, .stride = info.row_bytes()}));
      }
      ASSERT_TRUE((*writer)->commit());
      std::ifstream file(path, std::ios::binary);
      files.insert(std::string(std::istreambuf_iterator<char>(file), {}));
    }
    EXPECT_EQ(files.size(), 1u) << channels;
    std::filesystem::remove_all(folder);
  }
}

TEST(OtherFormats, WebpOrientationIsReportedAndNotApplied) {
  SKIP_WITHOUT_OPENCV();
  Metadata metadata;
  metadata.exif = exif_with_orientation(6, false);
  const auto file = encode(Bytes(30 * 20 * 3), make_info(30, 20, 3, 8), ImageFormat::webp, metadata);
  ASSERT_TRUE(file);
  const auto reader = ImageReader::open_memory(file->data(), file->size());
  ASSERT_TRUE(reader);
  EXPECT_EQ((*reader)->info().orientation, 6);
  EXPECT_EQ((*reader)->info().width, 30);
}

// Stored pixel (x, y) is shown at (u, v), as in the test of read_picture.
std::pair<int, int> shown(int orientation, int x, int y, int w, int h) {
  switch (orientation) {
    case 2:
      return {w - 1 - x, y};
    case 3:
      return {w - 1 - x, h - 1 - y};
    case 4:
      return {x, h - 1 - y};
    case 5:
      return {y, x};
    case 6:
      return {h - 1 - y, x};
    case 7:
      return {h - 1 - y, w - 1 - x};
    case 8:
      return {y, w - 1 - x};
    default:
      return {x, y};
  }
}

TEST(OtherFormats, TiffOrientationIsAppliedExactlyOnce) {
  SKIP_WITHOUT_OPENCV();
  constexpr int kWidth = 7, kHeight = 4;
  for (int orientation = 1; orientation <= 8; ++orientation) {
    for (const int channels : {1, 3}) {
      for (const int bits : {8, 16}) {
        const ImageInfo info = make_info(kWidth, kHeight, channels, bits);
        const Bytes pixels = random_bytes(info.row_bytes() * kHeight, 4);
        const auto read = decode(make_tiff(kWidth, kHeight, channels, bits, orientation, pixels));
        ASSERT_TRUE(read) << read.error().message;
        // Whatever is left to apply must lead to the shown picture.
        const int left = read->info.orientation;
        const int w = read->info.width, h = read->info.height;
        const bool swapped = orientation >= 5;
        const bool left_swaps = left >= 5;
        ASSERT_EQ(left_swaps ? h : w, swapped ? kHeight : kWidth);
        const std::size_t n = info.pixel_bytes();
        ASSERT_EQ(read->info.pixel_bytes(), n);
        std::vector<Bytes> upright(static_cast<std::size_t>(w * h));
        const int upright_width = left_swaps ? h : w;
        for (int y = 0; y < h; ++y) {
          for (int x = 0; x < w; ++x) {
            const auto [u, v] = shown(left, x, y, w, h);
            const auto from = read->pixels.begin() + static_cast<std::ptrdiff_t>(n) * (y * w + x);
            upright[static_cast<std::size_t>(v * upright_width + u)] =
                Bytes(from, from + static_cast<std::ptrdiff_t>(n));
          }
        }
        bool same = true;
        for (int y = 0; y < kHeight; ++y) {
          for (int x = 0; x < kWidth; ++x) {
            const auto [u, v] = shown(orientation, x, y, kWidth, kHeight);
            const auto from = pixels.begin() + static_cast<std::ptrdiff_t>(n) * (y * kWidth + x);
            same = same && upright[static_cast<std::size_t>(v * upright_width + u)] ==
                               Bytes(from, from + static_cast<std::ptrdiff_t>(n));
          }
        }
        EXPECT_TRUE(same) << "orientation " << orientation << ", " << channels << " channels of " << bits;
      }
    }
  }
}

TEST(OtherFormats, FloatingPointIsRefusedWithAHint) {
  SKIP_WITHOUT_OPENCV();
  const auto tiff = decode(make_tiff(3, 2, 1, 32, 1, Bytes(24), 3));
  ASSERT_FALSE(tiff);
  EXPECT_EQ(tiff.error().code, ErrorCode::unsupported);
  EXPECT_FALSE(tiff.error().hint.empty());
}

TEST(OtherFormats, TheFourthByteOfAPlainBmpIsNoAlpha) {
  SKIP_WITHOUT_OPENCV();
  Bytes file = bytes_of("BM");
  put(file, 54 + 16, 4);
  put(file, 0, 4);
  put(file, 54, 4);
  for (const std::uint32_t v : {40u, 2u, 2u}) put(file, v, 4);
  put(file, 1, 2);
  put(file, 32, 2);
  for (const std::uint32_t v : {0u, 16u, 0u, 0u, 0u, 0u}) put(file, v, 4);
  for (int i = 0; i < 4; ++i) put(file, 0x00302010, 4);  // B = 0x10, G = 0x20, R = 0x30, unused 0
  const auto picture = decode(file);
  ASSERT_TRUE(picture) << picture.error().message;
  ASSERT_EQ(picture->info.channels, 3);
  EXPECT_EQ(picture->pixels[0], std::byte{0x30});
  EXPECT_EQ(picture->pixels[2], std::byte{0x10});
}

TEST(OtherFormats, PnmIsRead) {
  SKIP_WITHOUT_OPENCV();
  const auto picture = decode(bytes_of("P6\n# a comment\n2 1\n255\nABCDEF"));
  ASSERT_TRUE(picture) << picture.error().message;
  EXPECT_EQ(picture->info.format, "pnm");
  EXPECT_EQ(picture->pixels, bytes_of("ABCDEF"));
}

TEST(OtherFormats, LossesAreToldOneLineEach) {
  SKIP_WITHOUT_OPENCV();
  Metadata metadata;
  metadata.icc = metadata.exif = metadata.xmp = Bytes(10, std::byte{1});
  metadata.x_dpi = metadata.y_dpi = 300;
  std::vector<std::string> warnings;
  const auto tiff = encode(Bytes(12), make_info(2, 2, 3, 8), ImageFormat::tiff, metadata, {}, &warnings);
  ASSERT_TRUE(tiff);
  EXPECT_EQ(warnings.size(), 1u);  // EXIF
  const auto picture = decode(*tiff);
  ASSERT_TRUE(picture);
  EXPECT_NEAR(picture->metadata.x_dpi, 300, 0.01);
  EXPECT_EQ(picture->metadata.icc, metadata.icc);
  EXPECT_EQ(picture->metadata.xmp, metadata.xmp);
  for (int channels = 1; channels <= 4; ++channels) {  // the pixels still come back
    const ImageInfo info = make_info(19, 8, channels, 16);
    const Bytes pixels = random_bytes(info.row_bytes() * 8, 3);
    metadata.icc = random_bytes(4001, 1);
    const auto again = decode(*encode(pixels, info, ImageFormat::tiff, metadata));
    ASSERT_TRUE(again);
    EXPECT_EQ(again->metadata.icc, metadata.icc);
    if (channels != 2) { EXPECT_EQ(again->pixels, pixels); }
  }
  metadata.icc = metadata.xmp;
  ASSERT_TRUE(encode(Bytes(12), make_info(2, 2, 3, 8), ImageFormat::bmp, metadata, {}, &warnings));
  EXPECT_EQ(warnings.size(), 4u);
}

TEST(OtherFormats, DamageIsAnErrorAndNothingIsPrinted) {
  SKIP_WITHOUT_OPENCV();
  testing::internal::CaptureStderr();
  testing::internal::CaptureStdout();
  for (const ImageFormat format : {ImageFormat::webp, ImageFormat::tiff, ImageFormat::bmp}) {
    const ImageInfo info = make_info(40, 30, 3, 8);
    const auto file = encode(random_bytes(info.row_bytes() * 30, 2), info, format);
    ASSERT_TRUE(file);
    for (std::size_t size = 0; size + 4 < file->size(); size += 11) {
      const auto cut = decode(Bytes(file->begin(), file->begin() + static_cast<std::ptrdiff_t>(size)));
      EXPECT_FALSE(cut) << extension_of(format) << " cut to " << size << " of " << file->size();
    }
    std::mt19937 random(3);
    for (int i = 0; i < 300; ++i) {
      Bytes damaged = *file;
      for (int k = 0; k < 3; ++k) damaged[random() % std::min<std::size_t>(damaged.size(), 400)] = std::byte(random());
      (void)decode(damaged);
    }
  }
  std::fflush(nullptr);
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(OtherFormats, HugeClaimsAreRefusedBeforeDecoding) {
  SKIP_WITHOUT_OPENCV();
  for (const Bytes& file : {make_tiff(2'000'000, 2, 1, 8, 1, Bytes(4)), make_tiff(40'000, 30'000, 1, 8, 1, Bytes(4)),
                            make_tiff(900'000, 900'000, 1, 8, 1, Bytes(4)), bytes_of("P6 3000000 1 255\nABC")}) {
    const auto reader = ImageReader::open_memory(file.data(), file.size());
    ASSERT_FALSE(reader);
    EXPECT_EQ(reader.error().code, ErrorCode::unsupported);
  }
}

}  // namespace
}  // namespace nalasr::test
