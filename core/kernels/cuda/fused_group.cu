// The convolution that closes a group of blocks, for a tile of 8 × 16 tokens: x + conv3x3(x). A warp makes two rows of
// a block of output channels, so that every fragment of weights serves 32 tokens.
#include "kernels/cuda/fused.cuh"
#include "kernels/cuda/launch.cuh"

namespace nalasr::cuda {
namespace {

template <int C>
struct GroupTile {
  static constexpr int kVector = vector_of(C);
  static constexpr int kChunk = group_chunk(C), kChunks = C / kChunk;
  static constexpr int kTileRows = 8;
  static constexpr int kRows = kTileRows + 2, kColumns = kTileColumns + 2;
  static constexpr int kStride = C + 8;

  __half x[kRows * kColumns * kStride];
};

template <int C>
__device__ __forceinline__ void load_tile(const GroupArgs& a, GroupTile<C>& tile, int y0, int x0) {
  using T = GroupTile<C>;
  constexpr int kPieces = C / 8;  // of 16 bytes in a token
  for (int i = threadIdx.x; i < T::kRows * T::kColumns * kPieces; i += 256) {
    const int token = i / kPieces, piece = i % kPieces;
    const int y = y0 - 1 + token / T::kColumns, x = x0 - 1 + token % T::kColumns;
    const bool inside = y >= 0 && y < a.area.bottom(1) && x >= 0 && x < a.area.width;
    const __half* source = a.in.data + (inside ? a.in.offset(y, x, a.area.width, C) : 0);
    *reinterpret_cast<uint4*>(tile.x + token * T::kStride + piece * 8) =
        inside ? *reinterpret_cast<const uint4*>(source + piece * 8) : uint4{0, 0, 0, 0};
  }
}

template <int C>
__global__ void __launch_bounds__(256, 2) group_kernel(const GroupArgs a) {
  using T = GroupTile<C>;
  extern __shared__ __align__(16) unsigned char memory[];
  T& tile = *reinterpret_cast<T*>(memory);
  const int lane = threadIdx.x % 32, g = lane / 4, t = lane % 4;
  for (int index = blockIdx.x; index < a.area.tiles(T::kTileRows); index += gridDim.x) {
    const int2 at = a.area.tile(index, T::kTileRows);
    const int x0 = at.x, y0 = at.y;
    __syncthreads();  // the tile before is finished with shared memory
    load_tile<C>(a, tile, y0, x0);
    __syncthreads();
    for (int unit = threadIdx.x / 32; unit < T::kTileRows / 2 * T::kChunks; unit += 8) {
      const int row = unit % (T::kTileRows / 2) * 2, chunk = unit / (T::kTileRows / 2);
      float acc[2][T::kChunk / 8][4];
#pragma unroll
      for (int r = 0; r < 2; ++r) broadcast<T::kChunk, T::kVector>(acc[r], a.bias + chunk * T::kChunk, t);
#pragma unroll 1
      for (int tap = 0; tap < 9; ++tap) {
        std::uint32_t x[2][2][C / 8];
#pragma unroll
        for (int r = 0; r < 2; ++r)
#pragma unroll
          for (int k = 0; k < 2; ++k)
            load_token<C, T::kVector>(tile.x + ((row + r + tap / 3) * T::kColumns + g + 8 * k + tap % 3) * T::kStride,
                                      t, x[r][k]);
        const uint4* weights = a.weights + (tap * T::kChunks + chunk) * (C / 16) * (T::kChunk / 16) * 32 + lane;
#pragma unroll
        for (int s = 0; s < C / 16; ++s)
#pragma unroll
          for (int p = 0; p < T::kChunk / 16; ++p) {
            const uint4 b = __ldg(weights + (s * (T::kChunk / 16) + p) * 32);
#pragma unroll
            for (int r = 0; r < 2; ++r) {
              mma_half(acc[r][2 * p], x[r][0][2 * s], x[r][1][2 * s], x[r][0][2 * s + 1], x[r][1][2 * s + 1], b.x, b.y);
              mma_half(acc[r][2 * p + 1], x[r][0][2 * s], x[r][1][2 * s], x[r][0][2 * s + 1], x[r][1][2 * s + 1], b.z,
                       b.w);
            }
          }
      }
      float check = 0;  // what is not finite in one channel is so in all of them behind the product
#pragma unroll
      for (int r = 0; r < 2; ++r)
#pragma unroll
        for (int k = 0; k < 2; ++k) {
          const int y = y0 + row + r, x = x0 + g + 8 * k;
          if (y >= a.area.last || x >= a.area.width) continue;
          check = fmaf(acc[r][0][2 * k], 0.0f, check);
          std::uint32_t words[T::kChunk / 8];
          load_token<T::kChunk, T::kVector>(
              tile.x + ((row + r + 1) * T::kColumns + g + 8 * k + 1) * T::kStride + chunk * T::kChunk, t, words);
          add_to_words<T::kChunk>(acc[r], k, words);
          store_token<T::kChunk, T::kVector>(a.out.data + a.out.offset(y, x, a.area.width, C) + chunk * T::kChunk, t,
                                             words);
        }
      if (check != 0) atomicAdd(a.overflows, 1);  // only infinities and NaN differ from 0 here
    }
  }
}

template <int C>
bool launch(const GroupArgs& a, Stream stream) {
  return launch_tiles<8, group_kernel<C>>(sizeof(GroupTile<C>), a, stream);
}

}  // namespace

bool launch_group_conv(int dim, const GroupArgs& a, Stream stream) {
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
