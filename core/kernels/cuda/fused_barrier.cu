// The end of a sweep, and the first half of a windowed block: x₁ = x + dw3x3(x) goes to its map, and the keys and
// values of x₁ into sums, one per unit of tokens:
//
//   S = Σ_n R(φ_k(k_n)) v_nᵀ,   m = Σ_n φ_k(k_n),   (k, v) = Linear(LN x₁)
//
// Projections are computed transposed (weights are operand A, tokens operand B), because then both φ_k and v leave the
// tensor cores in the very registers in which the product φ_k·vᵀ wants them. A warp serves one head and keeps its S in
// registers for all its tokens; warps add theirs up in a fixed order at the end.
#include "kernels/cuda/fused.cuh"
#include "kernels/cuda/launch.cuh"
#include "kernels/cuda/positional.cuh"

namespace nalasr::cuda {
namespace {

constexpr int kPartRows = 8;  // of the tokens that are in shared memory at a time; they have `Part` columns

/// Warps of a block. Units are many and small: of three little blocks on a processor, one computes while another waits.
/// Windows are few and large: each needs a whole processor. Larger heads leave registers for 8 warps at most.
constexpr int warps_of(int dim, int head_dim, bool windows) { return dim > 64 || head_dim > 32 ? 8 : windows ? 12 : 4; }

template <int C, int D, int Warps, int Part>
struct BarrierTile {
  static constexpr int kVector = vector_of(C), kHeads = C / D;
  static constexpr int kParts = D > 48 ? 2 : 1;  // of a head's S, by columns, where it is too much for one warp
  static constexpr int kColumns = D / kParts;    // of S in a warp
  static constexpr int kGroups = Warps / (kHeads * kParts);
  static constexpr int kWarps = kHeads * kParts * kGroups, kThreads = 32 * kWarps;
  static constexpr int kStride = C + 8;
  static constexpr int kSumTiles = 2 * D / 16 * (D / 8);  // 16 × 8 tiles of a head's S

