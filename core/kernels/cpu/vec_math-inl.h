// Vector forms of the functions that the network needs. Included once per instruction set by kernels.cpp.
// clang-format off
#if defined(NALASR_VEC_MATH_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef NALASR_VEC_MATH_INL_H_
#undef NALASR_VEC_MATH_INL_H_
#else
#define NALASR_VEC_MATH_INL_H_
#endif
// clang-format on

#include "hwy/highway.h"
#include "kernels/cpu/kernels.h"

HWY_BEFORE_NAMESPACE();
namespace nalasr::cpu::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using D = HWY_CAPPED(float, 16);
using V = hn::Vec<D>;

/// 1/x for finite normal |x| below 2^125: the processor's estimate and Newton's steps, which take a third of a
/// division's time. Relative error below 4e-7 (1e-7 with AVX-512, whose estimate has 14 bits).
HWY_INLINE V Reciprocal(D d, V x) {
#if HWY_TARGET == HWY_SCALAR || HWY_TARGET == HWY_EMU128
  return hn::Div(hn::Set(d, 1.0f), x);
#else
  V r = hn::ApproximateReciprocal(x);
#if HWY_ARCH_ARM  // whose estimate has 8 bits
  r = hn::Mul(r, hn::NegMulAdd(x, r, hn::Set(d, 2.0f)));
#endif
  return hn::MulAdd(r, hn::NegMulAdd(x, r, hn::Set(d, 1.0f)), r);
#endif
}

/// exp(z) for z in [−87, 88], which callers see to: no special cases. With n = round(z/ln 2) and r = z − n·ln 2 in two
/// parts, e^r is a polynomial of degree 6 on |r| ≤ 0.3466 and 2^n goes into the exponent. Relative error below 3e-7.
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

/// ln a for normal a > 0: a = 2^e·(1 + f) with 1 + f in [√½, √2), and ln(1 + f) = f + f²·P(f) with a polynomial of
/// degree 7, fitted for the least relative error (3e-8). Relative error below 2e-7.
HWY_INLINE V Log(D d, V a) {
  const hn::RebindToSigned<D> di;
  const auto bits = hn::BitCast(di, a), half = hn::Set(di, 0x3f3504f3);  // √½
  const auto e = hn::ShiftRight<23>(hn::Sub(bits, half));
  const V f = hn::Sub(hn::BitCast(d, hn::Sub(bits, hn::ShiftLeft<23>(e))), hn::Set(d, 1.0f));
  V p = hn::MulAdd(f, hn::Set(d, 0.08734751f), hn::Set(d, -0.14307483f));
  p = hn::MulAdd(p, f, hn::Set(d, 0.14917989f));
  p = hn::MulAdd(p, f, hn::Set(d, -0.16570514f));
  p = hn::MulAdd(p, f, hn::Set(d, 0.19962071f));
  p = hn::MulAdd(p, f, hn::Set(d, -0.25001755f));
  p = hn::MulAdd(p, f, hn::Set(d, 0.3333395f));
  p = hn::MulAdd(p, f, hn::Set(d, -0.4999999f));
  const V rest = hn::MulAdd(hn::Mul(f, f), p, f);
  return hn::MulAdd(hn::ConvertTo(d, e), hn::Set(d, 0.693147181f), rest);
}

/// tanh z = sign(z)·(1 − e)/(1 + e), e = exp(−2|z|): absolute error below 3e-7, which is what angles need.
HWY_INLINE V Tanh(D d, V z) {
  const V e = Exp(d, hn::Max(hn::Mul(hn::Abs(z), hn::Set(d, -2.0f)), hn::Set(d, -87.0f)));
  const V one = hn::Set(d, 1.0f);
  return hn::CopySign(hn::Mul(hn::Sub(one, e), Reciprocal(d, hn::Add(one, e))), z);
}

/// 1/(1 + exp(−z)). −z is held within Exp's range: σ(−87) is 2e-38 anyway.
HWY_INLINE V Sigmoid(D d, V z) {
  const V one = hn::Set(d, 1.0f), limit = hn::Set(d, 87.0f);
  return Reciprocal(d, hn::Add(one, Exp(d, hn::Max(hn::Min(hn::Neg(z), limit), hn::Neg(limit)))));
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
  const V log = hn::Mul(p, Log(d, hn::Max(a, tiny)));
  const V power = Exp(d, hn::Max(hn::Min(log, limit), hn::Neg(limit)));
  return hn::IfThenElseZero(hn::Gt(a, tiny), power);
}

HWY_INLINE V Evaluate(D d, Elementary f, V x, V p) {
  switch (f) {
    case Elementary::exp:
      return Exp(d, x);
    case Elementary::log:
      return Log(d, x);
    case Elementary::tanh:
      return Tanh(d, x);
    case Elementary::sigmoid:
      return Sigmoid(d, x);
    case Elementary::reciprocal:
      return Reciprocal(d, x);
    default:
      return PowNonNegative(d, x, p);
  }
}

HWY_INLINE float Sum(D d, V v) { return hn::GetLane(hn::SumOfLanes(d, v)); }

}  // namespace nalasr::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
