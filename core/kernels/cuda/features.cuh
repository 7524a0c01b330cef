// NaLa feature maps of one channel (design.md section 1; docs/decisions/0003 for the basis turned by 45°).
#pragma once

#include "kernels/cuda/warp.cuh"

namespace nalasr::cuda {

/// Constants of the feature maps as the kernels take them.
struct FeatureConstants {
  float lambda, tau;
  float slope;  ///< −2α·log2 e: e^(−2α|x|/‖x‖) as a power of two; relu_split is the limit of a huge α
};

inline FeatureConstants feature_constants(const NalaParams& p) {
  const double alpha = p.direction_map == DirectionMap::cosine ? p.alpha : 1e30;
  return {static_cast<float>(p.lambda), static_cast<float>(p.tau), static_cast<float>(-2 * 1.4426950408889634 * alpha)};
}

struct FeaturePair {
  float first, second;
};

/// magnitude · [cos δ, sin δ] where the direction is positive, swapped where it is not; δ = (π/2)·e/(1 + e).
__device__ __forceinline__ FeaturePair direct(float direction, float magnitude, float slope) {
  const float e = exp2_fast(fabsf(direction) * slope);
  const float delta = 1.57079633f * e * reciprocal_fast(1.0f + e);  // 0 .. π/4
  const float d2 = delta * delta;
  const float sine = delta * (1.0f + d2 * (-0.16666667f + d2 * 8.3333333e-3f));
  const float cosine = 1.0f + d2 * (-0.5f + d2 * (4.1666667e-2f + d2 * -1.3888889e-3f));
  const float large = magnitude * cosine, small = magnitude * sine;
  return direction > 0 ? FeaturePair{large, small} : FeaturePair{small, large};
}

/// p(‖q‖) = λ(τ + tanh ‖q‖).
__device__ __forceinline__ float query_power(float norm, const FeatureConstants& f) {
  const float tanh = 1.0f - 2.0f * reciprocal_fast(1.0f + exp2_fast(2.8853901f * norm));
  return f.lambda * (f.tau + tanh);
}

/// One channel of a query, `direction` = q/‖q‖.
__device__ __forceinline__ FeaturePair query_feature(float direction, float power, const FeatureConstants& f) {
  return direct(direction, exp2_fast(power * log2_fast(fabsf(direction))), f.slope);
}

/// One channel of a key, `inverse` = 1/‖k‖.
__device__ __forceinline__ FeaturePair key_feature(float k, float inverse, const FeatureConstants& f) {
  const float a = fabsf(k);
  const float magnitude = f.lambda == 3.0f ? a * a * a : exp2_fast(f.lambda * log2_fast(a));
  return direct(k * inverse, magnitude, f.slope);
}

/// Turns a pair of neighbouring channels by the angle whose cosine and sine are (c, s).
__device__ __forceinline__ void rotate(float& even, float& odd, float c, float s) {
  const float turned = even * c - odd * s;
  odd = odd * c + even * s;
  even = turned;
}

}  // namespace nalasr::cuda
