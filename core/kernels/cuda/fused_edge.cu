// The two ends of the network: the first convolution, and the last one with everything behind it (pixel shuffle,
// interpolated input, rounding), so that no float picture exists.
#include "kernels/cuda/fused.cuh"
#include "kernels/cuda/launch.cuh"
#include "kernels/cuda/picture.cuh"

namespace nalasr::cuda {
namespace {

constexpr int kHeadTokens = 64, kHeadThreads = 192;  // 192: whole tokens of 48, 64 and 96 channels, two per thread

/// A row of kHeadTokens tokens per block; a thread keeps the weights of two channels.
__global__ void __launch_bounds__(kHeadThreads) head_kernel(const HeadArgs a, int dim) {
  __shared__ float in[3][kHeadTokens + 2][3];
  const int y = a.area.first + blockIdx.y, x0 = blockIdx.x * kHeadTokens;
  for (int i = threadIdx.x; i < 3 * (kHeadTokens + 2) * 3; i += kHeadThreads) {
    const int c = i % 3, x = x0 - 1 + i / 3 % (kHeadTokens + 2), r = y - 1 + i / (3 * (kHeadTokens + 2));
    const bool inside = r >= 0 && r < a.area.height && x >= 0 && x < a.area.width;
    (&in[0][0][0])[i] = inside ? sample(a.input, r, x, c) - 0.5f : 0.0f;  // mid-grey counts as zero
  }
  __syncthreads();
  const int pairs = dim / 2, c = threadIdx.x % pairs * 2;
  float2 w[27];
#pragma unroll
  for (int i = 0; i < 27; ++i) w[i] = __ldg(reinterpret_cast<const float2*>(a.weights + i * dim + c));
  const float2 bias = __ldg(reinterpret_cast<const float2*>(a.bias + c));
  __half* out = a.out.data + a.out.offset(y, 0, a.area.width, dim);
  for (int t = threadIdx.x / pairs; t < kHeadTokens && x0 + t < a.area.width; t += kHeadThreads / pairs) {
    float2 sum = bias;
#pragma unroll
    for (int i = 0; i < 27; ++i) {
      const float v = in[i / 9][t + i / 3 % 3][i % 3];
      sum.x = fmaf(v, w[i].x, sum.x), sum.y = fmaf(v, w[i].y, sum.y);
    }
    *reinterpret_cast<std::uint32_t*>(out + (x0 + t) * dim + c) = pack_half(sum.x, sum.y);
  }
}

template <int C, int Scale>
struct TailTile {
  static constexpr int kVector = vector_of(C), kTileRows = 8;
  static constexpr int kRows = kTileRows + 2, kColumns = kTileColumns + 2, kTokens = kRows * kColumns;
  static constexpr int kInRows = kTileRows + 4, kInColumns = kTileColumns + 4;
  static constexpr int kStride = C + 8;
  static constexpr int kOut = (3 * Scale * Scale + 15) / 16 * 16, kOutStride = kOut + 4;

