// The order in which the strips of a sweep are computed on a GPU, and what each stage must keep for the next one. Pure
// numbers: the plan counts memory with them, the executor launches one kernel call per step.
//
// As on the CPU (engine/stage.h) stages take rows from the one before and say how far they can go; what a ring must
// hold is not a formula but the most that the finished schedule ever needs at once.
#pragma once

#include <vector>

#include "kernels/cuda/kernels.h"

namespace nalasr::cuda {

enum class Op { head, windows, attend, ffn, group_conv, barrier, tail };

struct StageShape {
  Op op;
  int index = 0;              ///< of its block, or group
  int halo = 0;               ///< rows of its input beyond its own
  int window = 0, shift = 0;  ///< of a windowed block
  int cell = 0;               ///< of an attention among cells
  bool in_map = false;        ///< its output lies in the resident map, else in a ring
  int capacity = 0;           ///< of its ring: rows that are needed at the same time
  int step_rows = 0;          ///< most rows of a step
  int window_rows = 0;        ///< windows: rows of windows whose states are needed at the same time
};

/// One kernel call: rows of one stage.
struct Step {
  int stage;
  Span rows;
};

struct SweepShape {
  std::vector<StageShape> stages;
  std::vector<Step> steps;

  /// Whether the first stage reads the resident map, and the last one writes it.
  [[nodiscard]] bool reads_map() const { return stages.front().op == Op::attend; }
  [[nodiscard]] bool writes_map() const { return stages.back().op == Op::barrier; }
};

/// Rows of a step's stage that a row of windows spans, cut at the picture's borders.
Span rows_of_windows(const StageShape& stage, int row_of_windows, int height);

/// `strip_rows`: rows that enter at a time, a multiple of kUnitRows. `tail_rows`: most rows of a step of the tail.
SweepShape shape_sweep(const ModelSpec& spec, int sweep, int height, int strip_rows, int tail_rows);

/// What a step does with the resident map: it touches rows before `touched`, and when it is done, rows before
/// `finished` are not needed any more in this sweep.
struct MapUse {
  int touched = 0, finished = 0;
};
MapUse map_use(const SweepShape& sweep, const Step& step, int height);

}  // namespace nalasr::cuda
