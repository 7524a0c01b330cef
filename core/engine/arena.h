// One block of memory that the stages of a sweep share, and the way the plan learns how large it must be: the same
// code lays a sweep out twice, first only counting, then for real.
#pragma once

#include <cstddef>

namespace nalasr {

class Arena {
 public:
  /// An arena that only counts.
  Arena() = default;
  /// One that hands out `memory`; as much of it as an arena that counted has used().
  explicit Arena(std::byte* memory) : memory_(memory) {}

  [[nodiscard]] bool counting() const { return memory_ == nullptr; }

  /// `count` bytes at a multiple of `alignment`; nullptr while counting. Contents are whatever was there before.
  std::byte* bytes(std::size_t count, std::size_t alignment) {
    const std::size_t begin = (used_ + alignment - 1) / alignment * alignment;
    used_ = begin + count;
    return counting() ? nullptr : memory_ + begin;
  }
  /// `count` floats at a 64-byte boundary.
  float* floats(std::size_t count) { return reinterpret_cast<float*>(bytes(count * sizeof(float), 64)); }
  [[nodiscard]] std::size_t used() const { return used_; }
  /// Gives back what was handed out since used() was `mark`.
  void rewind(std::size_t mark = 0) { used_ = mark; }

 private:
  std::byte* memory_ = nullptr;
  std::size_t used_ = 0;
};

}  // namespace nalasr
