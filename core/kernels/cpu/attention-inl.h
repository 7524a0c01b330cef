// NaLa feature maps with rotary embedding. Included once per instruction set by kernels.cpp.
// clang-format off
#if defined(NALASR_ATTENTION_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef NALASR_ATTENTION_INL_H_
#undef NALASR_ATTENTION_INL_H_
#else
#define NALASR_ATTENTION_INL_H_
#endif
// clang-format on

#include "kernels/cpu/kernels.h"
#include "kernels/cpu/vec_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace nalasr::cpu::HWY_NAMESPACE {

/// The two direction-mapped halves of a feature, in a basis turned by 45° from the paper's [cos θ, sin θ]:
/// [sin(θ + π/4), cos(θ + π/4)]. Inner products are the same, but both entries are ≥ 0, so the normaliser is a sum
/// of non-negative terms and loses no digits to cancellation (docs/decisions/0003-turned-features.md). With
/// e = exp(−2α|x|/‖x‖) and δ = (π/2)·e/(1 + e) the pair is [cos δ, sin δ] for x > 0 and [sin δ, cos δ] for x < 0;
/// δ → 0 gives relu_split.
HWY_INLINE void Direct(D d, DirectionMap map, V alpha, V direction, V magnitude, V& first, V& second) {
  const V zero = hn::Zero(d);
  const auto positive = hn::Gt(direction, zero);
  if (map == DirectionMap::cosine) {
    const V exponent = hn::Mul(hn::Mul(hn::Abs(direction), alpha), hn::Set(d, -2.0f));
    const V e = Exp(d, hn::Max(exponent, hn::Set(d, -87.0f)));
    const V delta = hn::Mul(hn::Mul(hn::Set(d, 1.57079633f), e), Reciprocal(d, hn::Add(hn::Set(d, 1.0f), e)));
    V s, c;
    SinCosSmall(d, delta, s, c);
    const V large = hn::Mul(magnitude, c), small = hn::Mul(magnitude, s);
    first = hn::IfThenElse(positive, large, small);
    second = hn::IfThenElse(positive, small, large);
  } else {
    first = hn::IfThenElseZero(positive, magnitude);
    second = hn::IfThenElseZero(hn::Lt(direction, zero), magnitude);
  }
}

/// Turns interleaved channel pairs in place and scales them: (x·cos + swap(x)·sin)·factor, where sin is negative on
/// even channels.
HWY_INLINE void Rotate(float* x, const float* cos, const float* sin, int channels, float factor) {
#if HWY_TARGET == HWY_SCALAR
  for (int c = 0; c < channels; c += 2) {
    const float even = x[c], odd = x[c + 1];
    x[c] = (odd * sin[c] + even * cos[c]) * factor;
    x[c + 1] = (even * sin[c + 1] + odd * cos[c + 1]) * factor;
  }
#else
  const D d;
  const V f = hn::Set(d, factor);
  for (int c = 0; c < channels; c += static_cast<int>(hn::Lanes(d))) {
    const V v = hn::LoadU(d, x + c);
    const V turned = hn::MulAdd(hn::Shuffle2301(v), hn::LoadU(d, sin + c), hn::Mul(v, hn::LoadU(d, cos + c)));
    hn::StoreU(hn::Mul(turned, f), d, x + c);
  }
#endif
}

/// Per token: 1/max(‖x‖, guard) into inverse[], ‖x‖ into norm[].
HWY_INLINE void Norms(const FeatureArgs& a, int head, int d_pad, float* inverse, float* norm) {
  const D d;
  const V scale = hn::Set(d, a.scale);
  for (int t = 0; t < a.tokens; ++t) {
    const float* x = a.x + t * a.ldx + head * d_pad;
    V sum = hn::Zero(d);
    for (int c = 0; c < d_pad; c += static_cast<int>(hn::Lanes(d))) {
      const V v = hn::Mul(hn::LoadU(d, x + c), scale);
      sum = hn::MulAdd(v, v, sum);
    }
    norm[t] = Sum(d, sum);
  }
  const V guard = hn::Set(d, static_cast<float>(kNormGuard) * a.scale);
  for (int t = 0; t < a.tokens; t += static_cast<int>(hn::Lanes(d))) {
    const V n = hn::Sqrt(hn::LoadU(d, norm + t));
    hn::StoreU(n, d, norm + t);
    hn::StoreU(hn::Div(hn::Set(d, 1.0f), hn::Max(n, guard)), d, inverse + t);
  }
}

