// The matrix product with bfloat16 operands and float32 sums, for processors with AVX512-BF16 (vdpbf16ps). Included
// once per instruction set by kernels.cpp; other sets have no such product and say so with a null pointer.
// clang-format off
#if defined(NALASR_GEMM_BF16_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef NALASR_GEMM_BF16_INL_H_
#undef NALASR_GEMM_BF16_INL_H_
#else
#define NALASR_GEMM_BF16_INL_H_
#endif
// clang-format on

#include "kernels/cpu/gemm-inl.h"

HWY_BEFORE_NAMESPACE();
namespace nalasr::cpu::HWY_NAMESPACE {

// The whole of Highway's set is named again: in clang a function's target attribute replaces it instead of adding to it.
#if HWY_TARGET == HWY_AVX3 && defined(__GNUC__)
#define NALASR_HAS_BF16_GEMM 1
#define NALASR_BF16_TARGET __attribute__((target(HWY_TARGET_STR ",avx512bf16")))

/// Rounds `count` floats to bfloat16; whole vectors of 32 are written.
NALASR_BF16_TARGET inline void RoundBf16Impl(const float* in, std::size_t count, std::uint16_t* out) {
  const auto round32 = [](const float* from, std::uint16_t* to) NALASR_BF16_TARGET {
    const __m512bh both = _mm512_cvtne2ps_pbh(_mm512_loadu_ps(from + 16), _mm512_loadu_ps(from));
    __builtin_memcpy(to, &both, sizeof(both));
  };
  std::size_t i = 0;
  for (; i + 32 <= count; i += 32) round32(in + i, out + i);
  if (i == count) return;
  float tail[32] = {};
  std::copy_n(in + i, count - i, tail);
  round32(tail, out + i);
}

/// Rows [row, row + MR) × one panel: as GemmBlock, two k per step.
template <int MR, int NV>
NALASR_BF16_TARGET inline void GemmBf16Block(const GemmArgs& g, const std::uint16_t* const a[3], int row,
                                             const std::uint16_t* panel, int first, int columns) {
  __m512 acc[MR][NV];
  for (int v = 0; v < NV; ++v)
    for (int r = 0; r < MR; ++r) acc[r][v] = _mm512_loadu_ps(g.b->bias.data() + first + v * 16);
  for (int s = 0; s < g.segments; ++s) {
    const std::uint16_t* rows = a[s] + row * g.lda;
    for (int k = 0; k < g.k_segment; k += 2, panel += NV * 32) {
      __m512bh b[NV];
      for (int v = 0; v < NV; ++v) __builtin_memcpy(&b[v], panel + v * 32, sizeof(b[v]));
      for (int r = 0; r < MR; ++r) {
        int pair;
        __builtin_memcpy(&pair, rows + r * g.lda + k, sizeof(pair));
        const __m512i spread = _mm512_set1_epi32(pair);
        __m512bh x;
        __builtin_memcpy(&x, &spread, sizeof(x));
        for (int v = 0; v < NV; ++v) acc[r][v] = _mm512_dpbf16_ps(acc[r][v], x, b[v]);
      }
    }
  }
  for (int r = 0; r < MR; ++r)
    for (int v = 0; v < NV && v * 16 < columns; ++v)
      StoreProduct(g, V{acc[r][v]}, row + r, first + v * 16, columns - v * 16);
}

template <int NV>
NALASR_BF16_TARGET inline void GemmBf16Panel(const GemmArgs& g, const std::uint16_t* const a[3],
                                             const std::uint16_t* panel, int first, int columns) {
  int row = 0;
  for (; row + kRowBlock <= g.rows; row += kRowBlock) GemmBf16Block<kRowBlock, NV>(g, a, row, panel, first, columns);
  for (; row < g.rows; ++row) GemmBf16Block<1, NV>(g, a, row, panel, first, columns);
}

NALASR_BF16_TARGET inline void GemmBf16Impl(const GemmArgs& g) {
  // Rows overlap or touch (lda ≤ k_segment), so a segment is one run of floats; it is rounded once for all panels.
  const std::size_t run = (g.rows - 1) * g.lda + g.k_segment, padded = (run + 31) / 32 * 32;
  thread_local std::vector<std::uint16_t> rounded;
  if (!g.rounded && rounded.size() < padded * g.segments) rounded.resize(padded * g.segments);
  const std::uint16_t* a[3] = {g.rounded};
  for (int s = 0; s < g.segments && !g.rounded; ++s) {
    RoundBf16Impl(g.a[s], run, rounded.data() + s * padded);
    a[s] = rounded.data() + s * padded;
  }
  const std::uint16_t* panel = g.b->pairs.data();
  for (int first = 0; first < g.b->n; first += kPanel) {
    const int columns = HWY_MIN(kPanel, g.b->n - first), vectors = (columns + 15) / 16;
    switch (vectors) {
      case 4:
        GemmBf16Panel<4>(g, a, panel, first, columns);
        break;
      case 3:
        GemmBf16Panel<3>(g, a, panel, first, columns);
        break;
      case 2:
        GemmBf16Panel<2>(g, a, panel, first, columns);
        break;
      default:
        GemmBf16Panel<1>(g, a, panel, first, columns);
        break;
    }
    panel += static_cast<std::size_t>(g.b->k) * vectors * 16;
  }
}
#endif

}  // namespace nalasr::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
