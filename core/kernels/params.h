// Plain parameters shared by the reference, CPU and CUDA forms of the NaLa operator.
#pragma once

#include <cmath>
#include <vector>

#include "nalasr/model.h"

namespace nalasr {

inline constexpr double kNormGuard = 1e-6;      ///< ‖x‖ is never divided by less than this, so q = 0 is finite
inline constexpr double kNormaliserEps = 1e-6;  ///< ε of φ_q(q)ᵀm + ε
inline constexpr double kLayerNormEps = 1e-6;

/// Shape and constants of one NaLa layer (design.md section 1).
struct NalaParams {
  int heads = 1;
  int head_dim = 32;  ///< d, a multiple of 4
  DirectionMap direction_map = DirectionMap::cosine;
  double lambda = 3, tau = 0.5, alpha = 20;
  RotaryEmbedding rotary = RotaryEmbedding::axial;
  double rotary_base = 10000;
  int rotary_span = 0;

  static NalaParams of(const ModelSpec& s) {
    return {s.heads, s.head_dim(), s.direction_map, s.lambda, s.tau, s.alpha, s.rotary, s.rotary_base, s.rotary_span};
  }
  /// The same for attention within windows or among cells: what counts there is how far tokens are apart, however large
  /// the picture.
  [[nodiscard]] NalaParams nearby() const {
    NalaParams p = *this;
    p.rotary_span = 0;
    return p;
  }
};

/// Angle per token of the channel pair `i` of d/4: base^(-linspace(0, 1, d/4)), or 0 without rotary embedding.
inline double rotary_frequency(const NalaParams& p, int i) {
  if (p.rotary == RotaryEmbedding::none) return 0.0;
  const int pairs = p.head_dim / 4;
  return pairs > 1 ? std::pow(p.rotary_base, -static_cast<double>(i) / (pairs - 1)) : 1.0;
}

/// Row or column `i` of `length` as the rotary embedding counts it: in fractions where there are more than the span.
inline double rotary_position(const NalaParams& p, int i, int length) {
  return p.rotary_span > 0 && length > p.rotary_span ? static_cast<double>(i) * p.rotary_span / length : i;
}

}  // namespace nalasr