HWY_INLINE void QueryFeaturesImpl(const FeatureArgs& a) {
  const D d;
  const int step = static_cast<int>(hn::Lanes(d));
  const NalaParams& p = *a.params;
  const int d_pad = pad_channels(p.head_dim);
  const V alpha = hn::Set(d, static_cast<float>(p.alpha)), scale = hn::Set(d, a.scale);
  HWY_ALIGN float inverse[kTile + 16] = {}, norm[kTile + 16] = {}, power[kTile + 16];
  for (int h = 0; h < p.heads; ++h) {
    Norms(a, h, d_pad, inverse, norm);
    for (int t = 0; t < a.tokens; t += step) {
      const V n = hn::Div(hn::LoadU(d, norm + t), scale);
      const V gate = hn::Add(hn::Set(d, static_cast<float>(p.tau)), Tanh(d, n));
      hn::StoreU(hn::Mul(hn::Set(d, static_cast<float>(p.lambda)), gate), d, power + t);
    }
    const float* m = a.m + h * 2 * d_pad;
    for (int t = 0; t < a.tokens; ++t) {
      const float* x = a.x + t * a.ldx + h * d_pad;
      const float* cos = a.cos ? a.cos + t * d_pad : nullptr;
      const float* sin = a.sin ? a.sin + t * d_pad : nullptr;
      float* out = a.features + (static_cast<std::size_t>(h) * a.tokens + t) * 2 * d_pad;
      V normaliser = hn::Zero(d);
      for (int c = 0; c < d_pad; c += step) {
        const V direction = hn::Mul(hn::Mul(hn::LoadU(d, x + c), scale), hn::Set(d, inverse[t]));
        const V magnitude = PowNonNegative(d, hn::Abs(direction), hn::Set(d, power[t]));
        V first, second;
        Direct(d, p.direction_map, alpha, direction, magnitude, first, second);
        normaliser = hn::MulAdd(first, hn::LoadU(d, m + c), normaliser);
        normaliser = hn::MulAdd(second, hn::LoadU(d, m + d_pad + c), normaliser);
        hn::StoreU(first, d, out + c);
        hn::StoreU(second, d, out + d_pad + c);
      }
      const float factor = 1.0f / (Sum(d, normaliser) + a.eps);
      if (a.cos) {
        Rotate(out, cos, sin, d_pad, factor);
        Rotate(out + d_pad, cos, sin, d_pad, factor);
      } else {
        for (int c = 0; c < 2 * d_pad; c += step)
          hn::StoreU(hn::Mul(hn::LoadU(d, out + c), hn::Set(d, factor)), d, out + c);
      }
    }
  }
}

HWY_INLINE void KeyFeaturesImpl(const FeatureArgs& a) {
  const D d;
  const int step = static_cast<int>(hn::Lanes(d));
  const NalaParams& p = *a.params;
  const int d_pad = pad_channels(p.head_dim);
  const V alpha = hn::Set(d, static_cast<float>(p.alpha)), scale = hn::Set(d, a.scale);
  const V lambda = hn::Set(d, static_cast<float>(p.lambda));
  const bool cube = p.lambda == 3.0;
  HWY_ALIGN float inverse[kTile + 16] = {}, norm[kTile + 16] = {};
  for (int h = 0; h < p.heads; ++h) {
    Norms(a, h, d_pad, inverse, norm);
    float* m = a.m + h * 2 * d_pad;
    for (int t = 0; t < a.tokens; ++t) {
      const float* x = a.x + t * a.ldx + h * d_pad;
      const float* cos = a.cos ? a.cos + t * d_pad : nullptr;
      const float* sin = a.sin ? a.sin + t * d_pad : nullptr;
      float* out = a.features + (static_cast<std::size_t>(h) * a.tokens + t) * 2 * d_pad;
      for (int c = 0; c < d_pad; c += step) {
        const V k = hn::Mul(hn::LoadU(d, x + c), scale);
        const V abs = hn::Abs(k);
        const V magnitude = cube ? hn::Mul(hn::Mul(k, k), abs) : PowNonNegative(d, abs, lambda);
        V first, second;
        Direct(d, p.direction_map, alpha, hn::Mul(k, hn::Set(d, inverse[t])), magnitude, first, second);
        hn::StoreU(hn::Add(hn::LoadU(d, m + c), first), d, m + c);
        hn::StoreU(hn::Add(hn::LoadU(d, m + d_pad + c), second), d, m + d_pad + c);
        hn::StoreU(first, d, out + c);
        hn::StoreU(second, d, out + d_pad + c);
      }
      if (a.cos) {
        Rotate(out, cos, sin, d_pad, 1.0f);
        Rotate(out + d_pad, cos, sin, d_pad, 1.0f);
      }
    }
  }
}

HWY_INLINE float MaxAbsImpl(const float* x, std::size_t count) {
  const D d;
  V best = hn::Zero(d);
  for (std::size_t i = 0; i < count; i += hn::Lanes(d)) best = hn::Max(best, hn::Abs(hn::LoadU(d, x + i)));
  return hn::GetLane(hn::MaxOfLanes(d, best));
}

}  // namespace nalasr::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
