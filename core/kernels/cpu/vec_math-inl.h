// Vector forms of the functions that the network needs. Included once per instruction set by kernels.cpp.
// clang-format off
#if defined(NALASR_VEC_MATH_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef NALASR_VEC_MATH_INL_H_
#undef NALASR_VEC_MATH_INL_H_
#else
#define NALASR_VEC_MATH_INL_H_
#endif
// clang-format on

#include "hwy/contrib/math/math-inl.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace nalasr::cpu::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using D = HWY_CAPPED(float, 16);
using V = hn::Vec<D>;

/// exp(z) for z in [−87, 88], which callers see to: no special cases. With n = round(z/ln 2) and r = z − n·ln 2 in two
/// parts, e^r is a polynomial of degree 6 on |r| ≤ 0.3466 and 2^n goes into the exponent. Relative error below 2e-7.
HWY_INLINE V Exp(D d, V z) {
  const hn::RebindToSigned<D> di;
  const V n = hn::Round(hn::Mul(z, hn::Set(d, 1.44269504f)));
  V r = hn::NegMulAdd(n, hn::Set(d, 0.693145752f), z);
  r = hn::NegMulAdd(n, hn::Set(d, 1.42860677e-6f), r);
  V p = hn::MulAdd(r, hn::Set(d, 1.3888889e-3f), hn::Set(d, 8.3333333e-3f));
  p = hn::MulAdd(p, r, hn::Set(d, 4.1666667e-2f));
  p = hn::MulAdd(p, r, hn::Set(d, 1.6666667e-1f));
  p = hn::MulAdd(p, r, hn::Set(d, 0.5f));
  p = hn::MulAdd(p, r, hn::Set(d, 1.0f));
  p = hn::MulAdd(p, r, hn::Set(d, 1.0f));
  return hn::BitCast(d, hn::Add(hn::BitCast(di, p), hn::ShiftLeft<23>(hn::ConvertTo(di, n))));
}

/// tanh z = sign(z)·(1 − e)/(1 + e), e = exp(−2|z|): absolute error below 2e-7, which is what angles need.
HWY_INLINE V Tanh(D d, V z) {
  const V e = Exp(d, hn::Max(hn::Mul(hn::Abs(z), hn::Set(d, -2.0f)), hn::Set(d, -87.0f)));
  const V one = hn::Set(d, 1.0f);
  return hn::CopySign(hn::Div(hn::Sub(one, e), hn::Add(one, e)), z);
}

/// 1/(1 + exp(−z)). −z is held within Exp's range: σ(−87) is 2e-38 anyway.
HWY_INLINE V Sigmoid(D d, V z) {
  const V one = hn::Set(d, 1.0f), limit = hn::Set(d, 87.0f);
  return hn::Div(one, hn::Add(one, Exp(d, hn::Max(hn::Min(hn::Neg(z), limit), hn::Neg(limit)))));
}

/// GELU, tanh form: x·σ(2·√(2/π)·(x + 0.044715 x³))
HWY_INLINE V Gelu(D d, V x) {
  const V inner = hn::MulAdd(hn::Mul(hn::Mul(x, x), x), hn::Set(d, 0.044715f), x);
  return hn::Mul(x, Sigmoid(d, hn::Mul(inner, hn::Set(d, 1.5957691216057308f))));
}

/// sin and cos on [−π/4, π/4] by their Taylor polynomials (degrees 9 and 8: error below one float32 ulp there).
HWY_INLINE void SinCosSmall(D d, V t, V& s, V& c) {
  const V t2 = hn::Mul(t, t);
  V ps = hn::MulAdd(hn::Set(d, 2.7557319e-6f), t2, hn::Set(d, -1.9841270e-4f));
  ps = hn::MulAdd(ps, t2, hn::Set(d, 8.3333333e-3f));
  ps = hn::MulAdd(ps, t2, hn::Set(d, -1.6666667e-1f));
  s = hn::MulAdd(hn::Mul(ps, t2), t, t);
  V pc = hn::MulAdd(hn::Set(d, 2.4801587e-5f), t2, hn::Set(d, -1.3888889e-3f));
  pc = hn::MulAdd(pc, t2, hn::Set(d, 4.1666667e-2f));
  pc = hn::MulAdd(pc, t2, hn::Set(d, -0.5f));
  c = hn::MulAdd(pc, t2, hn::Set(d, 1.0f));
}

/// a^p for a ≥ 0; 0^p = 0.
HWY_INLINE V PowNonNegative(D d, V a, V p) {
  const V tiny = hn::Set(d, 1e-37f);
  const V limit = hn::Set(d, 87.0f);
  const V log = hn::Mul(p, hn::Log(d, hn::Max(a, tiny)));
  const V power = Exp(d, hn::Max(hn::Min(log, limit), hn::Neg(limit)));
  return hn::IfThenElseZero(hn::Gt(a, tiny), power);
}

HWY_INLINE float Sum(D d, V v) { return hn::GetLane(hn::SumOfLanes(d, v)); }

}  // namespace nalasr::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
