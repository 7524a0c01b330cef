// The last few rows that a stage produced: a ring of rows, each with two zero tokens to either side, so that
// convolutions need no special case at the picture's edges.
#pragma once

#include <algorithm>
#include <cstddef>

#include "engine/arena.h"

namespace nalasr {

inline constexpr int kRowPadding = 2;  ///< zero tokens at each end: the largest convolution is 5×5

class RowRing {
 public:
  RowRing() = default;
  /// `capacity` rows of `width` tokens with `channels` floats. `height` is the picture's: rows outside it read as 0.
  RowRing(Arena& arena, int width, int height, int channels, int capacity)
      : channels_(channels),
        height_(height),
        capacity_(std::min(capacity, height)),  // a picture may be smaller than a strip

        stride_(static_cast<std::size_t>(width + 2 * kRowPadding) * channels) {
    data_ = arena.floats(stride_ * (capacity_ + 1));  // the extra row stays zero
    if (!data_) return;
    const std::size_t pad = static_cast<std::size_t>(kRowPadding) * channels;
    for (int r = 0; r < capacity_; ++r) {
      std::fill_n(data_ + r * stride_, pad, 0.0f);
      std::fill_n(data_ + (r + 1) * stride_ - pad, pad, 0.0f);
    }
    std::fill_n(data_ + capacity_ * stride_, stride_, 0.0f);
  }

  /// Token 0 of row `y`, to be written.
  float* row(int y) { return data_ + static_cast<std::size_t>(y % capacity_) * stride_ + kRowPadding * channels_; }
  /// Token 0 of row `y` or of the zero row outside the picture.
  [[nodiscard]] const float* read(int y) const {
    const int slot = y < 0 || y >= height_ ? capacity_ : y % capacity_;
    return data_ + static_cast<std::size_t>(slot) * stride_ + kRowPadding * channels_;
  }
  [[nodiscard]] int channels() const { return channels_; }

 private:
  float* data_ = nullptr;
  int channels_ = 0, height_ = 0, capacity_ = 1;
  std::size_t stride_ = 0;
};

}  // namespace nalasr
