// From the runtime's error codes to the exceptions of memory.h.
#pragma once

#include <cuda_runtime.h>

#include "kernels/cuda/memory.h"

namespace nalasr::cuda {

inline void check(cudaError_t status, const char* what) {
  if (status == cudaSuccess) return;
  cudaGetLastError();  // allocation failures are not sticky, but stay noted
  if (status == cudaErrorMemoryAllocation) throw DeviceOutOfMemory();
  throw Failure(std::string("CUDA: ") + what + ": " + cudaGetErrorString(status));
}

}  // namespace nalasr::cuda
