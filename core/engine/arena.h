// One block of memory that the stages of a sweep share, and the way the plan learns how large it must be: the same
// code lays a sweep out twice, first only counting, then for real.
#pragma once

#include <cstddef>

#include "base/buffer.h"

namespace nalasr {

class Arena {
 public:
  /// An arena that only counts.
  Arena() = default;
  explicit Arena(std::size_t bytes) : memory_(bytes) {}

  [[nodiscard]] bool counting() const { return memory_.size() == 0; }

  /// `count` floats at a 64-byte boundary; nullptr while counting. Contents are whatever the last sweep left.
  float* floats(std::size_t count) {
    const std::size_t begin = used_;
    used_ += (count * sizeof(float) + 63) / 64 * 64;
    return counting() ? nullptr : reinterpret_cast<float*>(memory_.data() + begin);
  }
  [[nodiscard]] std::size_t used() const { return used_; }
  void reset() { used_ = 0; }

 private:
  Buffer<std::byte> memory_;
  std::size_t used_ = 0;
};

}  // namespace nalasr
