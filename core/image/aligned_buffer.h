// An owning byte buffer, 64-byte aligned for SIMD loads. Fresh memory is not touched: the system commits a page only
// when data arrives, so a header that lies about its size costs address space and nothing else.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>

namespace nalasr {

/// Move-only; empty after failed allocation. Contents start uninitialised.
class AlignedBuffer {
 public:
  static constexpr std::size_t kAlignment = 64;  ///< bytes

  AlignedBuffer() = default;

  /// A buffer of `size` bytes, or an empty one (data() == nullptr) where the machine refuses.
  static AlignedBuffer allocate(std::size_t size) {
    AlignedBuffer buffer;
    const std::size_t rounded = (size + kAlignment - 1) / kAlignment * kAlignment;
    if (rounded < size) return buffer;  // size_t wrapped
    buffer.data_.reset(static_cast<std::byte*>(std::aligned_alloc(kAlignment, rounded == 0 ? kAlignment : rounded)));
    if (buffer.data_) buffer.size_ = size;
    return buffer;
  }

  [[nodiscard]] std::byte* data() { return data_.get(); }
  [[nodiscard]] const std::byte* data() const { return data_.get(); }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  struct Free {
    void operator()(std::byte* p) const { std::free(p); }
  };
  std::unique_ptr<std::byte, Free> data_;
  std::size_t size_ = 0;
};

}  // namespace nalasr
