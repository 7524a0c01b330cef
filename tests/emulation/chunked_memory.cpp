// ChunkedMemory on host memory: a file in memory, of which several places may show the same piece.
#include "kernels/cuda/chunked_memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <new>

namespace nalasr::cuda {

ChunkedMemory::ChunkedMemory(const std::vector<int>& physical, std::size_t chunk_bytes) : chunk_bytes_(chunk_bytes) {
  if (physical.empty()) return;
  const std::size_t size = (*std::max_element(physical.begin(), physical.end()) + 1) * chunk_bytes;
  range_bytes_ = physical.size() * chunk_bytes;
  void* range = mmap(nullptr, range_bytes_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  const int file = memfd_create("chunks", 0);
  if (range == MAP_FAILED || file < 0 || ftruncate(file, static_cast<off_t>(size)) != 0) throw std::bad_alloc();
  range_ = reinterpret_cast<unsigned long long>(range);
  for (std::size_t i = 0; i < physical.size(); ++i)
    if (mmap(data() + i * chunk_bytes, chunk_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, file,
             static_cast<off_t>(physical[i] * chunk_bytes)) == MAP_FAILED)
      throw std::bad_alloc();
  close(file);
}
ChunkedMemory::~ChunkedMemory() { release(); }
void ChunkedMemory::release() noexcept {
  if (range_) munmap(data(), range_bytes_);
}
std::byte* ChunkedMemory::data() const { return reinterpret_cast<std::byte*>(range_); }

}  // namespace nalasr::cuda
