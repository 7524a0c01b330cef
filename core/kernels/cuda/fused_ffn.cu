// The second half of a block, for a tile of 8 × 16 tokens:
//
//   x₃ = x₂ + dw3x3(x₂);   x₄ = x₃ + fc2( y + dw3x3(y) ),   y = GELU(fc1(LN x₃))
//
// x₃ and y are made for the tile and one token around it; y in chunks of hidden channels, each convolved before the
// next is made, so that it needs little shared memory. Then each warp takes one row of the tile through fc2.
#include "kernels/cuda/fused.cuh"
#include "kernels/cuda/launch.cuh"
#include "kernels/cuda/positional.cuh"

namespace nalasr::cuda {
namespace {

// Pairs of float16: ½, √(2/π) and √(2/π)·0.044715.
constexpr std::uint32_t kHalf = 0x38003800, kLinear = 0x3a623a62, kCubic = 0x28912891;

constexpr int chunk_of(int dim) { return dim % 64 == 0 || dim == 96 ? 64 : dim; }

template <int C, int H, int TileRows>
struct FfnTile {
  static constexpr int kVector = vector_of(C), kHiddenVector = vector_of(H);
  static constexpr int kRows = TileRows + 2, kColumns = kTileColumns + 2, kTokens = kRows * kColumns;
  static constexpr int kStride = C + 8, kHiddenStride = H + 8;
  static constexpr int kThreads = 32 * TileRows;

  __half x[kTokens * kStride];        // x₃
  __half y[kTokens * kHiddenStride];  // a chunk of hidden channels
  float2 moments[kTokens];            // of LN: factor and shift
  __half z[];                         // all of them after their convolution: [tile][hidden + 8]

