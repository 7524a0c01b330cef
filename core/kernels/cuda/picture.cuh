// Samples of the decoded picture as the network reads them.
#pragma once

#include "kernels/cuda/kernels.h"

namespace nalasr::cuda {

/// Sample c (RGB) of pixel (y, x) in [0, 1]: grey and alpha serve as all three.
__device__ __forceinline__ float sample(const Input& in, int y, int x, int c) {
  const unsigned char* row = static_cast<const unsigned char*>(in.data) + static_cast<std::size_t>(y) * in.stride;
  const int channel = in.alpha ? in.channels - 1 : in.channels <= 2 ? 0 : c;
  const int i = x * in.channels + channel;
  if (in.bits == 8) return row[i] * (1.0f / 255.0f);
  if (in.bits == 16) return reinterpret_cast<const std::uint16_t*>(row)[i] * (1.0f / 65535.0f);
  return reinterpret_cast<const float*>(row)[i];
}

}  // namespace nalasr::cuda
