// Matrix product of a tile of tokens with packed weights. Included once per instruction set by kernels.cpp.
// clang-format off
#if defined(NALASR_GEMM_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef NALASR_GEMM_INL_H_
#undef NALASR_GEMM_INL_H_
#else
#define NALASR_GEMM_INL_H_
#endif
// clang-format on

#include "kernels/cpu/kernels.h"
#include "kernels/cpu/vec_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace nalasr::cpu::HWY_NAMESPACE {

inline constexpr int kLanes = static_cast<int>(HWY_MIN(HWY_LANES(float), 16));
// 32 vector registers (AVX-512, NEON) hold 6×4 accumulators; with 16 registers 6×2 fit.
inline constexpr int kPanelVectors = kLanes >= 16 ? 4 : 2;
inline constexpr int kRowBlock = 6;
inline constexpr int kPanel = kPanelVectors * kLanes;

/// Finishes one vector of a product at (row, column): GELU, residual, store of the `left` columns that exist.
HWY_INLINE void StoreProduct(const GemmArgs& g, V value, int row, int column, int left) {
  const D d;
  if (g.gelu) value = Gelu(d, value);
  float* out = g.c + row * g.ldc + column;
  const float* residual = g.residual ? g.residual + row * g.ldr + column : nullptr;
  if (left >= kLanes) {
    if (residual) value = hn::Add(value, hn::LoadU(d, residual));
    hn::StoreU(value, d, out);
  } else {
    const auto mask = hn::FirstN(d, left);
    if (residual) value = hn::Add(value, hn::MaskedLoad(mask, d, residual));
    hn::BlendedStore(value, mask, d, out);
  }
}

/// Rows [row, row + MR) × one panel of NV vectors. `columns` of them exist in c.
template <int MR, int NV>
HWY_INLINE void GemmBlock(const GemmArgs& g, int row, const float* HWY_RESTRICT panel, int first, int columns) {
  const D d;
  V acc[MR][NV];
  for (int v = 0; v < NV; ++v) {
    const V b = hn::LoadU(d, g.b->bias.data() + first + v * kLanes);
    for (int r = 0; r < MR; ++r) acc[r][v] = b;
  }
  for (int s = 0; s < g.segments; ++s) {
    const float* HWY_RESTRICT a = g.a[s] + row * g.lda;
    for (int k = 0; k < g.k_segment; ++k, panel += NV * kLanes) {
      V b[NV];
      for (int v = 0; v < NV; ++v) b[v] = hn::LoadU(d, panel + v * kLanes);
      for (int r = 0; r < MR; ++r) {
        const V x = hn::Set(d, a[r * g.lda + k]);
        for (int v = 0; v < NV; ++v) acc[r][v] = hn::MulAdd(x, b[v], acc[r][v]);
      }
    }
  }
  for (int r = 0; r < MR; ++r)
    for (int v = 0; v < NV && v * kLanes < columns; ++v)
      StoreProduct(g, acc[r][v], row + r, first + v * kLanes, columns - v * kLanes);
}

template <int NV>
HWY_INLINE void GemmPanel(const GemmArgs& g, const float* panel, int first, int columns) {
  int row = 0;
  for (; row + kRowBlock <= g.rows; row += kRowBlock) GemmBlock<kRowBlock, NV>(g, row, panel, first, columns);
  for (; row < g.rows; ++row) GemmBlock<1, NV>(g, row, panel, first, columns);
}

HWY_INLINE void GemmImpl(const GemmArgs& g) {
  const float* panel = g.b->data.data();
  for (int first = 0; first < g.b->n; first += kPanel) {
    const int columns = HWY_MIN(kPanel, g.b->n - first);
    const int vectors = (columns + kLanes - 1) / kLanes;
    switch (vectors) {
      case 4:
        GemmPanel<HWY_MIN(4, kPanelVectors)>(g, panel, first, columns);
        break;
      case 3:
        GemmPanel<HWY_MIN(3, kPanelVectors)>(g, panel, first, columns);
        break;
      case 2:
        GemmPanel<2>(g, panel, first, columns);
        break;
      default:
        GemmPanel<1>(g, panel, first, columns);
        break;
    }
    panel += static_cast<std::size_t>(g.b->k) * vectors * kLanes;
  }
}

/// state[i][c] += Σ_t features[t][i]·v[t][c]
HWY_INLINE void AccumulateStateImpl(const float* features, const float* v, std::size_t ldv, int tokens, int d_pad,
                                    float* state) {
  const D d;
  constexpr int kRows = kLanes >= 16 ? 8 : 4;
  const int count = 2 * d_pad;
  for (int c = 0; c < d_pad; c += kLanes) {
    for (int i = 0; i < count; i += kRows) {
      V acc[kRows];
      for (int r = 0; r < kRows; ++r) acc[r] = hn::LoadU(d, state + (i + r) * d_pad + c);
      for (int t = 0; t < tokens; ++t) {
        const V value = hn::LoadU(d, v + t * ldv + c);
        const float* f = features + t * count + i;
        for (int r = 0; r < kRows; ++r) acc[r] = hn::MulAdd(hn::Set(d, f[r]), value, acc[r]);
      }
      for (int r = 0; r < kRows; ++r) hn::StoreU(acc[r], d, state + (i + r) * d_pad + c);
    }
  }
}

}  // namespace nalasr::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
