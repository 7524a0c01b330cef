// x + dw3x3(x), the positional convolutions: a column of a tile after the other, straight from the map.
#pragma once

#include "kernels/cuda/fused.cuh"

namespace nalasr::cuda {

/// Goes down `Rows` rows of `Across` columns with channels c and c + 1, and calls emit(row, column, word) for each
/// result. (y0, x0): the first; rows of the input exist above `bottom`. `Interior`: everything that is read lies in the
/// picture and in the map; else zeros stand for what does not. Sums of nine terms are float16, the last addition rounds
/// as storing would.
template <int Rows, int Across, bool Interior, typename Emit>
__device__ __forceinline__ void positional_columns(const MapRows& in, const Area& area,
                                                   const HalfDepthwiseWeights& weights, int channels, int c,
                                                   int bottom, int y0, int x0, Emit emit) {
  std::uint32_t w[9];
#pragma unroll
  for (int i = 0; i < 9; ++i) w[i] = __ldg(weights.taps + (i * channels + c) / 2);
  const std::uint32_t bias = __ldg(weights.bias + c / 2);
  std::uint32_t sums[3][Across], centre[2][Across];  // of the rows under way; centre: of the last two input rows
#pragma unroll
  for (int r = 0; r < Rows + 2; ++r) {
    const int y = y0 - 1 + r;
    const bool row_inside = Interior || (y >= 0 && y < bottom);
    const __half* row = in.data + (row_inside ? in.offset(y, 0, area.width, channels) : 0) + c;
    std::uint32_t v[Across + 2];
#pragma unroll
    for (int i = 0; i < Across + 2; ++i) {
      const int x = x0 - 1 + i;
      const bool inside = Interior || (row_inside && x >= 0 && x < area.width);
      v[i] = inside ? *reinterpret_cast<const std::uint32_t*>(row + x * channels) : 0;
    }
#pragma unroll
    for (int i = 0; i < Across; ++i) sums[r % 3][i] = bias;
#pragma unroll
    for (int ky = 0; ky < 3; ++ky) {
      const int o = r - ky;
      if (o < 0 || o >= Rows) continue;
#pragma unroll
      for (int kx = 0; kx < 3; ++kx)
#pragma unroll
        for (int i = 0; i < Across; ++i) sums[o % 3][i] = fma_half2(v[i + kx], w[ky * 3 + kx], sums[o % 3][i]);
    }
    if (r >= 2)
#pragma unroll
      for (int i = 0; i < Across; ++i) emit(r - 2, i, fma_half2(centre[(r - 1) % 2][i], kOne, sums[(r - 2) % 3][i]));
#pragma unroll
    for (int i = 0; i < Across; ++i) centre[r % 2][i] = v[i + 1];
  }
}

}  // namespace nalasr::cuda
