// Host forms of core/kernels/cuda/intrinsics.cuh: what the tensor cores and special-function units compute, lane by
// lane. Found before the real one by the include path of the emulated kernels.
#pragma once

#include <cuda_bf16.h>
#include <cuda_fp16.h>

#include <cmath>
#include <cstdint>
#include <cstring>

#include "emulation/emulator.h"

namespace nalasr::cuda {

inline std::uint32_t pack_half(float a, float b) {
  const __half2 h = __floats2half2_rn(a, b);
  std::uint32_t word;
  std::memcpy(&word, &h, 4);
  return word;
}
inline std::uint32_t pack_feature(float a, float b) {
  const __nv_bfloat162 h = __floats2bfloat162_rn(a, b);
  std::uint32_t word;
  std::memcpy(&word, &h, 4);
  return word;
}

/// c += a · b of mma.m16n8k16: every lane collects the fragments of all and makes its own four sums.
template <typename Unpack>
void emulated_mma(float (&c)[4], std::uint32_t a0, std::uint32_t a1, std::uint32_t a2, std::uint32_t a3,
                  std::uint32_t b0, std::uint32_t b1, Unpack unpack) {
  struct Fragment {
    std::uint32_t a[4], b[2];
  };
  Fragment all[32];
  emulation::exchange(Fragment{{a0, a1, a2, a3}, {b0, b1}}, all);
  const int lane = emulation::lane(), g = lane / 4, t = lane % 4;
  for (int i = 0; i < 4; ++i) {
    const int column = 2 * t + i % 2;  // row g of the fragments' first half, g + 8 of the second
    float sum = c[i];
    for (int k = 0; k < 16; ++k) {
      const Fragment& left = all[g * 4 + k % 8 / 2];
      const Fragment& right = all[column * 4 + k % 8 / 2];
      sum += unpack(left.a[i / 2 + k / 8 * 2], k % 2) * unpack(right.b[k / 8], k % 2);
    }
    c[i] = sum;
  }
}

inline void mma_half(float (&c)[4], std::uint32_t a0, std::uint32_t a1, std::uint32_t a2, std::uint32_t a3,
                     std::uint32_t b0, std::uint32_t b1) {
  emulated_mma(c, a0, a1, a2, a3, b0, b1, [](std::uint32_t word, int high) {
    __half2 h;
    std::memcpy(&h, &word, 4);
    return high ? __high2float(h) : __low2float(h);
  });
}
inline void mma_feature(float (&c)[4], std::uint32_t a0, std::uint32_t a1, std::uint32_t a2, std::uint32_t a3,
                        std::uint32_t b0, std::uint32_t b1) {
  emulated_mma(c, a0, a1, a2, a3, b0, b1, [](std::uint32_t word, int high) {
    const std::uint32_t bits = high ? word & 0xffff0000u : word << 16;
    float v;
    std::memcpy(&v, &bits, 4);
    return v;
  });
}

template <typename F>
std::uint32_t each_half(std::uint32_t a, std::uint32_t b, std::uint32_t c, F f) {
  const auto half = [](std::uint32_t word, int high) {
    __half2 h;
    std::memcpy(&h, &word, 4);
    return high ? __high2float(h) : __low2float(h);
  };
  return pack_half(f(half(a, 0), half(b, 0), half(c, 0)), f(half(a, 1), half(b, 1), half(c, 1)));
}
inline std::uint32_t fma_half2(std::uint32_t a, std::uint32_t b, std::uint32_t c) {
  return each_half(a, b, c, [](float x, float y, float z) { return std::fma(x, y, z); });
}
inline std::uint32_t mul_half2(std::uint32_t a, std::uint32_t b) {
  return each_half(a, b, 0, [](float x, float y, float) { return x * y; });
}
inline std::uint32_t tanh_half2(std::uint32_t a) {
  return each_half(a, 0, 0, [](float x, float, float) { return std::tanh(x); });
}

inline float exp2_fast(float v) { return std::exp2(v); }
inline float log2_fast(float v) { return std::log2(v); }
inline float reciprocal_fast(float v) { return 1.0f / v; }

}  // namespace nalasr::cuda
