// Layer normalisation, gated merge and depthwise convolutions. Included once per instruction set by kernels.cpp.
// clang-format off
#if defined(NALASR_POINTWISE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef NALASR_POINTWISE_INL_H_
#undef NALASR_POINTWISE_INL_H_
#else
#define NALASR_POINTWISE_INL_H_
#endif
// clang-format on

#include <cmath>

#include "kernels/cpu/kernels.h"
#include "kernels/cpu/vec_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace nalasr::cpu::HWY_NAMESPACE {

/// Mean and 1/√(var + ε) of the first `channels` of x, whose padding is zero.
HWY_INLINE void Moments(const float* x, int channels, int padded, float& mean, float& inverse) {
  const D d;
  const int step = static_cast<int>(hn::Lanes(d));
  V sum = hn::Zero(d);
  for (int c = 0; c < padded; c += step) sum = hn::Add(sum, hn::LoadU(d, x + c));
  mean = Sum(d, sum) / static_cast<float>(channels);
  const V mu = hn::Set(d, mean);
  V squares = hn::Zero(d);
  for (int c = 0; c < padded; c += step) {
    const V diff = hn::Sub(hn::LoadU(d, x + c), mu);
    squares = hn::MulAdd(diff, diff, squares);
  }
  // The zero padding contributed mean² each; take it out again.
  const float total = Sum(d, squares) - static_cast<float>(padded - channels) * mean * mean;
  inverse = 1.0f / std::sqrt(total / static_cast<float>(channels) + static_cast<float>(kLayerNormEps));
}

HWY_INLINE void LayerNormImpl(const float* x, std::size_t ldx, int tokens, int channels, float* out, std::size_t ldo) {
  const D d;
  const int step = static_cast<int>(hn::Lanes(d)), padded = pad_channels(channels);
  for (int t = 0; t < tokens; ++t, x += ldx, out += ldo) {
    float mean, inverse;
    Moments(x, channels, padded, mean, inverse);
    const V mu = hn::Set(d, mean), inv = hn::Set(d, inverse);
    for (int c = 0; c < padded; c += step) hn::StoreU(hn::Mul(hn::Sub(hn::LoadU(d, x + c), mu), inv), d, out + c);
  }
}

HWY_INLINE void GatedMergeImpl(const float* o, std::size_t ldo, const float* lepe, std::size_t ldl, const float* gate,
                               std::size_t ldg, const float* weight, const float* bias, int tokens, int channels,
                               float* out, std::size_t ldout) {
  const D d;
  const int step = static_cast<int>(hn::Lanes(d)), padded = pad_channels(channels);
  for (int t = 0; t < tokens; ++t, o += ldo, lepe += ldl, gate += ldg, out += ldout) {
    for (int c = 0; c < padded; c += step) hn::StoreU(hn::Add(hn::LoadU(d, o + c), hn::LoadU(d, lepe + c)), d, out + c);
    float mean, inverse;
    Moments(out, channels, padded, mean, inverse);
    const V mu = hn::Set(d, mean), inv = hn::Set(d, inverse);
    for (int c = 0; c < padded; c += step) {
      const V normal = hn::Mul(hn::Sub(hn::LoadU(d, out + c), mu), inv);
      const V affine = hn::MulAdd(normal, hn::LoadU(d, weight + c), hn::LoadU(d, bias + c));
      const V g = hn::LoadU(d, gate + c);
      hn::StoreU(hn::Mul(affine, hn::Mul(g, Sigmoid(d, g))), d, out + c);
    }
  }
}

HWY_INLINE void ToHalfImpl(const float* in, std::size_t count, std::uint16_t* out) {
  const D d;
  const hn::Rebind<hwy::float16_t, D> dh;
  const V largest = hn::Set(d, 65504.0f);
  for (std::size_t i = 0; i < count; i += hn::Lanes(d)) {
    const V clamped = hn::Min(hn::Max(hn::LoadU(d, in + i), hn::Neg(largest)), largest);
    hn::StoreU(hn::DemoteTo(dh, clamped), dh, reinterpret_cast<hwy::float16_t*>(out + i));
  }
}

HWY_INLINE void FromHalfImpl(const std::uint16_t* in, std::size_t count, float* out) {
  const D d;
  const hn::Rebind<hwy::float16_t, D> dh;
  for (std::size_t i = 0; i < count; i += hn::Lanes(d))
    hn::StoreU(hn::PromoteTo(d, hn::LoadU(dh, reinterpret_cast<const hwy::float16_t*>(in + i))), d, out + i);
}

/// One row of taps for N neighbouring output tokens: each input column is loaded once for all of them.
template <int K, int N>
HWY_INLINE void DepthwiseRow(const float* HWY_RESTRICT row, std::size_t ld, const V (&weights)[K], V (&acc)[N]) {
  const D d;
  V column[N + K - 1];
  for (int i = 0; i < N + K - 1; ++i) column[i] = hn::LoadU(d, row + i * ld);
  for (int kx = 0; kx < K; ++kx)
    for (int n = 0; n < N; ++n) acc[n] = hn::MulAdd(column[n + kx], weights[kx], acc[n]);
}

/// Tokens [x, x + N) of all channels. Channels are the inner loop: with tokens inside, every access would be a token's
/// stride apart, a multiple of 256 bytes, and fall into the few cache sets that such addresses share.
template <int K, int N>
HWY_INLINE void DepthwiseBlock(const DepthwiseArgs& a, int x) {
  const D d;
  for (int c = 0; c < a.channels; c += static_cast<int>(hn::Lanes(d))) {
    V acc[N];
    for (int n = 0; n < N; ++n) acc[n] = hn::LoadU(d, a.bias + c);
    for (int ky = 0; ky < K; ++ky) {
      V weights[K];
      for (int kx = 0; kx < K; ++kx) weights[kx] = hn::LoadU(d, a.weights + (ky * K + kx) * a.channels + c);
      DepthwiseRow<K, N>(a.rows[ky] + (static_cast<std::ptrdiff_t>(x) - K / 2) * static_cast<std::ptrdiff_t>(a.ld) + c,
                         a.ld, weights, acc);
    }
    for (int n = 0; n < N; ++n) hn::StoreU(acc[n], d, a.out + (x + n) * a.ldo + c);
  }
}

template <int K>
HWY_INLINE void DepthwiseSized(const DepthwiseArgs& a) {
  constexpr int kTokens = HWY_LANES(float) >= 16 ? 8 : 4;  // sums that fit beside columns and weights in registers
  int x = 0;
  for (; x + kTokens <= a.tokens; x += kTokens) DepthwiseBlock<K, kTokens>(a, x);
  for (; x < a.tokens; ++x) DepthwiseBlock<K, 1>(a, x);
}

HWY_INLINE void DepthwiseImpl(const DepthwiseArgs& a) {
  if (a.k == 3) {
    DepthwiseSized<3>(a);
  } else {
    DepthwiseSized<5>(a);
  }
}

}  // namespace nalasr::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