  static constexpr std::size_t z_bytes(int hidden) { return TileRows * kTileColumns * (hidden + 8) * sizeof(__half); }
};

/// x₃ of the tile and its border; a thread takes three columns of two channels. Values outside the picture are finite
/// and never used: y is zero there.
template <int C, int H, int R, bool Interior>
__device__ __forceinline__ void make_x3(const FfnArgs& a, FfnTile<C, H, R>& tile, int2 at) {
  using T = FfnTile<C, H, R>;
  constexpr int kAcross = 3;
  static_assert(T::kColumns % kAcross == 0);
#pragma unroll 1
  for (int item = threadIdx.x; item < C / 2 * (T::kColumns / kAcross); item += T::kThreads) {
    const int c = item % (C / 2) * 2, x = item / (C / 2) * kAcross;
    positional_columns<T::kRows, kAcross, Interior>(
        a.in, a.area, a.cpe2, C, c, a.area.bottom(2), at.y - 1, at.x - 1 + x, [&](int row, int i, std::uint32_t word) {
          *reinterpret_cast<std::uint32_t*>(tile.x + (row * T::kColumns + x + i) * T::kStride + c) = word;
        });
  }
}

/// GELU in its tanh form, of two values.
__device__ __forceinline__ std::uint32_t gelu(float first, float second) {
  const std::uint32_t v = pack_half(first, second), half = mul_half2(v, kHalf);
  const std::uint32_t inner = mul_half2(v, fma_half2(mul_half2(v, kCubic), v, kLinear));
  return fma_half2(half, tanh_half2(inner), half);
}

/// One chunk of y for the tile and its border; zero outside the picture, as the convolution pads.
template <int C, int H, int R>
__device__ __forceinline__ void make_hidden(const FfnArgs& a, FfnTile<C, H, R>& tile, int index, int chunk) {
  using T = FfnTile<C, H, R>;
  const int lane = threadIdx.x % 32, g = lane / 4, t = lane % 4;
  const int2 at = a.area.tile(index, R);
#pragma unroll 1
  for (int m = threadIdx.x / 32; m < (T::kTokens + 15) / 16; m += R) {
    std::uint32_t u[2][C / 8];
#pragma unroll
    for (int k = 0; k < 2; ++k) {
      const int token = min(m * 16 + g + 8 * k, T::kTokens - 1);
      load_token<C, T::kVector>(tile.x + token * T::kStride, t, u[k]);
      const float2 moments = chunk == 0 ? moments_of<C>(u[k]) : tile.moments[token];
      if (chunk == 0 && t == 0 && token == m * 16 + g + 8 * k) tile.moments[token] = moments;
      normalise<C>(u[k], moments);
    }
    float acc[H / 8][4];
    broadcast<H, T::kHiddenVector>(acc, a.fc1_bias + chunk * H, t);
    multiply<C, H>(acc, u[0], u[1], a.fc1 + chunk * (C / 16) * (H / 16) * 32 + lane);
#pragma unroll
    for (int k = 0; k < 2; ++k) {
      const int token = m * 16 + g + 8 * k, y = at.y - 1 + token / T::kColumns, x = at.x - 1 + token % T::kColumns;
      const bool inside = y >= 0 && y < a.area.height && x >= 0 && x < a.area.width;
      std::uint32_t words[H / 8];
#pragma unroll
      for (int i = 0; i < H / 8; ++i) words[i] = inside ? gelu(acc[i][2 * k], acc[i][2 * k + 1]) : 0;
      if (token < T::kTokens) store_token<H, T::kHiddenVector>(tile.y + token * T::kHiddenStride, t, words);
    }
  }
}

/// y + dw3x3(y) of one chunk, for the tile. A thread goes down two columns with two channels. Sums of nine terms that
/// are rounded to float16 anyway are float16.
template <int C, int H, int R>
__device__ __forceinline__ void convolve_hidden(const FfnArgs& a, FfnTile<C, H, R>& tile, int chunk) {
  using T = FfnTile<C, H, R>;
  for (int item = threadIdx.x; item < H / 2 * (kTileColumns / 2); item += T::kThreads) {
    const int c = item % (H / 2) * 2, x = item / (H / 2) * 2;
    std::uint32_t w[9];
#pragma unroll
    for (int i = 0; i < 9; ++i) w[i] = __ldg(a.dw.taps + (i * a.hidden + chunk * H + c) / 2);
    const std::uint32_t bias = __ldg(a.dw.bias + (chunk * H + c) / 2);
    std::uint32_t acc[3][2];
#pragma unroll
    for (int r = 0; r < T::kRows; ++r) {
      std::uint32_t v[4];
#pragma unroll
      for (int i = 0; i < 4; ++i)
        v[i] = *reinterpret_cast<const std::uint32_t*>(tile.y + (r * T::kColumns + x + i) * T::kHiddenStride + c);
      acc[r % 3][0] = acc[r % 3][1] = bias;
#pragma unroll
      for (int ky = 0; ky < 3; ++ky) {
        const int o = r - ky;
        if (o < 0 || o >= R) continue;
#pragma unroll
        for (int kx = 0; kx < 3; ++kx)
#pragma unroll
          for (int i = 0; i < 2; ++i) acc[o % 3][i] = fma_half2(v[i + kx], w[ky * 3 + kx], acc[o % 3][i]);
      }
      const int done = r - 2;
      if (done >= 0)
#pragma unroll
        for (int i = 0; i < 2; ++i)
          *reinterpret_cast<std::uint32_t*>(tile.z + (done * kTileColumns + x + i) * (a.hidden + 8) + chunk * H + c) =
              acc[done % 3][i];
    }
  }
}

/// fc2 and residual of a row of the tile.
template <int C, int H, int R>
__device__ __forceinline__ void make_row(const FfnArgs& a, const FfnTile<C, H, R>& tile, int index) {
  using T = FfnTile<C, H, R>;
  const int lane = threadIdx.x % 32, g = lane / 4, t = lane % 4, row = threadIdx.x / 32;
  const int2 at = a.area.tile(index, R);
  const int y = at.y + row;
  if (y >= a.area.last) return;
  float sums[C / 8][4];
  broadcast<C, T::kVector>(sums, a.fc2_bias, t);
#pragma unroll 1
  for (int chunk = 0; chunk < a.hidden / H; ++chunk) {
    std::uint32_t z[2][H / 8];
#pragma unroll
    for (int k = 0; k < 2; ++k)
      load_token<H, T::kHiddenVector>(tile.z + (row * kTileColumns + g + 8 * k) * (a.hidden + 8) + chunk * H, t, z[k]);
    multiply<H, C>(sums, z[0], z[1], a.fc2 + chunk * (H / 16) * (C / 16) * 32 + lane);
  }
  float check = 0;  // what is not finite in one channel is so in all of them behind the product
#pragma unroll
  for (int k = 0; k < 2; ++k) {
    const int x = at.x + g + 8 * k;
    if (x >= a.area.width) continue;
    check = fmaf(sums[0][2 * k], 0.0f, check);
    std::uint32_t words[C / 8];
    load_token<C, T::kVector>(tile.x + ((row + 1) * T::kColumns + 1 + g + 8 * k) * T::kStride, t, words);
    add_to_words<C>(sums, k, words);
    store_token<C, T::kVector>(a.out.data + a.out.offset(y, x, a.area.width, C), t, words);
  }
  if (check != 0) atomicAdd(a.overflows, 1);  // only infinities and NaN differ from 0 here
}

template <int C, int H, int R>
__global__ void __launch_bounds__(32 * R, blocks_wanted(C, R)) ffn_kernel(const FfnArgs a) {
  extern __shared__ __align__(16) unsigned char memory[];
  FfnTile<C, H, R>& tile = *reinterpret_cast<FfnTile<C, H, R>*>(memory);
  for (int index = blockIdx.x; index < a.area.tiles(R); index += gridDim.x) {
    __syncthreads();  // the tile before is finished with shared memory
    const int2 at = a.area.tile(index, R);
    if (at.y >= 2 && at.y + R + 2 <= a.area.bottom(2) && at.x >= 2 && at.x + kTileColumns + 2 <= a.area.width)
      make_x3<C, H, R, true>(a, tile, at);
    else
      make_x3<C, H, R, false>(a, tile, at);
#pragma unroll 1
    for (int chunk = 0; chunk < a.hidden / H; ++chunk) {
      __syncthreads();
      make_hidden<C, H, R>(a, tile, index, chunk);
      __syncthreads();
      convolve_hidden<C, H, R>(a, tile, chunk);
    }
    __syncthreads();
    make_row<C, H, R>(a, tile, index);
  }
}

template <int C, int R>
std::size_t shared_bytes(int hidden) {
  using T = FfnTile<C, chunk_of(C), R>;
  return sizeof(T) + T::z_bytes(hidden);
}

template <int C, int R>
bool launch_rows(const FfnArgs& a, Stream stream) {
  return launch_tiles<R, ffn_kernel<C, chunk_of(C), R>>(shared_bytes<C, R>(a.hidden), a, stream);
}

template <int C>
bool launch(const FfnArgs& a, Stream stream) {
  constexpr int H = chunk_of(C);
  if (a.hidden % H != 0) return false;
  if constexpr (C <= 64)  // more channels find 96 registers too few
    if (busiest_rows<kTallRows, ffn_kernel<C, H, kTallRows>>(shared_bytes<C, kTallRows>(a.hidden), a.area) <
        busiest_rows<8, ffn_kernel<C, H, 8>>(shared_bytes<C, 8>(a.hidden), a.area))
      return launch_rows<C, kTallRows>(a, stream);
  return launch_rows<C, 8>(a, stream) || launch_rows<C, 4>(a, stream);
}

}  // namespace

int ffn_chunk(int dim) { return dim == 48 || dim == 64 || dim == 96 ? chunk_of(dim) : 0; }

bool launch_ffn(int dim, const FfnArgs& a, Stream stream) {
  switch (dim) {
    case 48:
      return launch<48>(a, stream);
    case 64:
      return launch<64>(a, stream);
    case 96:
      return launch<96>(a, stream);
    default:
      return false;
  }
}

}  // namespace nalasr::cuda
