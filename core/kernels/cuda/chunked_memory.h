// A range of device addresses that is longer than the memory behind it: several chunks of the range may lie on the
// same physical chunk. A feature map that does not fit keeps its shape that way, and kernels see nothing of it; who
// uses it says which of the chunks that share memory is there now (engine/cuda/residency.h).
//
// Thread safety: as memory.h.
#pragma once

#include <cstddef>
#include <vector>

namespace nalasr::cuda {

inline constexpr std::size_t kChunkBytes = std::size_t{2} << 20;  ///< what NVIDIA's devices map at a time

class ChunkedMemory {
 public:
  ChunkedMemory() = default;
  /// Chunk i of the range is physical chunk physical[i], from 0 on. Throws DeviceOutOfMemory, Failure.
  explicit ChunkedMemory(const std::vector<int>& physical);
  ~ChunkedMemory();
  ChunkedMemory(ChunkedMemory&& other) noexcept;
  ChunkedMemory& operator=(ChunkedMemory&& other) noexcept;

  [[nodiscard]] std::byte* data() const;

 private:
  void release() noexcept;

  unsigned long long range_ = 0;
  std::size_t range_bytes_ = 0, mapped_ = 0;  ///< chunks mapped so far
  std::vector<unsigned long long> physical_;  ///< handles
};

}  // namespace nalasr::cuda
