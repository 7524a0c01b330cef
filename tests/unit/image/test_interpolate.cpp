// Enlargement: any region of it, by OpenCV's kernels.
#include <gtest/gtest.h>

#include <random>

#include "nalasr/interpolate.h"

#ifdef NALASR_HAS_OPENCV_IMGPROC
#include <opencv2/imgproc.hpp>
#endif

namespace nalasr::test {
namespace {

struct Pixels {
  int width, height, channels;
  std::vector<std::uint8_t> samples;

  Pixels(int w, int h, int c) : width(w), height(h), channels(c), samples(static_cast<std::size_t>(w) * h * c) {}
  [[nodiscard]] std::uint8_t* at(int x, int y) {
    return samples.data() + (static_cast<std::size_t>(y) * width + x) * channels;
  }
  [[nodiscard]] PixelSource source() {
    return [this](int x, int y, int count, std::uint8_t* to) {
      ASSERT_TRUE(x >= 0 && y >= 0 && count > 0 && x + count <= width && y < height);
      std::copy_n(at(x, y), static_cast<std::ptrdiff_t>(count) * channels, to);
    };
  }
};

Pixels noise(int width, int height, int channels) {
  Pixels picture(width, height, channels);
  std::mt19937 generator(5);
  for (auto& sample : picture.samples) sample = static_cast<std::uint8_t>(generator() % 256);
  return picture;
}

Pixels enlarge(Pixels& small, int width, int height, Interpolation method) {
  Pixels large(width, height, small.channels);
  Enlargement(small.source(), small.width, small.height, small.channels, width, height, method)
      .region(0, 0, width, height, large.samples.data(), static_cast<std::size_t>(width) * small.channels);
  return large;
}

constexpr Interpolation kAll[] = {Interpolation::nearest, Interpolation::bicubic, Interpolation::lanczos};

TEST(Enlargement, RegionsAreCutFromTheWhole) {
  Pixels small = noise(23, 17, 3);
  for (const Interpolation method : kAll) {
    Pixels whole = enlarge(small, 92, 68, method);
    const Enlargement enlargement(small.source(), 23, 17, 3, 92, 68, method);
    for (const auto& [x, y, w, h] : {std::array{0, 0, 1, 1}, std::array{91, 67, 1, 1}, std::array{40, 11, 30, 50}}) {
      std::vector<std::uint8_t> part(static_cast<std::size_t>(w) * h * 3);
      enlargement.region(x, y, w, h, part.data(), static_cast<std::size_t>(w) * 3);
      for (int row = 0; row < h; ++row) {
        EXPECT_TRUE(std::equal(part.begin() + row * w * 3, part.begin() + (row + 1) * w * 3, whole.at(x, y + row)));
      }
    }
  }
}

TEST(Enlargement, FlatPicturesStayFlat) {
  for (const int value : {0, 1, 127, 255}) {
    Pixels small(9, 7, 4);
    std::fill(small.samples.begin(), small.samples.end(), static_cast<std::uint8_t>(value));
    for (const Interpolation method : kAll) {
      const Pixels large = enlarge(small, 31, 29, method);
      for (const std::uint8_t sample : large.samples) ASSERT_EQ(sample, value);
    }
  }
}

TEST(Enlargement, OnePixelFillsEverything) {
  Pixels small(1, 1, 1);
  small.samples[0] = 77;
  for (const Interpolation method : kAll) {
    for (const std::uint8_t sample : enlarge(small, 8, 8, method).samples) ASSERT_EQ(sample, 77);
  }
}

#ifdef NALASR_HAS_OPENCV_IMGPROC
TEST(Enlargement, IsThatOfOpenCv) {
  for (const auto& [width, height] : {std::pair{160, 120}, std::pair{101, 77}}) {  // ×4, and no whole factor
    Pixels small = noise(40, 30, 3);
    const cv::Mat from(30, 40, CV_8UC3, small.samples.data());
    for (const auto& [method, flag] :
         {std::pair{Interpolation::nearest, cv::INTER_NEAREST}, std::pair{Interpolation::bicubic, cv::INTER_CUBIC},
          std::pair{Interpolation::lanczos, cv::INTER_LANCZOS4}}) {
      Pixels ours = enlarge(small, width, height, method);
      cv::Mat theirs;
      cv::resize(from, theirs, cv::Size(width, height), 0, 0, flag);
      int worst = 0;
      for (int y = 0; y < height; ++y) {
        for (int i = 0; i < width * 3; ++i) worst = std::max(worst, std::abs(ours.at(0, y)[i] - theirs.ptr(y)[i]));
      }
      EXPECT_LE(worst, method == Interpolation::nearest ? 0 : 1);  // OpenCV computes with 11-bit weights
    }
  }
}
#endif

}  // namespace
}  // namespace nalasr::test
