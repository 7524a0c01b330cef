#include "kernels/reference/nala_reference.h"

#include <algorithm>
#include <numbers>

namespace nalasr::reference {

std::vector<double> feature_map(const NalaParams& p, const double* x, bool query) {
  const int d = p.head_dim;
  double norm = 0;
  for (int c = 0; c < d; ++c) norm = std::hypot(norm, x[c]);  // hypot: no overflow for huge x
  const double exponent = p.lambda * (p.tau + std::tanh(norm));
  std::vector<double> out(2 * d);
  for (int c = 0; c < d; ++c) {
    const double direction = x[c] / std::max(norm, kNormGuard);
    const double magnitude = query ? std::pow(std::abs(direction), exponent) : std::pow(std::abs(x[c]), p.lambda);
    if (p.direction_map == DirectionMap::cosine) {
      const double theta = std::numbers::pi / 4 * std::tanh(p.alpha * direction);
      out[c] = magnitude * std::cos(theta);
      out[d + c] = magnitude * std::sin(theta);
    } else {
      out[c] = x[c] > 0 ? magnitude : 0;
      out[d + c] = x[c] < 0 ? magnitude : 0;
    }
  }
  return out;
}

void rotate(const NalaParams& p, double* features, double y, double x) {
  const int d = p.head_dim;
  for (int half = 0; half < 2; ++half) {
    double* f = features + half * d;
    for (int pair = 0; pair < d / 2; ++pair) {
      const bool vertical = pair < d / 4;
      const double angle = (vertical ? y : x) * rotary_frequency(p, vertical ? pair : pair - d / 4);
      const double even = f[2 * pair], odd = f[2 * pair + 1];
      f[2 * pair] = even * std::cos(angle) - odd * std::sin(angle);
      f[2 * pair + 1] = odd * std::cos(angle) + even * std::sin(angle);
    }
  }
}

void nala_attention(const NalaParams& p, int height, int width, const double* q, const double* k, const double* v,
                    double* o, std::vector<double>* attention) {
  const int d = p.head_dim, features = 2 * d;
  const std::size_t tokens = static_cast<std::size_t>(height) * width;
  const auto rotate_at = [&](std::vector<double>& phi, std::size_t n) {
    const int y = static_cast<int>(n / width), x = static_cast<int>(n % width);
    rotate(p, phi.data(), rotary_position(p, y, height), rotary_position(p, x, width));
  };
  for (int h = 0; h < p.heads; ++h) {
    const std::size_t base = h * tokens * d;
    std::vector<double> s(features * d), m(features);
    std::vector<std::vector<double>> keys(attention && h == 0 ? tokens : 0);
    for (std::size_t n = 0; n < tokens; ++n) {
      std::vector<double> phi = feature_map(p, k + base + n * d, false);
      for (int i = 0; i < features; ++i) m[i] += phi[i] / tokens;
      rotate_at(phi, n);
      for (int i = 0; i < features; ++i)
        for (int c = 0; c < d; ++c) s[i * d + c] += phi[i] / tokens * v[base + n * d + c];
      if (!keys.empty()) keys[n] = phi;
    }
    for (std::size_t n = 0; n < tokens; ++n) {
      std::vector<double> phi = feature_map(p, q + base + n * d, true);
      double normaliser = kNormaliserEps;
      for (int i = 0; i < features; ++i) normaliser += phi[i] * m[i];
      rotate_at(phi, n);
      for (int c = 0; c < d; ++c) {
        double sum = 0;
        for (int i = 0; i < features; ++i) sum += phi[i] * s[i * d + c];
        o[base + n * d + c] = sum / normaliser;
      }
      if (keys.empty()) continue;
      attention->resize(tokens * tokens);
      for (std::size_t j = 0; j < tokens; ++j) {
        double dot = 0;
        for (int i = 0; i < features; ++i) dot += phi[i] * keys[j][i];
        (*attention)[n * tokens + j] = dot / tokens / normaliser;
      }
    }
  }
}

}  // namespace nalasr::reference
