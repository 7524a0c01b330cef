// The streaming resampler against a direct two-dimensional evaluation in float64.
//
// Measured once (2026-11-24) against Pillow 13.0.0, mode "F", BICUBIC, on random pictures of values 0..1: 512x512 to
// 128x128, 640x427 to 213x142, 100x80 to 400x320 and 333x77, 33x57 to 19x200, 1000x700 to 37x23 and two tiny ones.
// The largest difference was 4.2e-7.
#include <cmath>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "image/resample.h"

namespace nalasr::test {
namespace {

std::vector<float> resample(const std::vector<float>& in, int w, int h, int out_w, int out_h, int channels) {
  CubicResampler resampler(w, h, out_w, out_h, channels);
  const std::size_t out_row = static_cast<std::size_t>(out_w) * channels;
  std::vector<float> out(out_row * out_h, -99.0f);
  int done = 0;
  for (int y = 0; y < h; ++y) {
    resampler.push_row(&in[static_cast<std::size_t>(y) * w * channels]);
    while (done < out_h && resampler.pop_row(&out[out_row * done])) ++done;
  }
  EXPECT_EQ(done, out_h);
  std::vector<float> none(out_row);
  EXPECT_FALSE(resampler.pop_row(none.data()));
  return out;
}

// The definition: all input pixels under the widened kernel, weights normalised over the existing ones.
double keys(double x) {
  const double a = -0.5;
  x = std::fabs(x);
  if (x <= 1) return (a + 2) * x * x * x - (a + 3) * x * x + 1;
  if (x < 2) return a * x * x * x - 5 * a * x * x + 8 * a * x - 4 * a;
  return 0;
}

double reference(const std::vector<float>& in, int w, int h, int out_w, int out_h, int channels, int x, int y, int c) {
  const double step_x = double(w) / out_w, step_y = double(h) / out_h;
  const double wide_x = std::max(1.0, step_x), wide_y = std::max(1.0, step_y);
  double sum = 0, weights = 0;
  for (int v = 0; v < h; ++v) {
    const double wy = keys((v + 0.5 - (y + 0.5) * step_y) / wide_y);
    if (wy == 0) continue;
    for (int u = 0; u < w; ++u) {
      const double weight = wy * keys((u + 0.5 - (x + 0.5) * step_x) / wide_x);
      sum += weight * in[(static_cast<std::size_t>(v) * w + u) * channels + c];
      weights += weight;
    }
  }
  return sum / weights;
}

TEST(CubicResampler, EqualsTheDirectEvaluation) {
  std::mt19937 random(1);
  std::uniform_real_distribution<float> uniform(0, 1);
  const int cases[][4] = {{8, 8, 16, 16}, {8, 8, 8, 8}, {17, 13, 4, 3},   {16, 16, 4, 4},  {5, 7, 20, 28},
                          {1, 1, 5, 3},   {1, 9, 3, 2}, {30, 20, 29, 21}, {9, 2, 31, 1},   {40, 30, 1, 1},
                          {3, 50, 11, 7}, {2, 2, 9, 9}, {12, 12, 10, 15}, {24, 18, 80, 60}};
  for (const auto& [w, h, out_w, out_h] : cases) {
    for (int channels = 1; channels <= 5; ++channels) {
      std::vector<float> in(static_cast<std::size_t>(w) * h * channels);
      for (float& v : in) v = uniform(random);
      const auto out = resample(in, w, h, out_w, out_h, channels);
      double worst = 0;
      for (int y = 0; y < out_h; ++y) {
        for (int x = 0; x < out_w; ++x) {
          for (int c = 0; c < channels; ++c) {
            const double expected = reference(in, w, h, out_w, out_h, channels, x, y, c);
            worst =
                std::max(worst, std::fabs(out[(static_cast<std::size_t>(y) * out_w + x) * channels + c] - expected));
          }
        }
      }
      EXPECT_LT(worst, 2e-6) << w << "x" << h << " to " << out_w << "x" << out_h << ", " << channels << " channels";
    }
  }
}

TEST(CubicResampler, MatchesPillowsNumbers) {
  std::vector<float> in;
  for (int y = 0; y < 7; ++y) {
    for (int x = 0; x < 11; ++x) in.push_back(static_cast<float>((x * 37 + y * 91) % 256) / 255);
  }
  const struct {
    int w, h;
    float top_left, inner, bottom_right;  // inner: x = 2, y = 1
  } cases[] = {{5, 3, 0.3574706f, 0.4918208f, 0.4596329f},
               {22, 14, -0.04429066f, 0.1614095f, 0.6246828f},
               {16, 4, 0.1720602f, 0.5512637f, 0.4362374f}};
  for (const auto& c : cases) {
    const auto out = resample(in, 11, 7, c.w, c.h, 1);
    EXPECT_NEAR(out.front(), c.top_left, 1e-6f);
    EXPECT_NEAR(out[static_cast<std::size_t>(c.w) + 2], c.inner, 1e-6f);
    EXPECT_NEAR(out.back(), c.bottom_right, 1e-6f);
  }
}

TEST(CubicResampler, SameSizeIsExactAndAConstantStaysConstant) {
  std::vector<float> in(20 * 10 * 3);
  for (std::size_t i = 0; i < in.size(); ++i) in[i] = static_cast<float>(i % 37);
  EXPECT_EQ(resample(in, 20, 10, 20, 10, 3), in);
  for (const float v : resample(std::vector<float>(100, 0.7f), 10, 10, 33, 7, 1)) EXPECT_NEAR(v, 0.7f, 1e-6f);
}

TEST(CubicResampler, RowsComeAsSoonAsTheyCanAndTheStateIsWhatIsSaid) {
  CubicResampler up(10, 1000, 40, 4000, 3);
  std::vector<float> row(30), out(120);
  int popped = 0;
  for (int y = 0; y < 1000; ++y) {
    up.push_row(row.data());
    while (up.pop_row(out.data())) ++popped;
    EXPECT_GE(popped, std::min(4 * (y - 2), 4000));
  }
  EXPECT_EQ(popped, 4000);
  EXPECT_EQ(up.state_bytes(), CubicResampler::state_bytes(10, 1000, 40, 4000, 3));
  // Five rows of the output's width and two weight tables of five taps: nothing that grows with both sides.
  EXPECT_EQ(up.state_bytes(), (5 * 40 * 3) * 4u + (40u + 4000u) * (5 * 4 + 8));
}

TEST(CubicResampler, SizesOfAnyProportionFinish) {
  std::mt19937 random(2);
  for (int round = 0; round < 300; ++round) {
    const int w = static_cast<int>(random() % 60 + 1), h = static_cast<int>(random() % 60 + 1);
    const int out_w = static_cast<int>(random() % 90 + 1), out_h = static_cast<int>(random() % 90 + 1);
    const auto out = resample(std::vector<float>(static_cast<std::size_t>(w) * h, 1.0f), w, h, out_w, out_h, 1);
    for (const float v : out) ASSERT_NEAR(v, 1.0f, 1e-5f);
  }
}

}  // namespace
}  // namespace nalasr::test
