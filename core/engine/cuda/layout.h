// Where everything of a run lies in device memory. The plan runs this code on an arena that only counts, the executor
// on the real one, so they cannot disagree.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/arena.h"
#include "engine/cuda/schedule.h"
#include "nalasr/plan.h"

namespace nalasr::cuda {

/// What a run computes: enough to lay it out.
struct RunShape {
  ModelSpec spec;
  int width = 0, height = 0;
  int picture_row_bytes = 0;
  Sample sample = Sample::f32;
  bool output_strips = true;  ///< rows go out through two buffers; false: straight into a picture on the device
  int strip_rows = 0;
  int tail_rows = 0;           ///< rows of the tail's steps: output strips stay small
  std::size_t out_stride = 0;  ///< bytes of an output row
  std::vector<SweepShape> sweeps;

  RunShape(const ModelSpec& spec, int width, int height, int picture_row_bytes, Sample sample, bool output_strips,
           int strip_rows);
};

struct StageMemory {
  void* ring = nullptr;     ///< output rows; null where they lie in the map or go out
  float* sums = nullptr;    ///< barrier, windows: partial sums of one step; attend among cells: sums around each
  float* states = nullptr;  ///< windows: of rows of windows, taking turns; attend among cells: of a step's cells
};

/// Where the tables of a `Rotary` lie; null: no rotary embedding.
struct RotaryMemory {
  float *rows = nullptr, *columns = nullptr;
};

struct RunLayout {
  void* picture = nullptr;
  RotaryMemory rotary, near_rotary;  ///< of global blocks and of all others; the same where these count alike
  void* totals = nullptr;
  float* state = nullptr;
  float* cells[2] = {};  ///< sums of cells: of this sweep's first block and of the next one's, in turns
  std::uint32_t* overflows = nullptr;
  void* scratch = nullptr;
  void* outputs[2] = {};                         ///< the tail's
  void* map = nullptr;                           ///< null where the map is in parts
  std::vector<std::vector<StageMemory>> stages;  ///< [sweep][stage]; sweeps share their memory
};

/// Bytes of one row of a feature map.
inline std::size_t map_row_bytes(const RunShape& shape, const DeviceCosts& costs) {
  return static_cast<std::size_t>(shape.width) * shape.spec.dim * costs.element_bytes;
}
/// `whole_map`: the map lies in the arena.
RunLayout lay_out(const RunShape& shape, const DeviceCosts& costs, bool whole_map, Arena& arena);
/// Bytes that it takes.
std::size_t layout_bytes(const RunShape& shape, const DeviceCosts& costs, bool whole_map);

}  // namespace nalasr::cuda
