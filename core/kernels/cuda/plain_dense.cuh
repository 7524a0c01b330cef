// The product of a tile of tokens with a weight matrix, for any shape; where operands come from and where results go
// are functors.
#pragma once

#include "kernels/cuda/plain_kernels.h"

namespace nalasr::cuda::plain {

inline constexpr int kTokens = 32;    ///< of a tile: neighbours in a row
inline constexpr int kOutputs = 64;   ///< of a tile
inline constexpr int kInputs = 64;    ///< staged at a time
inline constexpr int kThreads = 256;  ///< each has one output of kPerThread tokens
inline constexpr int kPerThread = kTokens * kOutputs / kThreads;

__device__ inline float* at(const Map& m, int y, int x) {
  return m.data + (static_cast<std::size_t>(y % m.capacity) * m.width + x) * m.channels;
}

/// store(t, o, value) for every token t of the tile and output o of this block, value = Σ_c load(t, c)·W[c][o] + b[o].
/// Sums run over c in order, so a token's result does not depend on its tile.
template <typename Load, typename Store>
__device__ void multiply_tile(const Load& load, const Dense& w, int first_output, const Store& store) {
  __shared__ float tile[kTokens][kInputs];
  const int o = first_output + threadIdx.x % kOutputs, group = threadIdx.x / kOutputs * kPerThread;
  const bool present = o < w.out;
  float sums[kPerThread];
#pragma unroll
  for (int t = 0; t < kPerThread; ++t) sums[t] = present && w.bias ? w.bias[o] : 0.0f;
  for (int first = 0; first < w.in; first += kInputs) {
    __syncthreads();
    for (int i = threadIdx.x; i < kTokens * kInputs; i += kThreads) {
      const int t = i / kInputs, c = first + i % kInputs;
      tile[t][i % kInputs] = c < w.in ? load(t, c) : 0.0f;
    }
    __syncthreads();
    if (!present) continue;
    const int count = min(kInputs, w.in - first);
    for (int c = 0; c < count; ++c) {
      const float weight = w.weights[static_cast<std::size_t>(first + c) * w.out + o];
#pragma unroll
      for (int t = 0; t < kPerThread; ++t) sums[t] = fmaf(tile[group + t][c], weight, sums[t]);
    }
  }
  if (!present) return;
#pragma unroll
  for (int t = 0; t < kPerThread; ++t) store(group + t, o, sums[t]);
}

__device__ inline float warp_sum(float v) {
  for (int offset = 16; offset > 0; offset /= 2) v += __shfl_xor_sync(0xffffffffu, v, offset);
  return v;
}

/// Mean and 1/√(var + ε) of the tile's tokens.
struct Moments {
  float mean[kTokens], inverse[kTokens];
};
__device__ inline void take_moments(const Map& m, int y, int x0, Moments& moments) {
  const int lane = threadIdx.x % 32;
  for (int t = threadIdx.x / 32; t < kTokens && x0 + t < m.width; t += kThreads / 32) {
    const float* x = at(m, y, x0 + t);
    float sum = 0, squares = 0;
    for (int c = lane; c < m.channels; c += 32) sum += x[c];
    const float mean = warp_sum(sum) / static_cast<float>(m.channels);
    for (int c = lane; c < m.channels; c += 32) squares += (x[c] - mean) * (x[c] - mean);
    squares = warp_sum(squares);
    if (lane == 0) {
      moments.mean[t] = mean;
      moments.inverse[t] = 1.0f / sqrtf(squares / static_cast<float>(m.channels) + static_cast<float>(kLayerNormEps));
    }
  }
  __syncthreads();
}

}  // namespace nalasr::cuda::plain
