// The convolution by Winograd's F(4, 3) against float64: tile ends of every length, at the picture's right edge and far
// from it, channels that are padded.
#include "kernels/cpu/winograd.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "unit/kernels/normal_values.h"

namespace nalasr::cpu {
namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

TEST(Winograd, EqualsFloat64AtEveryTileLength) {
  NormalValues random(4);
  for (const int channels : {16, 40, 64}) {
    const int padded = pad_channels(channels);
    const std::vector<float> weights = random(static_cast<std::size_t>(channels) * 9 * channels);
    const std::vector<float> bias = random(channels);
    const PackedConvolution packed = pack_convolution(weights.data(), bias.data(), channels, false);
    std::vector<float> scratch(winograd_floats(padded), kNaN);
    for (int tokens = 1; tokens <= kTile; ++tokens)
      for (const int readable : {tokens + 1, tokens + 2, tokens + 9}) {
        // Three rows of tokens −1 … readable − 1, and beyond them what must not be read.
        const std::size_t row = static_cast<std::size_t>(readable + 5) * padded;
        std::vector<float> in = random(3 * row);
        for (std::size_t i = 0; i < in.size(); ++i) {
          if (static_cast<int>(i % padded) >= channels) in[i] = 0;
          if (i % row >= static_cast<std::size_t>(readable + 1) * padded) in[i] = kNaN;
        }
        std::vector<float> out(static_cast<std::size_t>(tokens) * padded, kNaN);
        const float* first = in.data() + padded;
        convolve(packed, {first, first + row, first + 2 * row}, tokens, readable, out.data(), scratch.data());
        for (int t = 0; t < tokens; ++t)
          for (int o = 0; o < channels; ++o) {
            double expected = bias[o] + first[row + static_cast<std::size_t>(t) * padded + o],
                   size = std::abs(expected);
            for (int ky = 0; ky < 3; ++ky)
              for (int kx = 0; kx < 3; ++kx)
                for (int c = 0; c < channels; ++c) {
                  const double term =
                      static_cast<double>(in[ky * row + static_cast<std::size_t>(t + kx) * padded + c]) *
                      weights[(static_cast<std::size_t>(o) * 9 + 3 * ky + kx) * channels + c];
                  expected += term;
                  size += std::abs(term);
                }
            ASSERT_NEAR(out[static_cast<std::size_t>(t) * padded + o], expected, 3e-6 * size)  // direct products: 1e-6
                << channels << " channels, token " << t << " of " << tokens << ", " << readable << " readable";
          }
      }
  }
}

}  // namespace
}  // namespace nalasr::cpu
