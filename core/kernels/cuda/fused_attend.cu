// Attention, LePE, gate and projection of a tile of 8 × 16 tokens (fewer rows where shared memory is small):
//
//   x₂ = x₁ + out( LN( φ_q(q)ᵀS / (φ_q(q)ᵀm + ε) + dw5x5(v) ) ⊙ SiLU(g) ),   (q, v, g) = Linear(LN x₁)
//
// Values are made for the tile and two tokens around it, in shared memory; everything else of a token stays in the
// registers of one warp, which takes one row of the tile.
#include "kernels/cuda/fused.cuh"
#include "kernels/cuda/launch.cuh"

namespace nalasr::cuda {
namespace {

template <int C, int D, int TileRows>
struct AttendTile {
  static constexpr int kVector = vector_of(D), kHeads = C / D;
  static constexpr int kRows = TileRows + 4, kColumns = kTileColumns + 4, kTokens = kRows * kColumns;
  static constexpr int kStride = C + 8;  // 16 bytes more than a token: neighbours lie in different banks
  static constexpr int kThreads = 32 * TileRows;
  static constexpr int kSumWords = kHeads * (2 * D / 16) * (D / 16) * 128;  // S of all heads as fragments
  static constexpr int kNormaliserFloats = kHeads * 2 * D + 1;              // m and ε

