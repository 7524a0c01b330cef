// A range of device addresses that is longer than the memory behind it: several chunks of the range may lie on the
// same physical chunk. A feature map that does not fit keeps its shape that way, and kernels see nothing of it; who
// uses it says which of the chunks that share memory is there now (engine/cuda/residency.h).
//
// Thread safety: as memory.h.
#pragma once

#include <cstddef>
#include <vector>

namespace nalasr::cuda {

class ChunkedMemory {
 public:
  /// Chunk i of the range is physical chunk physical[i], from 0 on. `chunk_bytes`: a multiple of 2 MiB, which is what
  /// NVIDIA's devices map at a time. Throws DeviceOutOfMemory, Failure.
  ChunkedMemory(const std::vector<int>& physical, std::size_t chunk_bytes);
  ~ChunkedMemory();
  ChunkedMemory(const ChunkedMemory&) = delete;
  ChunkedMemory& operator=(const ChunkedMemory&) = delete;

  [[nodiscard]] std::byte* data() const;

 private:
  void release() noexcept;

  unsigned long long range_ = 0;
  std::size_t chunk_bytes_, range_bytes_ = 0, mapped_ = 0;  ///< chunks mapped so far
  std::vector<unsigned long long> physical_;                ///< handles
};

}  // namespace nalasr::cuda
