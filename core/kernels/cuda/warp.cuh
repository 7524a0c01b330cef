// What a warp can do: tensor-core products, and how a tile of 16 tokens lies in its registers.
//
// Lane 4g + t holds, of tokens g and g + 8, the channels channel(s, t, 0..3) for every step s of 16 channels: four
// neighbouring channels, in two 32-bit words of float16. Two steps lie side by side where the shape allows it, so that
// a lane reads and writes 16 bytes at once. The same layout is an operand A of mma.m16n8k16, its accumulator, and (one
// token per lane) an operand B, provided that weights are packed with the matching permutation (fragments.h): results
// of one product are the operand of the next without leaving registers.
#pragma once

#include <cuda_fp16.h>

#include <cstdint>

#include "kernels/cuda/intrinsics.cuh"
#include "kernels/cuda/layout.h"

namespace nalasr::cuda {

__device__ __forceinline__ float2 unpack_half(std::uint32_t word) {
  return __half22float2(*reinterpret_cast<const __half2*>(&word));
}
/// Sum over the four lanes that share tokens.
__device__ __forceinline__ float quad_sum(float v) {
  v += __shfl_xor_sync(0xffffffffu, v, 1);
  return v + __shfl_xor_sync(0xffffffffu, v, 2);
}

/// Where lane t's words of one token lie: reads `C/8` words from a row of C channels in shared or device memory.
template <int C, int V>
__device__ __forceinline__ void load_token(const __half* token, int t, std::uint32_t (&words)[C / 8]) {
  using L = Layout<V>;
  if constexpr (V == 8) {
#pragma unroll
    for (int i = 0; i < C / 32; ++i) {
      const uint4 w = *reinterpret_cast<const uint4*>(token + L::channel(2 * i, t, 0));
      words[4 * i] = w.x, words[4 * i + 1] = w.y, words[4 * i + 2] = w.z, words[4 * i + 3] = w.w;
    }
  } else {
#pragma unroll
    for (int s = 0; s < C / 16; ++s) {
      const uint2 w = *reinterpret_cast<const uint2*>(token + L::channel(s, t, 0));
      words[2 * s] = w.x, words[2 * s + 1] = w.y;
    }
  }
}

template <int C, int V>
__device__ __forceinline__ void store_token(__half* token, int t, const std::uint32_t (&words)[C / 8]) {
  using L = Layout<V>;
  if constexpr (V == 8) {
#pragma unroll
    for (int i = 0; i < C / 32; ++i)
      *reinterpret_cast<uint4*>(token + L::channel(2 * i, t, 0)) =
          make_uint4(words[4 * i], words[4 * i + 1], words[4 * i + 2], words[4 * i + 3]);
  } else {
#pragma unroll
    for (int s = 0; s < C / 16; ++s)
      *reinterpret_cast<uint2*>(token + L::channel(s, t, 0)) = make_uint2(words[2 * s], words[2 * s + 1]);
  }
}

/// LayerNorm without its affine part (folded into the weights): x·factor + shift. The same in the four lanes of a
/// token.
template <int C>
__device__ __forceinline__ float2 moments_of(const std::uint32_t (&words)[C / 8]) {
  float sum = 0;
#pragma unroll
  for (int i = 0; i < C / 8; ++i) {
    const float2 v = unpack_half(words[i]);
    sum += v.x + v.y;
  }
  const float mean = quad_sum(sum) * (1.0f / C);
  float squares = 0;
#pragma unroll
  for (int i = 0; i < C / 8; ++i) {
    const float2 v = unpack_half(words[i]);
    squares += (v.x - mean) * (v.x - mean) + (v.y - mean) * (v.y - mean);
  }
  const float factor = rsqrtf(quad_sum(squares) * (1.0f / C) + static_cast<float>(kLayerNormEps));
  return {factor, -mean * factor};
}
template <int C>
__device__ __forceinline__ void normalise(std::uint32_t (&words)[C / 8], float2 moments) {
  const std::uint32_t factor = pack_half(moments.x, moments.x), shift = pack_half(moments.y, moments.y);
#pragma unroll
  for (int i = 0; i < C / 8; ++i) words[i] = fma_half2(words[i], factor, shift);
}
template <int C>
__device__ __forceinline__ void layer_norm(std::uint32_t (&words)[C / 8]) {
  normalise<C>(words, moments_of<C>(words));
}

/// Fills accumulators of N channels with a vector [N], the same for every token.
template <int N, int V>
__device__ __forceinline__ void broadcast(float (&acc)[N / 8][4], const float* vector, int t) {
#pragma unroll
  for (int s = 0; s < N / 16; ++s) {
    const float4 b = *reinterpret_cast<const float4*>(vector + Layout<V>::channel(s, t, 0));
    acc[2 * s][0] = acc[2 * s][2] = b.x;
    acc[2 * s][1] = acc[2 * s][3] = b.y;
    acc[2 * s + 1][0] = acc[2 * s + 1][2] = b.z;
    acc[2 * s + 1][1] = acc[2 * s + 1][3] = b.w;
  }
}

/// acc += tokens [16][K] · weights [K][N], packed by pack_operand_b; `weights` are this lane's (the pointer plus lane).
template <int K, int N>
__device__ __forceinline__ void multiply(float (&acc)[N / 8][4], const std::uint32_t (&first)[K / 8],
                                         const std::uint32_t (&second)[K / 8], const uint4* __restrict__ weights) {
#pragma unroll
  for (int s = 0; s < K / 16; ++s)
#pragma unroll
    for (int p = 0; p < N / 16; ++p) {
      const uint4 b = __ldg(weights + (s * (N / 16) + p) * 32);
      mma_half(acc[2 * p], first[2 * s], second[2 * s], first[2 * s + 1], second[2 * s + 1], b.x, b.y);
      mma_half(acc[2 * p + 1], first[2 * s], second[2 * s], first[2 * s + 1], second[2 * s + 1], b.z, b.w);
    }
}

/// The accumulators of token g (`token` = 0) or g + 8 (1) as float16 words.
template <int N>
__device__ __forceinline__ void to_words(const float (&acc)[N / 8][4], int token, std::uint32_t (&words)[N / 8]) {
#pragma unroll
  for (int i = 0; i < N / 8; ++i) words[i] = pack_half(acc[i][2 * token], acc[i][2 * token + 1]);
}

/// The accumulators of token g (`token` = 0) or g + 8 (1) added to what `words` hold of it.
template <int N>
__device__ __forceinline__ void add_to_words(const float (&acc)[N / 8][4], int token, std::uint32_t (&words)[N / 8]) {
#pragma unroll
  for (int i = 0; i < N / 8; ++i) {
    const float2 v = unpack_half(words[i]);
    words[i] = pack_half(acc[i][2 * token] + v.x, acc[i][2 * token + 1] + v.y);
  }
}

}  // namespace nalasr::cuda
