// Launching kernels that go through a list of tiles.
#pragma once

#include <cuda_runtime.h>

#include "kernels/cuda/fused.cuh"

namespace nalasr::cuda {

/// Blocks of a kernel that the current device runs at once; 0 where it lacks shared memory for one.
inline int resident_blocks(const void* kernel, int threads, std::size_t shared_bytes) {
  int device = 0, largest = 0, per_processor = 0, processors = 0;
  cudaGetDevice(&device);
  cudaDeviceGetAttribute(&largest, cudaDevAttrMaxSharedMemoryPerBlockOptin, device);
  if (shared_bytes > static_cast<std::size_t>(largest)) return 0;
  cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, static_cast<int>(shared_bytes));
  cudaOccupancyMaxActiveBlocksPerMultiprocessor(&per_processor, kernel, threads, shared_bytes);
  cudaDeviceGetAttribute(&processors, cudaDevAttrMultiProcessorCount, device);
  return per_processor * processors;
}

/// resident_blocks of the current device, remembered: asking takes longer than launching.
template <typename Args>
int remembered_blocks(void (*kernel)(Args), int threads, std::size_t shared_bytes) {
  struct Answer {
    int device = -1, blocks = 0;
    std::size_t bytes = 0;
    void (*kernel)(Args) = nullptr;
  };
  static thread_local Answer last;
  int device = 0;
  cudaGetDevice(&device);
  if (device != last.device || shared_bytes != last.bytes || kernel != last.kernel)
    last = {device, resident_blocks(reinterpret_cast<const void*>(kernel), threads, shared_bytes), shared_bytes,
            kernel};
  return last.blocks;
}

/// Runs `kernel` over the tiles of args.area (none: nothing), `TileRows` rows each, a warp per row. False: the device
/// lacks shared memory for it.
/// Blocks are as many as run at once, so that each loads its constants once.
template <int TileRows, typename Args>
bool launch_tiles(void (*kernel)(Args), std::size_t shared_bytes, const Args& args, Stream stream) {
  const int blocks = remembered_blocks(kernel, 32 * TileRows, shared_bytes);
  if (blocks == 0) return false;
  const int tiles = args.area.tiles(TileRows), grid = tiles < blocks ? tiles : blocks;
  if (grid > 0) kernel<<<grid, 32 * TileRows, shared_bytes, stream>>>(args);
  return true;
}

}  // namespace nalasr::cuda