  __half v[kTokens * kStride];
  __half lepe[TileRows * kTileColumns * kStride];
  std::uint32_t sums[kSumWords];
  float normaliser[(kNormaliserFloats + 3) / 4 * 4];
};

/// S and m of the picture, or of the window that the tile lies in.
template <int C, int D, int R>
__device__ __forceinline__ void load_state(const AttendArgs& a, AttendTile<C, D, R>& tile, int index) {
  using T = AttendTile<C, D, R>;
  int state = 0;
  if (a.window > 0) {
    const int2 at = a.area.tile(index, R);
    const int columns = (a.area.width + a.shift + a.window - 1) / a.window;
    const int row = (at.y + a.shift) / a.window - (a.area.first + a.shift) / a.window;
    state = row * columns + (at.x + a.shift) / a.window;
  }
  constexpr int kSums = T::kHeads * 2 * D * D;
  const float* source = a.states + static_cast<std::size_t>(state) * a.state_floats;
  for (int i = threadIdx.x; i < T::kSumWords; i += T::kThreads) {
    using L = Layout<T::kVector>;
    const int word = i % 4, lane = i / 4 % 32, pair = i / 128 % (D / 16), step = i / (128 * (D / 16)) % (2 * D / 16);
    const int head = i / (128 * (D / 16) * (2 * D / 16));
    const int feature = step / (D / 16) * D + L::channel(step % (D / 16), lane % 4, word % 2 * 2);
    const int channel = L::of_index(16 * pair + word / 2 * 8 + lane / 4);
    const float* s = source + (head * 2 * D + feature) * D + channel;
    tile.sums[i] = pack_feature(__ldg(s), __ldg(s + D));
  }
  for (int i = threadIdx.x; i < T::kNormaliserFloats; i += T::kThreads) tile.normaliser[i] = __ldg(source + kSums + i);
}

/// Values of the tile and its halo; zero outside the picture, as the convolution pads.
template <int C, int D, int R>
__device__ __forceinline__ void make_values(const AttendArgs& a, AttendTile<C, D, R>& tile, int index) {
  using T = AttendTile<C, D, R>;
  const int2 at = a.area.tile(index, R);
  const int lane = threadIdx.x % 32, g = lane / 4, t = lane % 4;
  for (int m = threadIdx.x / 32; m < (T::kTokens + 15) / 16; m += R) {
    std::uint32_t u[2][C / 8];
    bool inside[2];
#pragma unroll
    for (int k = 0; k < 2; ++k) {
      const int token = m * 16 + g + 8 * k, y = at.y - 2 + token / T::kColumns, x = at.x - 2 + token % T::kColumns;
      inside[k] = token < T::kTokens && y >= 0 && y < a.area.bottom(2) && x >= 0 && x < a.area.width;
#pragma unroll
      for (int i = 0; i < C / 8; ++i) u[k][i] = 0;
      if (inside[k]) load_token<C, T::kVector>(a.in.data + a.in.offset(y, x, a.area.width, C), t, u[k]);
      layer_norm<C>(u[k]);
    }
    float acc[C / 8][4];
    broadcast<C, T::kVector>(acc, a.v_bias, t);
    multiply<C, C>(acc, u[0], u[1], a.v + lane);
#pragma unroll
    for (int k = 0; k < 2; ++k) {
      const int token = m * 16 + g + 8 * k;
      std::uint32_t words[C / 8];
      to_words<C>(acc, k, words);
#pragma unroll
      for (int i = 0; i < C / 8; ++i) words[i] = inside[k] ? words[i] : 0;
      if (token < T::kTokens) store_token<C, T::kVector>(tile.v + token * T::kStride, t, words);
    }
  }
}

/// dw5x5(v) of the tile. A thread goes down two columns with two channels; every value is read once per column pair.
/// Sums are float16, as the values and the result are.
template <int C, int D, int R>
__device__ __forceinline__ void make_lepe(const AttendArgs& a, AttendTile<C, D, R>& tile) {
  using T = AttendTile<C, D, R>;
  for (int item = threadIdx.x; item < C / 2 * (kTileColumns / 2); item += T::kThreads) {
    const int c = item % (C / 2) * 2, x = item / (C / 2) * 2;
    std::uint32_t w[25];
#pragma unroll
    for (int i = 0; i < 25; ++i) w[i] = __ldg(a.lepe.taps + (i * C + c) / 2);
    const std::uint32_t bias = __ldg(a.lepe.bias + c / 2);
    std::uint32_t acc[5][2];
#pragma unroll
    for (int r = 0; r < T::kRows; ++r) {
      acc[r % 5][0] = acc[r % 5][1] = bias;  // output row r begins with input row r
      std::uint32_t v[6];
#pragma unroll
      for (int i = 0; i < 6; ++i)
        v[i] = *reinterpret_cast<const std::uint32_t*>(tile.v + (r * T::kColumns + x + i) * T::kStride + c);
#pragma unroll
      for (int ky = 0; ky < 5; ++ky) {
        const int o = r - ky;
        if (o < 0 || o >= R) continue;
#pragma unroll
        for (int kx = 0; kx < 5; ++kx)
#pragma unroll
          for (int column = 0; column < 2; ++column)
            acc[o % 5][column] = fma_half2(v[column + kx], w[ky * 5 + kx], acc[o % 5][column]);
      }
      const int done = r - 4;
      if (done >= 0)
#pragma unroll
        for (int column = 0; column < 2; ++column)
          *reinterpret_cast<std::uint32_t*>(tile.lepe + (done * kTileColumns + x + column) * T::kStride + c) =
              acc[done % 5][column];
    }
  }
}

/// o + LePE of one head in place of its query: acc [d/8 tiles] of two tokens (y, x) and (y, x + 8).
template <int C, int D, int R>
__device__ __forceinline__ void attend_head(const AttendArgs& a, const AttendTile<C, D, R>& tile, int head, int y,
                                            int x, const std::uint32_t (&positions)[2][D / 8], float (&q)[D / 8][4],
                                            int lane) {
  using T = AttendTile<C, D, R>;
  using L = Layout<T::kVector>;
  const int t = lane % 4;
  float inverse[2], power[2], normaliser[2] = {0, 0};
#pragma unroll
  for (int k = 0; k < 2; ++k) {
    float squares = 0;
#pragma unroll
    for (int i = 0; i < D / 8; ++i) squares += q[i][2 * k] * q[i][2 * k] + q[i][2 * k + 1] * q[i][2 * k + 1];
    squares = quad_sum(squares);
    inverse[k] = rsqrtf(fmaxf(squares, static_cast<float>(kNormGuard * kNormGuard)));
    power[k] = query_power(squares * inverse[k], a.features);
  }
  const uint4* fragments = reinterpret_cast<const uint4*>(tile.sums) + head * (2 * D / 16) * (D / 16) * 32 + lane;
  const float* m = tile.normaliser + head * 2 * D;
  float o[D / 8][4] = {};
#pragma unroll
  for (int s = 0; s < D / 16; ++s) {
    const int c = L::channel(s, t, 0), pair = c / 2;
    const float4 m1 = *reinterpret_cast<const float4*>(m + c), m2 = *reinterpret_cast<const float4*>(m + D + c);
    const float first_m[4] = {m1.x, m1.y, m1.z, m1.w}, second_m[4] = {m2.x, m2.y, m2.z, m2.w};
    std::uint32_t first[2][2], second[2][2];  // [token][word]
#pragma unroll
    for (int k = 0; k < 2; ++k) {
      float f1[4], f2[4];
#pragma unroll
      for (int j = 0; j < 4; ++j) {
        const FeaturePair f = query_feature(q[2 * s + j / 2][2 * k + j % 2] * inverse[k], power[k], a.features);
        f1[j] = f.first, f2[j] = f.second;
        normaliser[k] = fmaf(f1[j], first_m[j], fmaf(f2[j], second_m[j], normaliser[k]));
      }
      if (a.rotary.rows) {
        const float2* table = pair < D / 4
                                  ? a.rotary.rows + y * (D / 4) + pair
                                  : a.rotary.columns + min(x + 8 * k, a.area.width - 1) * (D / 4) + pair - D / 4;
        const float4 turn = __ldg(reinterpret_cast<const float4*>(table));
        rotate(f1[0], f1[1], turn.x, turn.y);
        rotate(f1[2], f1[3], turn.z, turn.w);
        rotate(f2[0], f2[1], turn.x, turn.y);
        rotate(f2[2], f2[3], turn.z, turn.w);
      }
      first[k][0] = pack_feature(f1[0], f1[1]), first[k][1] = pack_feature(f1[2], f1[3]);
      second[k][0] = pack_feature(f2[0], f2[1]), second[k][1] = pack_feature(f2[2], f2[3]);
    }
#pragma unroll
    for (int p = 0; p < D / 16; ++p) {
      const uint4 b1 = fragments[(s * (D / 16) + p) * 32], b2 = fragments[((D / 16 + s) * (D / 16) + p) * 32];
      mma_feature(o[2 * p], first[0][0], first[1][0], first[0][1], first[1][1], b1.x, b1.y);
      mma_feature(o[2 * p + 1], first[0][0], first[1][0], first[0][1], first[1][1], b1.z, b1.w);
      mma_feature(o[2 * p], second[0][0], second[1][0], second[0][1], second[1][1], b2.x, b2.y);
      mma_feature(o[2 * p + 1], second[0][0], second[1][0], second[0][1], second[1][1], b2.z, b2.w);
    }
  }
#pragma unroll
  for (int k = 0; k < 2; ++k) {
    inverse[k] = reciprocal_fast(quad_sum(normaliser[k]) + tile.normaliser[T::kHeads * 2 * D]);
#pragma unroll
    for (int i = 0; i < D / 8; ++i) {
      const float2 lepe = unpack_half(positions[k][i]);
      q[i][2 * k] = fmaf(o[i][2 * k], inverse[k], lepe.x);
      q[i][2 * k + 1] = fmaf(o[i][2 * k + 1], inverse[k], lepe.y);
    }
  }
}

/// (LN(o) ⊙ weight + bias) ⊙ SiLU(g), as the words of two tokens. `gate` is g/2.
template <int C, int V>
__device__ __forceinline__ void merge(const AttendArgs& a, int t, const float (&o)[C / 8][4],
                                      const float (&gate)[C / 8][4], std::uint32_t (&words)[2][C / 8]) {
#pragma unroll
  for (int k = 0; k < 2; ++k) {
    float sum = 0, squares = 0;
#pragma unroll
    for (int i = 0; i < C / 8; ++i)
#pragma unroll
      for (int e = 0; e < 2; ++e) sum += o[i][2 * k + e], squares = fmaf(o[i][2 * k + e], o[i][2 * k + e], squares);
    const float mean = quad_sum(sum) * (1.0f / C);
    const float variance = fmaxf(quad_sum(squares) * (1.0f / C) - mean * mean, 0.0f);
    const float scale = rsqrtf(variance + static_cast<float>(kLayerNormEps)), shift = -mean * scale;
#pragma unroll
    for (int s = 0; s < C / 16; ++s) {
      const int c = Layout<V>::channel(s, t, 0);
      const float4 w = __ldg(reinterpret_cast<const float4*>(a.merge_weight + c));
      const float4 b = __ldg(reinterpret_cast<const float4*>(a.merge_bias + c));
      const float weight[4] = {w.x, w.y, w.z, w.w}, bias[4] = {b.x, b.y, b.z, b.w};
#pragma unroll
      for (int i = 0; i < 2; ++i) {
        const float first = fmaf(fmaf(o[2 * s + i][2 * k], scale, shift), weight[2 * i], bias[2 * i]);
        const float second = fmaf(fmaf(o[2 * s + i][2 * k + 1], scale, shift), weight[2 * i + 1], bias[2 * i + 1]);
        const std::uint32_t half = pack_half(gate[2 * s + i][2 * k], gate[2 * s + i][2 * k + 1]);
        // SiLU(g) = h + h·tanh h, h = g/2
        words[k][2 * s + i] = mul_half2(pack_half(first, second), fma_half2(half, tanh_half2(half), half));
      }
    }
  }
}

template <int C, int D, int R>
__device__ __forceinline__ void make_row(const AttendArgs& a, const AttendTile<C, D, R>& tile, int index) {
  using T = AttendTile<C, D, R>;
  const int lane = threadIdx.x % 32, g = lane / 4, t = lane % 4, row = threadIdx.x / 32;
  const int y = a.area.tile(index, R).y + row, x0 = a.area.tile(index, R).x;
  if (y >= a.area.last) return;
  const __half* in = a.in.data + a.in.offset(y, 0, a.area.width, C);
  const int columns[2] = {min(x0 + g, a.area.width - 1), min(x0 + g + 8, a.area.width - 1)};  // beyond: never stored
  std::uint32_t u[2][C / 8];
#pragma unroll
  for (int k = 0; k < 2; ++k) {
    load_token<C, T::kVector>(in + columns[k] * C, t, u[k]);
    layer_norm<C>(u[k]);
  }
  float o[C / 8][4];
  broadcast<C, T::kVector>(o, a.q_bias, t);
  multiply<C, C>(o, u[0], u[1], a.q + lane);
#pragma unroll
  for (int head = 0; head < T::kHeads; ++head) {
    std::uint32_t positions[2][D / 8];  // LePE
#pragma unroll
    for (int k = 0; k < 2; ++k)
      load_token<D, T::kVector>(tile.lepe + (row * kTileColumns + g + 8 * k) * T::kStride + head * D, t, positions[k]);
    attend_head<C, D, R>(a, tile, head, y, x0 + g, positions, reinterpret_cast<float(&)[D / 8][4]>(o[head * (D / 8)]),
                         lane);
  }

  float gate[C / 8][4];
  broadcast<C, T::kVector>(gate, a.gate_bias, t);
  multiply<C, C>(gate, u[0], u[1], a.gate + lane);
  merge<C, T::kVector>(a, t, o, gate, u);

  broadcast<C, T::kVector>(o, a.out_bias, t);
  multiply<C, C>(o, u[0], u[1], a.out_weights + lane);
  float check = 0;  // what is not finite in one channel is so in all of them behind the product
#pragma unroll
  for (int k = 0; k < 2; ++k) {
    check = fmaf(o[0][2 * k], 0.0f, check);
    std::uint32_t x[C / 8];  // read again: holding it all along costs registers
    load_token<C, T::kVector>(in + columns[k] * C, t, x);
    add_to_words<C>(o, k, x);
    if (x0 + g + 8 * k < a.area.width)
      store_token<C, T::kVector>(a.out.data + a.out.offset(y, x0 + g + 8 * k, a.area.width, C), t, x);
  }
  if (check != 0) atomicAdd(a.overflows, 1);  // only infinities and NaN differ from 0 here
}

template <int C, int D, int R>
__global__ void __launch_bounds__(32 * R, blocks_wanted(C, R)) attend_kernel(const AttendArgs a) {
  using T = AttendTile<C, D, R>;
  extern __shared__ __align__(16) unsigned char memory[];
  T& tile = *reinterpret_cast<T*>(memory);
  for (int index = blockIdx.x; index < a.area.tiles(R); index += gridDim.x) {
    __syncthreads();  // the tile before is finished with shared memory
    if (a.window > 0 || index == static_cast<int>(blockIdx.x)) load_state<C, D, R>(a, tile, index);
    make_values<C, D, R>(a, tile, index);
    __syncthreads();
    make_lepe<C, D, R>(a, tile);
    __syncthreads();
    make_row<C, D, R>(a, tile, index);
  }
}

template <int C, int D, int R>
bool launch_rows(const AttendArgs& a, Stream stream) {
  return launch_tiles<R, attend_kernel<C, D, R>>(sizeof(AttendTile<C, D, R>), a, stream);
}

template <int C, int D>
bool launch(const AttendArgs& a, Stream stream) {
  return launch_rows<C, D, 8>(a, stream) || launch_rows<C, D, 4>(a, stream);
}

}  // namespace

bool launch_attend(int dim, int head_dim, const AttendArgs& a, Stream stream) {
  switch (dim * 1000 + head_dim) {
    case 48016:
      return launch<48, 16>(a, stream);
    case 48048:
      return launch<48, 48>(a, stream);
    case 64016:
      return launch<64, 16>(a, stream);
    case 64032:
      return launch<64, 32>(a, stream);
    case 64064:
      return launch<64, 64>(a, stream);
    case 96032:
      return launch<96, 32>(a, stream);
    default:
      return false;
  }
}

}  // namespace nalasr::cuda
