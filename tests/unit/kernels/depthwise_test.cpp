// Depthwise convolutions against float64: both sizes, tile ends of every length, rows wider than the channels taken.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "kernels/cpu/kernels.h"
#include "unit/kernels/normal_values.h"

namespace nalasr::cpu {
namespace {

TEST(Depthwise, EqualsFloat64AtEveryTileLength) {
  NormalValues random(3);
  for (const int k : {3, 5})
    for (const int channels : {16, 64, 80})
      for (int tokens = 1; tokens <= 19; ++tokens) {
        const int ld = channels + 32, first = 16, halo = k / 2;
        const std::vector<float> in = random(static_cast<std::size_t>(k) * (tokens + 2 * halo) * ld);
        const std::vector<float> weights = random(static_cast<std::size_t>(k) * k * channels), bias = random(channels);
        std::vector<float> out(static_cast<std::size_t>(tokens) * channels, std::numeric_limits<float>::quiet_NaN());
        DepthwiseArgs a;
        a.k = k;
        a.ld = ld;
        for (int y = 0; y < k; ++y)
          a.rows[y] = &in[(static_cast<std::size_t>(y) * (tokens + 2 * halo) + halo) * ld + first];
        a.weights = weights.data();
        a.bias = bias.data();
        a.channels = channels;
        a.tokens = tokens;
        a.out = out.data();
        a.ldo = channels;
        kernels().depthwise(a);
        for (int x = 0; x < tokens; ++x)
          for (int c = 0; c < channels; ++c) {
            double expected = bias[c], size = std::abs(bias[c]);
            for (int y = 0; y < k; ++y)
              for (int i = 0; i < k; ++i) {
                const double term =
                    static_cast<double>(
                        in[(static_cast<std::size_t>(y) * (tokens + 2 * halo) + x + i) * ld + first + c]) *
                    weights[(y * k + i) * channels + c];
                expected += term;
                size += std::abs(term);
              }
            ASSERT_NEAR(out[x * channels + c], expected, 1e-6 * size) << k << " " << channels << " " << tokens;
          }
      }
}

}  // namespace
}  // namespace nalasr::cpu
