// Kernels that are launched while their predecessor in the stream is still at work (programmatic dependent launch,
// compute capability 9.0 on): launching them, and waiting for their turn in the processors, costs no time of its own.
//
//     __global__ void kernel(Args a) { after_predecessor(); ... }
//     launch_chained(kernel, blocks, threads, shared_bytes, stream, args);
//
// Results of the predecessor are read with ordinary loads, not with __ldg: the memory does change while the kernel
// runs. tests/emulation has the same functions for the host.
#pragma once

#include <cuda_runtime.h>

namespace nalasr::cuda {

/// First in a kernel: goes on when the predecessor has ended, and lets the successor's blocks take their places.
__device__ __forceinline__ void after_predecessor() {
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 900
  asm volatile("griddepcontrol.wait;\n\tgriddepcontrol.launch_dependents;" ::: "memory");
#endif
}

/// Whether the current device can do so, and `kernel` was compiled for it: code of an older architecture would not wait.
template <typename... Args>
bool can_chain(void (*kernel)(Args...)) {
  static thread_local int device_asked = -1;
  static thread_local bool answer = false;
  int device = 0;
  cudaGetDevice(&device);
  if (device != device_asked) {
    int major = 0;
    cudaFuncAttributes attributes{};
    cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, device);
    const bool known = cudaFuncGetAttributes(&attributes, reinterpret_cast<const void*>(kernel)) == cudaSuccess;
    answer = major >= 9 && known && attributes.ptxVersion >= 90;
    device_asked = device;
  }
  return answer;
}

template <typename... Args>
void launch_chained(void (*kernel)(Args...), dim3 blocks, dim3 threads, std::size_t shared_bytes, cudaStream_t stream,
                    const Args&... args) {
  cudaLaunchAttribute attribute{};
  attribute.id = cudaLaunchAttributeProgrammaticStreamSerialization;
  attribute.val.programmaticStreamSerializationAllowed = 1;
  cudaLaunchConfig_t config{};
  config.gridDim = blocks;
  config.blockDim = threads;
  config.dynamicSmemBytes = shared_bytes;
  config.stream = stream;
  config.attrs = &attribute;
  config.numAttrs = can_chain(kernel) ? 1 : 0;
  cudaLaunchKernelEx(&config, kernel, args...);
}

}  // namespace nalasr::cuda
