// GELU and the gated merge against float64, far beyond the values that pictures usually cause.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <vector>

#include "kernels/cpu/kernels.h"

namespace nalasr::cpu {
namespace {

constexpr int kChannels = 16;

std::vector<float> sweep_of_values() {
  std::vector<float> values;
  for (float x = -30; x <= 30; x += 0.01f) values.push_back(x);
  for (const float x : {0.0f, 1e-30f, 1e-6f, 60.0f, 88.0f, 104.0f, 105.0f, 1e3f, 1e6f, 1e12f})
    for (const float sign : {-1.0f, 1.0f}) values.push_back(sign * x);
  while (values.size() % kChannels) values.push_back(0);
  return values;
}

TEST(Activation, GeluEverywhere) {
  const std::vector<float> x = sweep_of_values();
  std::vector<float> identity(kChannels * kChannels, 0.0f);
  for (int i = 0; i < kChannels; ++i) identity[i * kChannels + i] = 1;
  const PackedMatrix b = pack_matrix(identity.data(), kChannels, nullptr, padded_map(kChannels, kChannels),
                                     padded_map(kChannels, kChannels));
  std::vector<float> y(x.size(), std::nanf(""));
  GemmArgs g;
  g.a[0] = x.data();
  g.lda = g.k_segment = kChannels;
  g.b = &b;
  g.c = y.data();
  g.ldc = kChannels;
  g.rows = static_cast<int>(x.size() / kChannels);
  g.gelu = true;
  multiply(g);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double v = x[i];
    const double expected = 0.5 * v * (1 + std::tanh(std::sqrt(2 / std::numbers::pi) * (v + 0.044715 * v * v * v)));
    // Relative to x: the tail below −3 is a difference that float32 cannot hold relative to itself.
    EXPECT_NEAR(y[i], expected, 3e-7 * std::abs(v)) << v;
  }
}

TEST(Activation, GatedMergeWithExtremeGates) {
  const std::vector<float> gates = sweep_of_values();
  std::vector<float> o(gates.size()), lepe(gates.size(), 0.25f), out(gates.size(), std::nanf(""));
  for (std::size_t i = 0; i < o.size(); ++i) o[i] = static_cast<float>(std::sin(0.7 * i));
  const std::vector<float> weight(kChannels, 1.5f), bias(kChannels, -0.5f);
  kernels().gated_merge(o.data(), kChannels, lepe.data(), kChannels, gates.data(), kChannels, weight.data(),
                        bias.data(), static_cast<int>(gates.size() / kChannels), kChannels, out.data(), kChannels);
  for (std::size_t t = 0; t < gates.size(); t += kChannels) {
    double mean = 0, variance = 0;
    for (int c = 0; c < kChannels; ++c) mean += (o[t + c] + lepe[t + c]) / kChannels;
    for (int c = 0; c < kChannels; ++c) variance += std::pow(o[t + c] + lepe[t + c] - mean, 2) / kChannels;
    for (int c = 0; c < kChannels; ++c) {
      const double normal = (o[t + c] + lepe[t + c] - mean) / std::sqrt(variance + kLayerNormEps);
      const double gate = gates[t + c];
      const double expected = (1.5 * normal - 0.5) * gate / (1 + std::exp(-gate));
      EXPECT_NEAR(out[t + c], expected, 2e-6 * (1e-30 + std::abs(gate))) << gate;
    }
  }
}

}  // namespace
}  // namespace nalasr::cpu
