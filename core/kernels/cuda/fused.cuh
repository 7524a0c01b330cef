// What the fused kernels share: tile geometry and argument structs.
#pragma once

#include "kernels/cuda/features.cuh"
#include "kernels/cuda/kernels.h"

namespace nalasr::cuda {

inline constexpr std::uint32_t kOne = 0x3c003c00;  ///< a pair of float16
inline constexpr int kTileColumns = 16;            ///< a warp's 16 tokens are one row of a tile

/// A map as kernels address it: row y lies in slot y − origin, or one capacity before that. The kernels' rows, halo
/// included, are at most `capacity`, so that no division is needed.
template <typename Element>
struct MapView {
  Element* data;
  int capacity, origin;
  /// Offset of token (y, x).
  [[nodiscard]] NALASR_HOST_DEVICE std::size_t offset(int y, int x, int width, int channels) const {
    int slot = y - origin;
    if (slot >= capacity) slot -= capacity;
    return (static_cast<std::size_t>(slot) * width + x) * channels;
  }
};
using MapRows = MapView<const __half>;
using MapRowsOut = MapView<__half>;
/// For rows from `first` (at least 0) on.
template <typename Element>
MapView<Element> view_of(Rows r, int first) {
  return {static_cast<Element*>(r.data), r.capacity, (first > 0 ? first : 0) / r.capacity * r.capacity};
}

/// Rows to make, and the picture they belong to.
struct Area {
  int width, height, first, last;
  /// Rows of the input from here on do not exist, or lie beyond the last rows' halo: then a ring may not hold them.
  [[nodiscard]] NALASR_HOST_DEVICE int bottom(int halo) const { return last + halo < height ? last + halo : height; }
  [[nodiscard]] NALASR_HOST_DEVICE int tile_columns() const { return (width + kTileColumns - 1) / kTileColumns; }
  [[nodiscard]] NALASR_HOST_DEVICE int tiles(int tile_rows) const {
    return tile_columns() * ((last - first + tile_rows - 1) / tile_rows);
  }
  /// First column and row of tile `index`.
  [[nodiscard]] NALASR_HOST_DEVICE int2 tile(int index, int tile_rows) const {
    return {index % tile_columns() * kTileColumns, first + index / tile_columns() * tile_rows};
  }
};

struct RotaryTables {
  const float2 *rows, *columns;  ///< null: no rotary embedding
};

/// Depthwise weights [k·k][channels] and bias [channels] as pairs of float16.
struct HalfDepthwiseWeights {
  const std::uint32_t *taps, *bias;
};

struct AttendArgs {
  MapRows in;
  MapRowsOut out;
  Area area;
  const uint4 *v, *q, *gate, *out_weights;                                          ///< fragments
  const float *v_bias, *q_bias, *gate_bias, *out_bias, *merge_weight, *merge_bias;  ///< [C]
  HalfDepthwiseWeights lepe;
  RotaryTables rotary;
  FeatureConstants features;
  const float* states;  ///< as state.h makes them
  int state_floats;
  int window, shift;  ///< window 0: one state
  std::uint32_t* overflows;
};

struct FfnArgs {
  MapRows in;
  MapRowsOut out;
  Area area;
  HalfDepthwiseWeights cpe2, dw;  ///< cpe2 without the identity; dw: [9][hidden], with it
  const uint4 *fc1, *fc2;         ///< fragments, one chunk of hidden channels after the other
  const float *fc1_bias, *fc2_bias;
  int hidden;
  std::uint32_t* overflows;
};

struct BarrierArgs {
  MapRows in;
  MapRowsOut out;
  Area area;
  HalfDepthwiseWeights cpe1;  ///< without the identity
  const uint4 *k, *v;         ///< fragments as operand A, per head
  const float *k_bias, *v_bias;
  RotaryTables rotary;
  FeatureConstants features;
  float* sums;
  int unit_rows, unit_columns;  ///< tokens of one sum: multiples of 8 and of 32, or 24 columns
  int first_row, first_column;  ///< of the first unit; windows may begin outside the picture
  int units_across;
};

struct GroupArgs {
  MapRows in;
  MapRowsOut out;
  Area area;
  const uint4* weights;  ///< fragments, [tap][chunk of columns]
  const float* bias;
  std::uint32_t* overflows;
};

struct HeadArgs {
  Input input;
  MapRowsOut out;
  Area area;
  const float *weights, *bias;  ///< [27][dim] in the order (ky, kx, RGB), [dim]
};

struct TailArgs {
  Input input;
  MapRows in;
  Output out;
  Area area;
  const float *head_weights, *head_bias;
  const uint4* weights;  ///< fragments per tap; outputs (sub-row, sub-column, RGB) padded to 16
  const float* bias;
  float phases[4 * 5];  ///< [sub-pixel][tap]: the Keys cubic
  std::uint32_t* overflows;
};

/// Output channels that a warp of the group convolution makes.
constexpr int group_chunk(int dim) { return dim % 32 == 0 ? 32 : 16; }

// Launchers. They return false where no instance has that shape or the device lacks shared memory, also when the area
// is empty and nothing is launched.
bool launch_attend(int dim, int head_dim, const AttendArgs& args, Stream stream);
bool launch_ffn(int dim, const FfnArgs& args, Stream stream);
/// Returns how many of its blocks the device holds at once (0: it cannot run them); `units_down` = 0 only asks.
int launch_barrier(int dim, int head_dim, int units_down, const BarrierArgs& args, Stream stream);
bool launch_group_conv(int dim, const GroupArgs& args, Stream stream);
void launch_head(int dim, const HeadArgs& args, Stream stream);
bool launch_tail(int dim, int scale, const TailArgs& args, Stream stream);
/// Hidden channels that the FFN kernel takes at a time; 0: no instance.
int ffn_chunk(int dim);

}  // namespace nalasr::cuda
