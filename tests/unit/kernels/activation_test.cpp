// The vector functions, GELU and the gated merge against float64, far beyond the values that pictures usually cause.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
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

/// Largest error of f against `exact`, relative to max(|exact|, floor), over values from `low` to `high` in equal
/// steps, or in equal ratios where `low` is positive.
template <typename F>
double worst_error(Elementary f, double low, double high, double floor, F&& exact, float p = 0) {
  constexpr int kCount = 1 << 20;
  std::vector<float> x(kCount), y(kCount, std::nanf(""));
  for (int i = 0; i < kCount; ++i) {
    const double part = static_cast<double>(i) / (kCount - 1);
    x[i] = static_cast<float>(low > 0 ? low * std::pow(high / low, part) : low + (high - low) * part);
  }
  kernels().elementary(f, x.data(), p, x.size(), y.data());
  double worst = 0;
  for (int i = 0; i < kCount; ++i) {
    const double expected = exact(static_cast<double>(x[i]));
    const double error = std::abs(y[i] - expected) / std::max(std::abs(expected), floor);
    if (!(error <= worst)) worst = error;  // NaN stays
  }
  return worst;
}

TEST(Elementary, ErrorsStayWithinTheirBounds) {
  EXPECT_LT(worst_error(Elementary::exp, -87, 88, 0, [](double x) { return std::exp(x); }), 3e-7);
  EXPECT_LT(worst_error(Elementary::log, 1e-37, 1e38, 0, [](double x) { return std::log(x); }), 2e-7);
  EXPECT_LT(worst_error(Elementary::log, 0.99, 1.01, 1e-30, [](double x) { return std::log(x); }), 2e-7);
  EXPECT_LT(worst_error(Elementary::tanh, -20, 20, 1, [](double x) { return std::tanh(x); }), 3e-7);
  EXPECT_LT(worst_error(Elementary::sigmoid, -80, 80, 0, [](double x) { return 1 / (1 + std::exp(-x)); }), 6e-7);
  EXPECT_LT(worst_error(Elementary::reciprocal, 1e-30, 1e37, 0, [](double x) { return 1 / x; }), 4e-7);
  for (const float p : {0.5f, 3.0f, 4.5f})
    EXPECT_LT(worst_error(
                  Elementary::pow, 1e-6, 1, 0, [&](double x) { return std::pow(x, p); }, p),
              8e-6)
        << p;  // ln x · p rounded
}

TEST(Elementary, EndsOfTheRangesAreFinite) {
  const auto of = [](Elementary f, float x, float p = 0) {
    const std::vector<float> in(kChannels, x);
    std::vector<float> out(kChannels);
    kernels().elementary(f, in.data(), p, in.size(), out.data());
    return out[0];
  };
  for (const float x : {87.0f, 1e4f, 1e30f, std::numeric_limits<float>::infinity()}) {
    EXPECT_NEAR(of(Elementary::tanh, x), 1, 3e-7);
    EXPECT_NEAR(of(Elementary::tanh, -x), -1, 3e-7);
    EXPECT_NEAR(of(Elementary::sigmoid, x), 1, 3e-7);
    EXPECT_NEAR(of(Elementary::sigmoid, -x), 0, 1e-30);
  }
  EXPECT_EQ(of(Elementary::pow, 0, 3), 0);
  EXPECT_NEAR(of(Elementary::pow, 1, 7.5f), 1, 1e-6);
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