  union {
    __half x[kTokens * kStride];                       // with the long skip added
    float out[kTileRows * kTileColumns * kOutStride];  // what the convolution adds, [token][row, column, RGB]
  };
  float edge[kInRows][kInColumns][3];            // input, replicated beyond the picture
  float zero[kInRows][kInColumns][3];            // input − ½, zero beyond it
  float rows[kTileRows * Scale][kInColumns][3];  // input interpolated vertically
};

template <int C, int S>
__device__ __forceinline__ void load_input(const TailArgs& a, TailTile<C, S>& tile, int y0, int x0) {
  using T = TailTile<C, S>;
  for (int i = threadIdx.x; i < T::kInRows * T::kInColumns * 3; i += 256) {
    const int c = i % 3, x = x0 - 2 + i / 3 % T::kInColumns, y = y0 - 2 + i / (3 * T::kInColumns);
    const int near_y = min(max(y, 0), a.area.height - 1), near_x = min(max(x, 0), a.area.width - 1);
    const float v = sample(a.input, near_y, near_x, c);
    (&tile.edge[0][0][0])[i] = v;
    (&tile.zero[0][0][0])[i] = near_y == y && near_x == x ? v - 0.5f : 0.0f;
  }
}

/// x + head(input) of the tile and its border, and the vertical half of the interpolation.
template <int C, int S>
__device__ __forceinline__ void add_skip(const TailArgs& a, TailTile<C, S>& tile, int y0, int x0) {
  using T = TailTile<C, S>;
  constexpr int kPairs = C / 2, kAtOnce = 256 / kPairs;
  const int c = threadIdx.x % kPairs * 2;
  float2 w[27];
#pragma unroll
  for (int i = 0; i < 27; ++i) w[i] = __ldg(reinterpret_cast<const float2*>(a.head_weights + i * C + c));
  const float2 bias = __ldg(reinterpret_cast<const float2*>(a.head_bias + c));
  const int first = threadIdx.x / kPairs;
  for (int token = first < kAtOnce ? first : T::kTokens; token < T::kTokens; token += kAtOnce) {
    const int r = token / T::kColumns, column = token % T::kColumns, y = y0 - 1 + r, x = x0 - 1 + column;
    std::uint32_t word = 0;
    if (y >= 0 && y < a.area.bottom(1) && x >= 0 && x < a.area.width) {
      const __half* in = a.in.data + a.in.offset(y, x, a.area.width, C) + c;
      float2 sum = unpack_half(*reinterpret_cast<const std::uint32_t*>(in));
      sum.x += bias.x, sum.y += bias.y;
#pragma unroll
      for (int i = 0; i < 27; ++i) {
        const float v = tile.zero[r + i / 9][column + i / 3 % 3][i % 3];
        sum.x = fmaf(v, w[i].x, sum.x), sum.y = fmaf(v, w[i].y, sum.y);
      }
      word = pack_half(sum.x, sum.y);
    }
    *reinterpret_cast<std::uint32_t*>(tile.x + token * T::kStride + c) = word;
  }
  for (int i = threadIdx.x; i < T::kTileRows * S * T::kInColumns * 3; i += 256) {
    const int column = i % (T::kInColumns * 3), r = i / (T::kInColumns * 3);
    float sum = 0;
#pragma unroll
    for (int tap = 0; tap < 5; ++tap)
      sum = fmaf(a.phases[r % S * 5 + tap], (&tile.edge[r / S + tap][0][0])[column], sum);
    (&tile.rows[r][0][0])[column] = sum;
  }
}

template <int C, int S>
__device__ __forceinline__ void convolve(const TailArgs& a, TailTile<C, S>& tile) {
  using T = TailTile<C, S>;
  const int lane = threadIdx.x % 32, g = lane / 4, t = lane % 4, row = threadIdx.x / 32;
  float acc[T::kOut / 8][4];
  broadcast<T::kOut, 4>(acc, a.bias, t);
#pragma unroll 1
  for (int tap = 0; tap < 9; ++tap) {
    std::uint32_t x[2][C / 8];
#pragma unroll
    for (int k = 0; k < 2; ++k)
      load_token<C, T::kVector>(tile.x + ((row + tap / 3) * T::kColumns + g + 8 * k + tap % 3) * T::kStride, t, x[k]);
    multiply<C, T::kOut>(acc, x[0], x[1], a.weights + tap * (C / 16) * (T::kOut / 16) * 32 + lane);
  }
  __syncthreads();  // the sums take the place of x
#pragma unroll
  for (int s = 0; s < T::kOut / 16; ++s)
#pragma unroll
    for (int k = 0; k < 2; ++k)
      *reinterpret_cast<float4*>(tile.out + (row * kTileColumns + g + 8 * k) * T::kOutStride +
                                 Layout<4>::channel(s, t, 0)) =
          make_float4(acc[2 * s][2 * k], acc[2 * s][2 * k + 1], acc[2 * s + 1][2 * k], acc[2 * s + 1][2 * k + 1]);
}

/// Clamped and rounded; NaN, which the caller has counted, gives 0.
__device__ __forceinline__ std::uint32_t quantise(float v) {
  return static_cast<std::uint32_t>(fminf(fmaxf(v, 0.0f), 1.0f) * 255.0f + 0.5f);
}

/// The horizontal half of the interpolation, and the pixels of one token and one of its output rows.
template <int C, int S>
__device__ __forceinline__ void write_pixels(const TailArgs& a, TailTile<C, S>& tile, int y0, int x0) {
  using T = TailTile<C, S>;
  float check = 0;
  for (int item = threadIdx.x; item < T::kTileRows * S * kTileColumns; item += 256) {
    const int column = item % kTileColumns, out_row = item / kTileColumns;  // of the tile
    const int y = y0 + out_row / S, x = x0 + column;
    if (y >= a.area.last || x >= a.area.width) continue;
    const float* added = tile.out + (out_row / S * kTileColumns + column) * T::kOutStride + out_row % S * 3 * S;
    float pixels[3 * S];
#pragma unroll
    for (int i = 0; i < 3 * S; ++i) {
      float sum = added[i];
#pragma unroll
      for (int tap = 0; tap < 5; ++tap)
        sum = fmaf(a.phases[i / 3 * 5 + tap], tile.rows[out_row][column + tap][i % 3], sum);
      pixels[i] = sum;
      check = fmaf(sum, 0.0f, check);
    }
    unsigned char* out = static_cast<unsigned char*>(a.out.data) +
                         (static_cast<std::size_t>(y - a.area.first) * S + out_row % S) * a.out.stride;
    if (a.out.sample == Sample::f32) {
#pragma unroll
      for (int i = 0; i < 3 * S; ++i) reinterpret_cast<float*>(out)[x * 3 * S + i] = pixels[i];
    } else if constexpr (S == 4) {
#pragma unroll
      for (int i = 0; i < 3; ++i)
        reinterpret_cast<std::uint32_t*>(out)[x * 3 + i] = quantise(pixels[4 * i]) | quantise(pixels[4 * i + 1]) << 8 |
                                                           quantise(pixels[4 * i + 2]) << 16 |
                                                           quantise(pixels[4 * i + 3]) << 24;
    } else {
#pragma unroll
      for (int i = 0; i < 3 * S; ++i) out[x * 3 * S + i] = static_cast<unsigned char>(quantise(pixels[i]));
    }
  }
  if (check != 0) atomicAdd(a.overflows, 1);  // only infinities and NaN differ from 0 here
}

template <int C, int S>
__global__ void __launch_bounds__(256, 2) tail_kernel(const TailArgs a) {
  using T = TailTile<C, S>;
  extern __shared__ __align__(16) unsigned char memory[];
  T& tile = *reinterpret_cast<T*>(memory);
  for (int index = blockIdx.x; index < a.area.tiles(T::kTileRows); index += gridDim.x) {
    const int2 at = a.area.tile(index, T::kTileRows);
    const int x0 = at.x, y0 = at.y;
    __syncthreads();  // the tile before is finished with shared memory
    load_input<C, S>(a, tile, y0, x0);
    __syncthreads();
    add_skip<C, S>(a, tile, y0, x0);
    __syncthreads();
    convolve<C, S>(a, tile);
    __syncthreads();
    write_pixels<C, S>(a, tile, y0, x0);
  }
}

template <int C, int S>
bool launch(const TailArgs& a, Stream stream) {
  return launch_tiles<8, tail_kernel<C, S>>(sizeof(TailTile<C, S>), a, stream);
}

template <int C>
bool launch(int scale, const TailArgs& a, Stream stream) {
  return scale == 2   ? launch<C, 2>(a, stream)
         : scale == 3 ? launch<C, 3>(a, stream)
         : scale == 4 ? launch<C, 4>(a, stream)
                      : false;
}

}  // namespace

void launch_head(int dim, const HeadArgs& a, Stream stream) {
  const dim3 blocks((a.area.width + kHeadTokens - 1) / kHeadTokens, a.area.last - a.area.first);
  head_kernel<<<blocks, kHeadThreads, 0, stream>>>(a, dim);
}

bool launch_tail(int dim, int scale, const TailArgs& a, Stream stream) {
  switch (dim) {
    case 48:
      return launch<48>(scale, a, stream);
    case 64:
      return launch<64>(scale, a, stream);
    case 96:
      return launch<96>(scale, a, stream);
    default:
      return false;
  }
}

}  // namespace nalasr::cuda