  union {
    __half x[kPartRows * Part * kStride];  // x₁
    float sums[kHeads * (kSumTiles * 128 + 2 * D)];
  };
};

/// x₁ of the part at (y0, x0), to shared memory and, inside the area, to the map.
template <int C, int D, int Warps, int Part, bool Interior>
__device__ __forceinline__ void make_x1(const BarrierArgs& a, BarrierTile<C, D, Warps, Part>& tile, int y0, int x0) {
  using T = BarrierTile<C, D, Warps, Part>;
  constexpr int kAcross = 4;
#pragma unroll 1
  for (int item = threadIdx.x; item < C / 2 * (Part / kAcross); item += T::kThreads) {
    const int c = item % (C / 2) * 2, x = item / (C / 2) * kAcross;
    positional_columns<kPartRows, kAcross, Interior>(
        a.in, a.area, a.cpe1, C, c, a.area.bottom(1), y0, x0 + x, [&](int row, int i, std::uint32_t word) {
          *reinterpret_cast<std::uint32_t*>(tile.x + (row * Part + x + i) * T::kStride + c) = word;
          const int y = y0 + row, column = x0 + x + i;
          if (Interior || (y >= a.area.first && y < a.area.last && column >= 0 && column < a.area.width))
            *reinterpret_cast<std::uint32_t*>(a.out.data + a.out.offset(y, column, a.area.width, C) + c) = word;
        });
  }
}

/// acc [M/16][2][4] = weights [M][C] · tokens: `words` are those of two groups of 8 tokens, one token per lane.
template <int M, int C>
__device__ __forceinline__ void project(float (&acc)[M / 16][2][4], const std::uint32_t (&words)[2][C / 8],
                                        const uint4* __restrict__ weights, const float* bias, int lane) {
#pragma unroll
  for (int i = 0; i < M / 16; ++i) {
    const float2 b = __ldg(reinterpret_cast<const float2*>(bias) + 8 * i + lane / 4);
#pragma unroll
    for (int n = 0; n < 2; ++n) acc[i][n][0] = acc[i][n][1] = b.x, acc[i][n][2] = acc[i][n][3] = b.y;
#pragma unroll
    for (int s = 0; s < C / 16; ++s) {
      const uint4 w = __ldg(weights + (i * (C / 16) + s) * 32 + lane);
#pragma unroll
      for (int n = 0; n < 2; ++n) mma_half(acc[i][n], w.x, w.y, w.z, w.w, words[n][2 * s], words[n][2 * s + 1]);
    }
  }
}

template <int D, int Columns>
struct WarpSums {
  float s[2 * D / 16][Columns / 8][4];
  float m[2 * D / 16][2];
};

/// Adds 16 tokens, beginning at token `first` of the part, to the sums of this warp: 8 in row y from column x on, 8 in
/// row y8 from x8. `Interior`: all of them lie in the picture; else those outside count as zeros.
template <int C, int D, int Warps, int Part, bool Interior>
__device__ __forceinline__ void add_tokens(const BarrierArgs& a, const BarrierTile<C, D, Warps, Part>& tile, int head,
                                           int part, int first, int y, int x, int y8, int x8, int lane,
                                           WarpSums<D, BarrierTile<C, D, Warps, Part>::kColumns>& sums) {
  using T = BarrierTile<C, D, Warps, Part>;
  const int g = lane / 4, t = lane % 4;
  std::uint32_t u[2][C / 8];
#pragma unroll
  for (int n = 0; n < 2; ++n) {
    load_token<C, T::kVector>(tile.x + (first + 8 * n + g) * T::kStride, t, u[n]);
    layer_norm<C>(u[n]);
  }
  bool inside[2][2];  // this lane's tokens in accumulators: 8n + 2t + e
#pragma unroll
  for (int n = 0; n < 2; ++n)
#pragma unroll
    for (int e = 0; e < 2; ++e) {
      const int row = n == 0 ? y : y8, column = (n == 0 ? x : x8) + 2 * t + e;
      inside[n][e] = Interior || (row >= 0 && row < a.area.height && column >= 0 && column < a.area.width);
    }

  constexpr int kFragments = C / 16 * 32;  // of 16 rows of weights
  std::uint32_t values[T::kColumns / 8][2];
  {
    float v[T::kColumns / 16][2][4];
    project<T::kColumns, C>(v, u, a.v + (head * (D / 16) + part * (T::kColumns / 16)) * kFragments,
                            a.v_bias + head * D + part * T::kColumns, lane);
#pragma unroll
    for (int i = 0; i < T::kColumns / 16; ++i)
#pragma unroll
      for (int n = 0; n < 2; ++n) {
        values[2 * i][n] = pack_feature(inside[n][0] ? v[i][n][0] : 0, inside[n][1] ? v[i][n][1] : 0);
        values[2 * i + 1][n] = pack_feature(inside[n][0] ? v[i][n][2] : 0, inside[n][1] ? v[i][n][3] : 0);
      }
  }
  float k[D / 16][2][4];
  project<D, C>(k, u, a.k + head * (D / 16) * kFragments, a.k_bias + head * D, lane);
  float inverse[2][2];
#pragma unroll
  for (int n = 0; n < 2; ++n)
#pragma unroll
    for (int e = 0; e < 2; ++e) {
      float squares = 0;
#pragma unroll
      for (int i = 0; i < D / 16; ++i) squares += k[i][n][e] * k[i][n][e] + k[i][n][2 + e] * k[i][n][2 + e];
#pragma unroll
      for (int lanes = 4; lanes < 32; lanes *= 2) squares += __shfl_xor_sync(0xffffffffu, squares, lanes);
      // An exact root and quotient: their branches keep the compiler from mixing what comes before with what comes
      // after, which costs more registers than there are.
      inverse[n][e] = 1.0f / fmaxf(sqrtf(squares), static_cast<float>(kNormGuard));
    }

#pragma unroll
  for (int i = 0; i < D / 16; ++i) {
    const int pair = 8 * i + g;                   // rows g and g + 8 of a fragment are channels 2·pair and 2·pair + 1
    std::uint32_t first_half[4], second_half[4];  // operand A: [n][row g, row g + 8]
#pragma unroll
    for (int n = 0; n < 2; ++n) {
      float f[2][2], s[2][2];  // [even, odd channel][e]
#pragma unroll
      for (int e = 0; e < 2; ++e) {
        const FeaturePair even = key_feature(k[i][n][e], inverse[n][e], a.features);
        const FeaturePair odd = key_feature(k[i][n][2 + e], inverse[n][e], a.features);
        const bool counts = inside[n][e];
        f[0][e] = counts ? even.first : 0, s[0][e] = counts ? even.second : 0;
        f[1][e] = counts ? odd.first : 0, s[1][e] = counts ? odd.second : 0;
        sums.m[i][0] += f[0][e], sums.m[i][1] += f[1][e];
        sums.m[D / 16 + i][0] += s[0][e], sums.m[D / 16 + i][1] += s[1][e];
        if (a.rotary.rows) {
          const int row = max(n == 0 ? y : y8, 0);
          const int column = min(max((n == 0 ? x : x8) + 2 * t + e, 0), a.area.width - 1);
          const float2 turn = __ldg(pair < D / 4 ? a.rotary.rows + min(row, a.area.height - 1) * (D / 4) + pair
                                                 : a.rotary.columns + column * (D / 4) + pair - D / 4);
          rotate(f[0][e], f[1][e], turn.x, turn.y);
          rotate(s[0][e], s[1][e], turn.x, turn.y);
        }
      }
      first_half[2 * n] = pack_feature(f[0][0], f[0][1]), first_half[2 * n + 1] = pack_feature(f[1][0], f[1][1]);
      second_half[2 * n] = pack_feature(s[0][0], s[0][1]), second_half[2 * n + 1] = pack_feature(s[1][0], s[1][1]);
    }
#pragma unroll
    for (int j = 0; j < T::kColumns / 8; ++j) {
      mma_feature(sums.s[i][j], first_half[0], first_half[1], first_half[2], first_half[3], values[j][0], values[j][1]);
      mma_feature(sums.s[D / 16 + i][j], second_half[0], second_half[1], second_half[2], second_half[3], values[j][0],
                  values[j][1]);
    }
  }
}

/// Where S[feature][channel] of a head lies among its accumulators: [16 × 8 tile][register][lane].
template <int D>
__device__ __forceinline__ int accumulator_index(int feature, int channel) {
  const int i = feature / 16, pair = feature % 16 / 2, odd = feature % 2;  // row: pair, or pair + 8 if odd
  const int j = 2 * (channel / 16) + channel % 2, column = channel % 16 / 2;
  const int lane = pair * 4 + column / 2, reg = 2 * odd + column % 2;
  return ((i * (D / 8) + j) * 4 + reg) * 32 + lane;
}

/// Adds up the warps of a head in order and writes S and m to `out`.
template <int C, int D, int Warps, int Part>
__device__ __forceinline__ void write_sums(BarrierTile<C, D, Warps, Part>& tile,
                                           WarpSums<D, BarrierTile<C, D, Warps, Part>::kColumns>& sums, int head,
                                           int part, int group, int lane, float* out) {
  using T = BarrierTile<C, D, Warps, Part>;
  float* s = tile.sums + head * (T::kSumTiles * 128 + 2 * D);
  float* m = s + T::kSumTiles * 128;
  for (int turn = 0; turn < T::kGroups; ++turn) {
    __syncthreads();
    if (turn != group) continue;
#pragma unroll
    for (int i = 0; i < 2 * D / 16; ++i)
#pragma unroll
      for (int j = 0; j < T::kColumns / 8; ++j)
#pragma unroll
        for (int r = 0; r < 4; ++r) {
          float& sum = s[((i * (D / 8) + part * (T::kColumns / 8) + j) * 4 + r) * 32 + lane];
          sum = turn == 0 ? sums.s[i][j][r] : sum + sums.s[i][j][r];
        }
    if (part > 0) continue;
#pragma unroll
    for (int i = 0; i < 2 * D / 16; ++i)
#pragma unroll
      for (int odd = 0; odd < 2; ++odd) {
        const float total = quad_sum(sums.m[i][odd]);
        float& sum = m[16 * i + 2 * (lane / 4) + odd];
        if (lane % 4 == 0) sum = turn == 0 ? total : sum + total;
      }
  }
  __syncthreads();
  constexpr int kAll = T::kHeads * 2 * D * D;
  for (int i = threadIdx.x; i < kAll; i += T::kThreads) {
    const int h = i / (2 * D * D), feature = i / D % (2 * D);
    out[i] = tile.sums[h * (T::kSumTiles * 128 + 2 * D) + accumulator_index<D>(feature, i % D)];
  }
  for (int i = threadIdx.x; i < T::kHeads * 2 * D; i += T::kThreads)
    out[kAll + i] = tile.sums[i / (2 * D) * (T::kSumTiles * 128 + 2 * D) + T::kSumTiles * 128 + i % (2 * D)];
}

template <int C, int D, int Warps, int Part>
__global__ void __launch_bounds__(32 * Warps, 12 / Warps) barrier_kernel(const BarrierArgs a) {
  using T = BarrierTile<C, D, Warps, Part>;
  extern __shared__ __align__(16) unsigned char memory[];
  T& tile = *reinterpret_cast<T*>(memory);
  const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
  const int head = warp % T::kHeads, part = warp / T::kHeads % T::kParts, group = warp / (T::kHeads * T::kParts);
  const int unit_y = a.first_row + static_cast<int>(blockIdx.y) * a.unit_rows;
  const int unit_x = a.first_column + static_cast<int>(blockIdx.x) * a.unit_columns;

  WarpSums<D, T::kColumns> sums = {};
  for (int y0 = unit_y; y0 < unit_y + a.unit_rows; y0 += kPartRows) {
    if (y0 >= a.area.last || y0 + kPartRows <= a.area.first) continue;
    for (int x0 = unit_x; x0 < unit_x + a.unit_columns && x0 < a.area.width; x0 += Part) {
      if (x0 + Part <= 0) continue;
      __syncthreads();  // the part before is finished with shared memory
      const auto add_part = [&]<bool Interior>() {
        make_x1<C, D, Warps, Part, Interior>(a, tile, y0, x0);
        __syncthreads();
#pragma unroll 1
        for (int first = group * 16; first < kPartRows * Part; first += T::kGroups * 16) {
          const int y = y0 + first / Part, x = x0 + first % Part;
          const int y8 = Part % 16 == 0 ? y : y0 + (first + 8) / Part;
          const int x8 = Part % 16 == 0 ? x + 8 : x0 + (first + 8) % Part;
          add_tokens<C, D, Warps, Part, Interior>(a, tile, head, part, first, y, x, y8, x8, lane, sums);
        }
      };
      if (y0 >= 1 && y0 >= a.area.first && y0 + kPartRows + 1 <= a.area.bottom(1) && x0 >= 1 &&
          x0 + Part + 1 <= a.area.width)
        add_part.template operator()<true>();
      else
        add_part.template operator()<false>();
    }
  }
  constexpr int kFloats = T::kHeads * 2 * D * (D + 1);
  float* out = a.sums + (static_cast<std::size_t>(blockIdx.y) * a.units_across + blockIdx.x) * kFloats;
  write_sums<C, D, Warps, Part>(tile, sums, head, part, group, lane, out);
}

template <int C, int D, bool Windows, int Part>
int launch_blocks(int units_down, const BarrierArgs& a, Stream stream) {
  constexpr int kWarps = warps_of(C, D, Windows);
  using T = BarrierTile<C, D, kWarps, Part>;
  constexpr auto kKernel = barrier_kernel<C, D, kWarps, Part>;
  const int blocks = remembered_blocks<kKernel>(T::kThreads, sizeof(T));
  if (blocks > 0 && units_down > 0) kKernel<<<dim3(a.units_across, units_down), T::kThreads, sizeof(T), stream>>>(a);
  return blocks;
}

template <int C, int D>
int launch(int units_down, const BarrierArgs& a, Stream stream) {
  if (a.unit_rows > kUnitRows) return launch_blocks<C, D, true, 32>(units_down, a, stream);
  return a.unit_columns % 32 == 0 ? launch_blocks<C, D, false, 32>(units_down, a, stream)
                                  : launch_blocks<C, D, false, 24>(units_down, a, stream);
}

}  // namespace

int launch_barrier(int dim, int head_dim, int units_down, const BarrierArgs& a, Stream stream) {
  switch (dim * 1000 + head_dim) {
    case 48016:
      return launch<48, 16>(units_down, a, stream);
    case 48048:
      return launch<48, 48>(units_down, a, stream);
    case 64016:
      return launch<64, 16>(units_down, a, stream);
    case 64032:
      return launch<64, 32>(units_down, a, stream);
    case 64064:
      return launch<64, 64>(units_down, a, stream);
    case 96032:
      return launch<96, 32>(units_down, a, stream);
    default:
      return 0;
  }
}

}  // namespace nalasr::cuda
