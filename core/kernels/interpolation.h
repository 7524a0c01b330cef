// The interpolated picture that the network adds its residual to.
#pragma once

#include <cmath>
#include <vector>

namespace nalasr {

/// Weights of interpolation by `scale` with the Keys cubic (a = −0.5): [scale][5], taps at −2..2, half-pixel centres.
inline std::vector<float> base_phases(int scale) {
  const auto keys = [](double x) {
    x = std::abs(x);
    if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
    if (x < 2) return ((-0.5 * x + 2.5) * x - 4) * x + 2;
    return 0.0;
  };
  std::vector<float> weights;
  for (int i = 0; i < scale; ++i)
    for (int tap = -2; tap <= 2; ++tap) weights.push_back(static_cast<float>(keys((i + 0.5) / scale - 0.5 - tap)));
  return weights;
}

}  // namespace nalasr
