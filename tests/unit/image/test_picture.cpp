// Whole pictures: the eight orientations, and the colour under transparency.
#include <cmath>
#include <cstring>

#include "image/alpha.h"
#include "image/picture.h"
#include "unit/image/jpeg_maker.h"

namespace nalasr::test {
namespace {

// A reader that hands out given pixels, so that the orientation's effect is exact.
class FixedReader final : public ImageReader {
 public:
  FixedReader(ImageInfo info, Bytes pixels) : info_(std::move(info)), pixels_(std::move(pixels)) {}
  [[nodiscard]] const ImageInfo& info() const override { return info_; }
  [[nodiscard]] const Metadata& metadata() const override { return metadata_; }
  Result<void> read_rows(const StripView& strip) override {
    std::memcpy(strip.data, pixels_.data(), pixels_.size());
    return {};
  }
  [[nodiscard]] std::uint64_t resident_bytes() const override { return 0; }

 private:
  ImageInfo info_;
  Metadata metadata_;
  Bytes pixels_;
};

TEST(ReadPicture, TheEightOrientations) {
  // Where the stored pixel (x, y) of a w × h picture is shown; by EXIF's "row 0 is, column 0 is" definitions.
  const auto shown = [](int orientation, int x, int y, int w, int h) -> std::pair<int, int> {
    switch (orientation) {
      case 2:
        return {w - 1 - x, y};  // row 0 top, column 0 right
      case 3:
        return {w - 1 - x, h - 1 - y};  // bottom, right
      case 4:
        return {x, h - 1 - y};  // bottom, left
      case 5:
        return {y, x};  // left, top
      case 6:
        return {h - 1 - y, x};  // right, top
      case 7:
        return {h - 1 - y, w - 1 - x};  // right, bottom
      case 8:
        return {y, w - 1 - x};  // left, bottom
      default:
        return {x, y};
    }
  };
  for (int orientation = 1; orientation <= 8; ++orientation) {
    for (int channels = 1; channels <= 4; ++channels) {
      for (const int bits : {8, 16}) {
        for (const auto& [w, h] : {std::pair{1, 1}, {5, 3}, {70, 41}, {1, 9}}) {
          ImageInfo info = make_info(w, h, channels, bits);
          info.orientation = orientation;
          const Bytes pixels = random_bytes(info.row_bytes() * static_cast<std::size_t>(h), 6);
          FixedReader reader(info, pixels);
          const auto picture = read_picture(reader);
          ASSERT_TRUE(picture);
          const bool swapped = orientation >= 5;
          ASSERT_EQ(picture->info.width, swapped ? h : w);
          ASSERT_EQ(picture->info.height, swapped ? w : h);
          EXPECT_EQ(picture->info.orientation, 1);
          EXPECT_EQ(reinterpret_cast<std::uintptr_t>(picture->pixels.data()) % 64, 0u);
          EXPECT_EQ(read_picture_bytes(info), pixels.size() * (swapped ? 2 : 1));
          bool same = true;
          const std::size_t n = info.pixel_bytes();
          for (int y = 0; y < h; ++y) {
            for (int x = 0; x < w; ++x) {
              const auto [u, v] = shown(orientation, x, y, w, h);
              same =
                  same &&
                  std::memcmp(picture->row(v) + n * static_cast<std::size_t>(u),
                              &pixels[info.row_bytes() * static_cast<std::size_t>(y) + n * static_cast<std::size_t>(x)],
                              n) == 0;
            }
          }
          EXPECT_TRUE(same) << "orientation " << orientation << ", " << channels << " channels of " << bits;
        }
      }
    }
  }
}

TEST(ReadPicture, FromAJpegWithOrientation) {
  JpegSpec spec;
  spec.markers = {{0xE1, app1_exif(exif_with_orientation(6, false))}};
  const Bytes file = make_jpeg(spec, smooth_samples(spec.width, spec.height, 3));
  auto reader = ImageReader::open_memory(file.data(), file.size());
  ASSERT_TRUE(reader);
  const auto picture = read_picture(**reader);
  ASSERT_TRUE(picture);
  EXPECT_EQ(picture->info.width, spec.height);
  EXPECT_EQ(picture->info.height, spec.width);
  const Bytes stored = plain_decode(file, JCS_RGB);
  // Orientation 6: the stored left bottom corner is shown at the left top.
  EXPECT_EQ(std::memcmp(picture->row(0), &stored[static_cast<std::size_t>(spec.width) * 3 * (spec.height - 1)], 3), 0);
}

template <typename Sample>
Picture make_picture(int width, int height, int channels) {
  Picture picture;
  picture.info = make_info(width, height, channels, sizeof(Sample) * 8);
  picture.pixels = AlignedBuffer::allocate(picture.info.row_bytes() * static_cast<std::size_t>(height));
  std::memset(picture.pixels.data(), 0, picture.pixels.size());
  return picture;
}

template <typename Sample>
Sample* at(Picture& picture, int x, int y) {
  return reinterpret_cast<Sample*>(picture.row(y)) + static_cast<std::ptrdiff_t>(x) * picture.info.channels;
}

template <typename Sample>
void check_disc(int channels) {
  // A disc of one colour on black that nobody sees.
  constexpr int kSize = 101;
  const auto max = static_cast<Sample>(~Sample{0});
  Picture picture = make_picture<Sample>(kSize, kSize, channels);
  const int colors = channels - 1;
  const auto inside = [](int x, int y) { return (x - 50) * (x - 50) + (y - 45) * (y - 45) < 900; };
  for (int y = 0; y < kSize; ++y) {
    for (int x = 0; x < kSize; ++x) {
      if (!inside(x, y)) continue;
      for (int c = 0; c < colors; ++c) at<Sample>(picture, x, y)[c] = static_cast<Sample>(max / 4 * (c + 1));
      at<Sample>(picture, x, y)[colors] = max;
    }
  }
  ASSERT_TRUE(bleed_color(picture));
  for (int y = 0; y < kSize; ++y) {
    for (int x = 0; x < kSize; ++x) {
      EXPECT_EQ(at<Sample>(picture, x, y)[colors], inside(x, y) ? max : 0);
      for (int c = 0; c < colors; ++c) {
        EXPECT_NEAR(at<Sample>(picture, x, y)[c], max / 4 * (c + 1), inside(x, y) ? 0 : 1) << x << ", " << y;
      }
    }
  }
}

TEST(BleedColor, InvisiblePixelsTakeTheirNeighboursColour) {
  check_disc<std::uint8_t>(4);
  check_disc<std::uint8_t>(2);
  check_disc<std::uint16_t>(4);
  check_disc<std::uint16_t>(2);
}

TEST(BleedColor, NearbyColoursWinOverFarOnes) {
  Picture picture = make_picture<std::uint8_t>(64, 8, 4);
  for (int y = 0; y < 8; ++y) {
    at<std::uint8_t>(picture, 0, y)[0] = 255;  // red at the left
    at<std::uint8_t>(picture, 0, y)[3] = 255;
    at<std::uint8_t>(picture, 63, y)[2] = 255;  // blue at the right
    at<std::uint8_t>(picture, 63, y)[3] = 255;
  }
  ASSERT_TRUE(bleed_color(picture));
  for (int y = 0; y < 8; ++y) {
    EXPECT_GT(at<std::uint8_t>(picture, 1, y)[0], 240);
    EXPECT_LT(at<std::uint8_t>(picture, 1, y)[2], 15);
    EXPECT_GT(at<std::uint8_t>(picture, 62, y)[2], 240);
    int last = 256;
    for (int x = 0; x < 64; ++x) {  // a monotone passage
      EXPECT_LE(at<std::uint8_t>(picture, x, y)[0], last);
      last = at<std::uint8_t>(picture, x, y)[0];
    }
  }
}

TEST(BleedColor, VisiblePixelsAlphaAndPicturesWithoutNeedStay) {
  Picture picture = make_picture<std::uint8_t>(33, 21, 4);
  const Bytes noise = random_bytes(picture.pixels.size(), 9);
  std::memcpy(picture.pixels.data(), noise.data(), noise.size());
  ASSERT_TRUE(bleed_color(picture));
  for (int i = 0; i < 33 * 21; ++i) {
    const std::size_t p = static_cast<std::size_t>(i) * 4;
    const auto* now = picture.pixels.data() + p;
    EXPECT_EQ(now[3], noise[p + 3]);
    if (std::to_integer<int>(noise[p + 3]) >= 16) { EXPECT_EQ(std::memcmp(now, &noise[p], 4), 0); }
  }
  for (const int alpha : {0, 255}) {  // wholly invisible, wholly visible
    Bytes pixels = noise;
    for (std::size_t p = 3; p < pixels.size(); p += 4) pixels[p] = static_cast<std::byte>(alpha);
    std::memcpy(picture.pixels.data(), pixels.data(), pixels.size());
    ASSERT_TRUE(bleed_color(picture));
    EXPECT_EQ(std::memcmp(picture.pixels.data(), pixels.data(), pixels.size()), 0);
  }
  Picture rgb = make_picture<std::uint8_t>(5, 5, 3);
  EXPECT_TRUE(bleed_color(rgb));
}

TEST(BleedColor, AnySizeAndTheMemoryIsAThirdMoreThanAQuarter) {
  for (const auto& [w, h] : {std::pair{1, 1}, {1, 2}, {2, 1}, {3, 200}, {65, 1}}) {
    Picture picture = make_picture<std::uint8_t>(w, h, 4);
    at<std::uint8_t>(picture, w - 1, h - 1)[1] = 200;
    at<std::uint8_t>(picture, w - 1, h - 1)[3] = 255;
    ASSERT_TRUE(bleed_color(picture));
    EXPECT_EQ(at<std::uint8_t>(picture, 0, 0)[1], 200);
  }
  EXPECT_NEAR(static_cast<double>(bleed_color_bytes(4096, 4096)), 4096.0 * 4096 / 4 * 16 * 4 / 3, 1000);
}

}  // namespace
}  // namespace nalasr::test
