// The one feature map that stays in memory between sweeps: height × width tokens of `channels` values, as float32 or,
// at half the memory, as float16.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "base/buffer.h"
#include "kernels/cpu/kernels.h"

namespace nalasr {

class ResidentMap {
 public:
  ResidentMap() = default;
  ResidentMap(int width, int height, int channels, bool half)
      : width_(width),
        height_(height),
        channels_(channels),
        half_(half),
        bytes_(static_cast<std::size_t>(width) * height * channels * value_bytes()) {}

  [[nodiscard]] int channels() const { return channels_; }
  /// Where to write `tokens` tokens from (y, x0) on: into the map itself, or into `scratch` until commit().
  float* begin_write(int y, int x0, float* scratch) {
    return half_ ? scratch : reinterpret_cast<float*>(bytes_.data()) + index(y, x0);
  }
  void commit(int y, int x0, int tokens, const float* values) {
    if (half_)
      cpu::kernels().to_half(values, static_cast<std::size_t>(tokens) * channels_,
                             reinterpret_cast<std::uint16_t*>(bytes_.data()) + index(y, x0));
  }
  /// Where `tokens` tokens from (y, x0) on are: in the map, or converted into `scratch`.
  const float* read(int y, int x0, int tokens, float* scratch) const {
    if (!half_) return reinterpret_cast<const float*>(bytes_.data()) + index(y, x0);
    copy(y, x0, tokens, scratch);
    return scratch;
  }
  /// The same, always into `out`.
  void copy(int y, int x0, int tokens, float* out) const {
    const std::size_t values = static_cast<std::size_t>(tokens) * channels_;
    if (half_)
      cpu::kernels().from_half(reinterpret_cast<const std::uint16_t*>(bytes_.data()) + index(y, x0), values, out);
    else
      std::memcpy(out, reinterpret_cast<const float*>(bytes_.data()) + index(y, x0), values * sizeof(float));
  }
  /// Becomes a copy of `columns` columns of `map`, from `first` on.
  void take_columns(const ResidentMap& map, int first, int columns) {
    if (width_ != columns || height_ != map.height_)
      *this = ResidentMap(columns, map.height_, map.channels_, map.half_);
    for (int y = 0; y < height_; ++y)
      std::memcpy(bytes_.data() + index(y, 0) * value_bytes(), map.bytes_.data() + map.index(y, first) * value_bytes(),
                  static_cast<std::size_t>(columns) * channels_ * value_bytes());
  }

 private:
  [[nodiscard]] std::size_t index(int y, int x0) const {
    return (static_cast<std::size_t>(y) * width_ + x0) * channels_;
  }
  [[nodiscard]] std::size_t value_bytes() const { return half_ ? sizeof(std::uint16_t) : sizeof(float); }

  int width_ = 0, height_ = 0, channels_ = 0;
  bool half_ = false;
  Buffer<std::byte> bytes_;
};

}  // namespace nalasr
