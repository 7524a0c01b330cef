// The CUDA kernels: one interface, two implementations. `fused` keeps maps as float16 and multiplies on tensor cores
// with float32 sums; `plain` is float32 throughout, for any shape, and is what the fused one is compared with.
//
//     auto kernels = nalasr::cuda::make_fused_kernels(folded, {width, height});
//     kernels->attend(block, x1, x2, {y0, y1}, states, stream);
//
// What lies between a barrier's sums and the states that attend meets is the same for both: kernels/cuda/state.h.
//
// Nothing here includes a CUDA header. All pointers are device memory unless said otherwise; all calls only enqueue.
// Thread safety: const methods may be called from several threads with different streams.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "kernels/folded_network.h"

struct CUstream_st;

namespace nalasr::cuda {

using Stream = CUstream_st*;

/// A feature map, or the last rows of one: row y of the picture lies in slot y % capacity. [capacity][width][dim]
struct Rows {
  void* data = nullptr;
  int capacity = 0;
};

/// Rows [first, last) of the low-resolution picture.
struct Span {
  int first = 0, last = 0;
};

/// The decoded picture: interleaved samples of 8 or 16 bits, or (32) floats in [0, 1]. The network reads colour, with
/// grey repeated, or the alpha channel repeated.
struct Input {
  const void* data = nullptr;  ///< row 0; all rows are there
  int channels = 3, bits = 8;
  std::size_t stride = 0;  ///< bytes between rows
  bool alpha = false;
};

enum class Sample { u8, f32 };

/// Where upscaled rows go: RGB, row scale·rows.first first. u8 is clamped and rounded, f32 is neither.
struct Output {
  void* data = nullptr;
  std::size_t stride = 0;  ///< bytes between rows, a multiple of 16
  Sample sample = Sample::u8;
};

/// Axial rotary tables, [length][d/4] pairs (cos, sin) of float32; null: the network has no rotary embedding.
struct Rotary {
  const float* rows = nullptr;
  const float* columns = nullptr;
};

/// Keys and values are summed in units of tokens that do not depend on strips: results are the same bytes for any plan.
inline constexpr int kUnitRows = 8;
/// Columns of a unit. Narrow ones in a small picture: wide ones would leave processors without work. The narrowest as
/// long as a large GPU (132 processors, 3 units on each) takes all of them at once: 24 give every processor as much.
/// Where blocks attend among cells (`cell` > 0), as wide as these.
constexpr int unit_columns(int width, int height, int cell) {
  if (cell > 0) return cell;
  const int rows = (height + kUnitRows - 1) / kUnitRows;
  if (static_cast<std::int64_t>(rows) * ((width + 23) / 24) <= 3 * 132) return 24;
  return static_cast<std::int64_t>(width) * height < 1 << 18 ? 32 : 64;
}
constexpr int units_across(int width, int height, int cell) {
  return (width + unit_columns(width, height, cell) - 1) / unit_columns(width, height, cell);
}
/// Units in so many rows, the first of which begins one.
constexpr int unit_count(int width, int height, int rows, int cell) {
  return (rows + kUnitRows - 1) / kUnitRows * units_across(width, height, cell);
}

/// Floats of one partial sum and of one state: S [heads][2d][d], then m [heads][2d], un-normalised or final.
constexpr std::size_t sum_floats(const NalaParams& p) {
  return static_cast<std::size_t>(p.heads) * 2 * p.head_dim * (p.head_dim + 1);
}

/// Bytes of the totals that reduce keeps: float64 sums, then two words of its own.
constexpr std::size_t total_bytes(const NalaParams& p) { return sum_floats(p) * sizeof(double) + 2 * sizeof(unsigned); }

/// Weights of one network in device memory and the kernels for its shape, on the device that was current when made.
class Kernels {
 public:
  virtual ~Kernels() = default;

  [[nodiscard]] virtual std::size_t weight_bytes() const = 0;
  [[nodiscard]] virtual std::size_t element_bytes() const = 0;  ///< of a map: 2 or 4
  /// Bytes of working memory that attend, ffn and the like need for `rows` output rows (0 for fused kernels).
  [[nodiscard]] virtual std::size_t scratch_bytes(int width, int rows) const = 0;
  /// Units of tokens whose sums the device makes at the same time (barrier); 0: not known.
  [[nodiscard]] virtual int units_at_once() const { return 0; }

  /// What changes with the picture. `scratch` as scratch_bytes says.
  struct Picture {
    int width = 0, height = 0;
    Rotary rotary;
    void* scratch = nullptr;
    std::uint32_t* overflows = nullptr;  ///< one counter: tiles whose results were not finite
    int cell = 0;                        ///< C of blocks that attend among cells
  };

  /// First convolution. No halo beyond the input picture.
  virtual void head(const Picture&, const Input& in, Rows out, Span rows, Stream) const = 0;
  /// x₁ = x + CPE₁(x) into `out` (which may be the resident map), and the sums of each unit of tokens, un-normalised,
  /// into `sums` [row of units][unit][sum_floats]. Halo 1. Rows begin at a multiple of kUnitRows, and end at one or at
  /// the picture's end.
  virtual void barrier(const Picture&, int block, Rows in, Rows out, Span rows, float* sums, Stream) const = 0;
  /// The same for a windowed block: rows are those of whole rows of windows (the grid is shifted up and left by
  /// `shift`), one sum per window: [row of windows][window][sum_floats].
  virtual void windows(const Picture&, int block, int window, int shift, Rows in, Rows out, Span rows, float* sums,
                       Stream) const = 0;
  /// Attention, LePE, gate and projection: x₁ → x₂. Halo 2. `window` = 0: one state; else (or with cells as wide) rows
  /// begin at a multiple of 8 or where a row of windows does, and `states` begin with the row of windows (rows.first +
  /// shift) / window.
  virtual void attend(const Picture&, int block, Rows in, Rows out, Span rows, const float* states, int window,
                      int shift, Stream) const = 0;
  /// CPE₂ and FFN: x₂ → x₄. Halo 2.
  virtual void ffn(const Picture&, int block, Rows in, Rows out, Span rows, Stream) const = 0;
  /// x + conv3×3(x). Halo 1.
  virtual void group_conv(const Picture&, int group, Rows in, Rows out, Span rows, Stream) const = 0;
  /// Long skip (the head convolution, recomputed), tail convolution, pixel shuffle, interpolated input, rounding.
  /// Halo 1.
  virtual void tail(const Picture&, const Input& input, Rows in, Output out, Span rows, Stream) const = 0;
};

/// Null where the fused kernels do not support the shape (windows and cells: multiples of 32 only) or the current
/// device.
std::unique_ptr<Kernels> make_fused_kernels(const FoldedNetwork& network);
std::unique_ptr<Kernels> make_plain_kernels(const FoldedNetwork& network);

}  // namespace nalasr::cuda
