// Resident memory of this process as the operating system counts it (Linux /proc).
//
//     MemoryMeter meter;            // remembers where we stand and resets the kernel's high-water mark
//     ... work ...
//     meter.peak_above_start();     // bytes
#pragma once

#include <cstdint>

namespace nalasr {

class MemoryMeter {
 public:
  MemoryMeter();
  /// High-water mark of resident memory since construction, minus what was resident then. Bytes.
  [[nodiscard]] std::uint64_t peak_above_start() const;
  /// The same high-water mark as it is: of the whole process. Bytes.
  static std::uint64_t peak();
  /// Resident bytes now.
  static std::uint64_t resident();

 private:
  std::uint64_t start_ = 0;
};

}  // namespace nalasr
