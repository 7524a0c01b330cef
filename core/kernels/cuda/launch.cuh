// Launching kernels that go through a list of tiles.
#pragma once

#include <cuda_runtime.h>

#include <climits>

#include "kernels/cuda/fused.cuh"

namespace nalasr::cuda {

/// Rows of the tiles that the FFN takes where the busiest block has less to do then than with 8.
inline constexpr int kTallRows = 10;

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
template <auto Kernel>
int remembered_blocks(int threads, std::size_t shared_bytes) {
  struct Answer {
    int device = -1, blocks = 0;
    std::size_t bytes = 0;
  };
  static thread_local Answer last;
  int device = 0;
  cudaGetDevice(&device);
  if (device != last.device || shared_bytes != last.bytes)
    last = {device, resident_blocks(reinterpret_cast<const void*>(Kernel), threads, shared_bytes), shared_bytes};
  return last.blocks;
}

/// Blocks of 32 · `rows` threads that a processor shall hold: 16 warps of 128 registers, of tall tiles 20 of 96; of
/// more than 64 channels 8 warps.
constexpr int blocks_wanted(int dim, int rows) { return dim > 64 ? 8 / rows : rows == kTallRows ? 2 : 16 / rows; }

/// Rows that the busiest of the blocks makes that run at once.
template <int TileRows, auto Kernel>
int busiest_rows(std::size_t shared_bytes, const Area& area) {
  const int blocks = remembered_blocks<Kernel>(32 * TileRows, shared_bytes);
  return blocks == 0 ? INT_MAX : (area.tiles(TileRows) + blocks - 1) / blocks * TileRows;
}

/// Runs `Kernel` over the tiles of args.area (none: nothing), `TileRows` rows each, a warp per row. False: the device
/// lacks shared memory for it.
/// Blocks are as many as run at once, so that each loads its constants once.
template <int TileRows, auto Kernel, typename Args>
bool launch_tiles(std::size_t shared_bytes, const Args& args, Stream stream) {
  const int blocks = remembered_blocks<Kernel>(32 * TileRows, shared_bytes);
  if (blocks == 0) return false;
  const int tiles = args.area.tiles(TileRows), grid = tiles < blocks ? tiles : blocks;
  if (grid > 0) Kernel<<<grid, 32 * TileRows, shared_bytes, stream>>>(args);
  return true;
}

}  // namespace nalasr::cuda
