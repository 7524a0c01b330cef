// An owning byte buffer for whole pictures. Fresh memory is not touched: the system commits a page only when data
// arrives, so a header that lies about its size costs address space and nothing else; what is freed goes back at once.
#pragma once

#include <cstddef>
#include <new>

#include "base/buffer.h"

namespace nalasr {

/// Move-only; empty after failed allocation. Page-aligned, zeroed.
class AlignedBuffer {
 public:
  AlignedBuffer() = default;

  /// A buffer of `size` bytes, or an empty one (data() == nullptr) where the machine refuses.
  static AlignedBuffer allocate(std::size_t size) {
    AlignedBuffer buffer;
    try {
      buffer.bytes_ = Buffer<std::byte>(size);
    } catch (const std::bad_alloc&) {
    }
    return buffer;
  }

  [[nodiscard]] std::byte* data() { return bytes_.data(); }
  [[nodiscard]] const std::byte* data() const { return bytes_.data(); }
  [[nodiscard]] std::size_t size() const { return bytes_.size(); }

 private:
  Buffer<std::byte> bytes_;
};

}  // namespace nalasr
