// Antialiased cubic resampling, as a stream of rows: any size to any size.
//
//     nalasr::CubicResampler resampler(in_width, in_height, out_width, out_height, channels);
//     for (each input row) {
//       resampler.push_row(row);
//       while (resampler.pop_row(out)) use(out);
//     }
//
// Keys' kernel (a = -0.5), half-pixel centres; widened by the scale when shrinking, as MATLAB's imresize and PIL do.
// Weights that fall outside the picture are left out and the rest normalised (PIL's convention; MATLAB mirrors).
#pragma once

#include <cstdint>
#include <vector>

namespace nalasr {

/// One axis: for each output sample the first input sample and the weights that make it.
class CubicAxis {
 public:
  CubicAxis(int in_size, int out_size);

  [[nodiscard]] int first(int out) const { return first_[static_cast<std::size_t>(out)]; }
  [[nodiscard]] int count(int out) const { return count_[static_cast<std::size_t>(out)]; }
  [[nodiscard]] const float* weights(int out) const {
    return weights_.data() + static_cast<std::size_t>(out) * static_cast<std::size_t>(taps_);
  }
  /// The largest count.
  [[nodiscard]] int taps() const { return taps_; }
  /// Bytes of the tables for these sizes.
  static std::uint64_t bytes(int in_size, int out_size);

 private:
  int taps_;
  std::vector<int> first_, count_;
  std::vector<float> weights_;
};

/// Rows go in from top to bottom, rows come out as soon as their last input row is there. Columns are resampled
/// first, so the state is a ring of rows of the output's width. Not thread-safe; results depend on nothing but the
/// input.
class CubicResampler {
 public:
  /// Sizes and `channels` (interleaved) must be positive.
  CubicResampler(int in_width, int in_height, int out_width, int out_height, int channels);

  /// The next input row, in_width × channels floats. Pop all ready rows before: the ring has no room for more.
  void push_row(const float* row);
  /// Writes the next output row (out_width × channels floats) where it is ready; false where it isn't.
  bool pop_row(float* out);

  [[nodiscard]] int out_width() const { return out_width_; }
  [[nodiscard]] int out_height() const { return out_height_; }
  /// Bytes of state: ring and weight tables.
  [[nodiscard]] std::uint64_t state_bytes() const;
  /// The same before anything is built.
  static std::uint64_t state_bytes(int in_width, int in_height, int out_width, int out_height, int channels);

 private:
  [[nodiscard]] float* ring_row(int in_y) {
    return ring_.data() + static_cast<std::size_t>(in_y % rows_.taps()) * row_floats_;
  }

  int in_width_, in_height_, out_width_, out_height_, channels_;
  CubicAxis columns_, rows_;
  std::size_t row_floats_;
  std::vector<float> ring_;
  int pushed_ = 0;  // input rows so far
  int popped_ = 0;  // output rows so far
};

}  // namespace nalasr
