// The transforms of winograd.h. Included once per instruction set by kernels.cpp.
// clang-format off
#if defined(NALASR_WINOGRAD_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef NALASR_WINOGRAD_INL_H_
#undef NALASR_WINOGRAD_INL_H_
#else
#define NALASR_WINOGRAD_INL_H_
#endif
// clang-format on

#include "kernels/cpu/kernels.h"
#include "kernels/cpu/vec_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace nalasr::cpu::HWY_NAMESPACE {

HWY_INLINE void WinogradInputImpl(const WinogradInputArgs& a) {
  const D d;
  const int step = static_cast<int>(hn::Lanes(d)), c = a.channels, groups = (a.tokens + 3) / 4;
  const std::size_t plane = static_cast<std::size_t>(groups) * 3 * c;
  const V two = hn::Set(d, 2.0f), four = hn::Set(d, 4.0f), five = hn::Set(d, 5.0f);
  for (int g = 0; g < groups; ++g) {
    for (int ky = 0; ky < 3; ++ky) {
      float* out = a.out + (static_cast<std::size_t>(g) * 3 + ky) * c;
      for (int i = 0; i < c; i += step) {
        V x[6];
        for (int t = 0; t < 6; ++t) {
          const int token = 4 * g + t - 1;
          x[t] =
              token < a.readable ? hn::LoadU(d, a.rows[ky] + static_cast<std::ptrdiff_t>(token) * c + i) : hn::Zero(d);
        }
        const V even = hn::NegMulAdd(four, x[2], x[4]), odd = hn::NegMulAdd(four, x[1], x[3]);
        const V far = hn::Sub(x[4], x[2]), near = hn::Mul(two, hn::Sub(x[3], x[1]));
        hn::StoreU(hn::MulAdd(four, x[0], hn::NegMulAdd(five, x[2], x[4])), d, out + i);
        hn::StoreU(hn::Add(even, odd), d, out + plane + i);
        hn::StoreU(hn::Sub(even, odd), d, out + 2 * plane + i);
        hn::StoreU(hn::Add(far, near), d, out + 3 * plane + i);
        hn::StoreU(hn::Sub(far, near), d, out + 4 * plane + i);
        hn::StoreU(hn::MulAdd(four, x[1], hn::NegMulAdd(five, x[3], x[5])), d, out + 5 * plane + i);
      }
    }
  }
}

HWY_INLINE void WinogradOutputImpl(const WinogradOutputArgs& a) {
  const D d;
  const int step = static_cast<int>(hn::Lanes(d)), n = a.channels, groups = (a.tokens + 3) / 4;
  const std::size_t plane = static_cast<std::size_t>(groups) * n;
  const V two = hn::Set(d, 2.0f), four = hn::Set(d, 4.0f), eight = hn::Set(d, 8.0f);
  for (int g = 0; g < groups; ++g) {
    const int left = HWY_MIN(4, a.tokens - 4 * g);
    for (int i = 0; i < n; i += step) {
      const float* m = a.products + static_cast<std::size_t>(g) * n + i;
      V p[6];
      for (int t = 0; t < 6; ++t) p[t] = hn::LoadU(d, m + t * plane);
      const V sum1 = hn::Add(p[1], p[2]), difference1 = hn::Sub(p[1], p[2]);
      const V sum2 = hn::Add(p[3], p[4]), difference2 = hn::Sub(p[3], p[4]);
      const V y[4] = {hn::Add(p[0], hn::Add(sum1, sum2)), hn::MulAdd(two, difference2, difference1),
                      hn::MulAdd(four, sum2, sum1), hn::Add(hn::MulAdd(eight, difference2, difference1), p[5])};
      const V bias = hn::LoadU(d, a.bias + i);
      for (int t = 0; t < left; ++t) {
        const std::size_t at = static_cast<std::size_t>(4 * g + t) * n + i;
        hn::StoreU(hn::Add(hn::Add(y[t], bias), hn::LoadU(d, a.residual + at)), d, a.out + at);
      }
    }
  }
}

}  // namespace nalasr::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
