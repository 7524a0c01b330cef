// The one feature map that stays in memory between sweeps: height × width tokens of `channels` values, as float32 or,
// at half the memory, as float16.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/buffer.h"
#include "kernels/cpu/kernels.h"

namespace nalasr {

class ResidentMap {
 public:
  ResidentMap(int width, int height, int channels, bool half)
      : width_(width),
        channels_(channels),
        half_(half),
        bytes_(Buffer<std::byte>::in_huge_pages(static_cast<std::size_t>(width) * height * channels *
                                                (half ? sizeof(std::uint16_t) : sizeof(float)))) {}

  /// Where to write `tokens` tokens from (y, x0) on: into the map itself, or into `scratch` until commit().
  float* begin_write(int y, int x0, float* scratch) {
    return half_ ? scratch : reinterpret_cast<float*>(bytes_.data()) + index(y, x0);
  }
  void commit(int y, int x0, int tokens, const float* values) {
    if (half_)
      cpu::kernels().to_half(values, static_cast<std::size_t>(tokens) * channels_,
                             reinterpret_cast<std::uint16_t*>(bytes_.data()) + index(y, x0));
  }
  /// `tokens` tokens from (y, x0) on: in the map, or converted into `scratch`.
  const float* read(int y, int x0, int tokens, float* scratch) const {
    if (!half_) return reinterpret_cast<const float*>(bytes_.data()) + index(y, x0);
    cpu::kernels().from_half(reinterpret_cast<const std::uint16_t*>(bytes_.data()) + index(y, x0),
                             static_cast<std::size_t>(tokens) * channels_, scratch);
    return scratch;
  }

 private:
  [[nodiscard]] std::size_t index(int y, int x0) const {
    return (static_cast<std::size_t>(y) * width_ + x0) * channels_;
  }

  int width_, channels_;
  bool half_;
  Buffer<std::byte> bytes_;
};

}  // namespace nalasr
