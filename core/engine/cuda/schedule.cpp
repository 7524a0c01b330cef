#include "engine/cuda/schedule.h"

#include <algorithm>

#include "engine/sweep.h"
#include "nn/spec.h"

namespace nalasr::cuda {
namespace {

constexpr int kAttendRows = 8;  // attend begins at multiples of this

std::vector<StageShape> stages_of(const ModelSpec& spec, int sweep) {
  const auto [first, last] = blocks_of_sweep(spec, sweep);
  std::vector<StageShape> stages;
  if (sweep == 0) stages.push_back({.op = Op::head});
  for (int block = first; block < last; ++block) {
    const int window = spec.scopes[block].window, shift = window_shift(spec, block);
    if (window > 0) stages.push_back({.op = Op::windows, .index = block, .halo = 1, .window = window, .shift = shift});
    stages.push_back({.op = Op::attend, .index = block, .halo = 2, .window = window, .shift = shift});
    stages.push_back({.op = Op::ffn, .index = block, .halo = 2});
    if (spec.closes_group(block)) stages.push_back({.op = Op::group_conv, .index = block / spec.group, .halo = 1});
  }
  stages.push_back({.op = last < spec.blocks ? Op::barrier : Op::tail, .index = last, .halo = 1});
  return stages;
}

/// The last row at or before `row` where steps of this stage may end inside the picture.
int align(const StageShape& s, int row) {
  if (s.op == Op::windows) return std::max(0, (row + s.shift) / s.window * s.window - s.shift);
  const int quantum = s.op == Op::attend ? kAttendRows : s.op == Op::barrier ? kUnitRows : 1;
  return row / quantum * quantum;
}

/// Row of windows that row `y` lies in.
int window_row(const StageShape& s, int y) { return (y + s.shift) / s.window; }

}  // namespace

Span rows_of_windows(const StageShape& s, int row, int height) {
  return {std::max(0, row * s.window - s.shift), std::min(height, (row + 1) * s.window - s.shift)};
}

SweepShape shape_sweep(const ModelSpec& spec, int sweep, int height, int strip_rows, int tail_rows) {
  SweepShape shape{stages_of(spec, sweep), {}};
  std::vector<int> done(shape.stages.size(), 0);
  while (done.back() < height) {
    int input = height;  // the first stage reads the map or the picture, which are complete
    for (std::size_t i = 0; i < shape.stages.size(); ++i) {
      StageShape& s = shape.stages[i];
      const int ready = input >= height ? height : align(s, std::max(0, input - s.halo));
      const int most = done[i] + (s.op == Op::windows ? std::max(strip_rows, s.window) : strip_rows);
      const int target = std::min(ready, most >= height ? height : align(s, most));
      while (done[i] < target) {
        int end = target;
        if (s.op == Op::attend && s.window)
          end = std::min(end, rows_of_windows(s, window_row(s, done[i]), height).last);
        if (s.op == Op::tail) end = std::min(end, done[i] + tail_rows);
        shape.steps.push_back({static_cast<int>(i), {done[i], end}});
        s.step_rows = std::max(s.step_rows, end - done[i]);
        if (i + 1 < shape.stages.size()) {
          const int reader = done[i + 1];
          s.capacity = std::max(s.capacity, end - std::max(0, reader - shape.stages[i + 1].halo));
          if (s.op == Op::windows)
            s.window_rows = std::max(s.window_rows, window_row(s, end - 1) - window_row(s, reader) + 1);
        }
        done[i] = end;
      }
      input = done[i];
    }
  }
  return shape;
}

MapUse map_use(const SweepShape& sweep, const Step& step, int height) {
  const bool last_stage = step.stage + 1 == static_cast<int>(sweep.stages.size());
  if (last_stage && sweep.writes_map()) return {step.rows.last, step.rows.last};
  if (step.stage > 0 || !sweep.reads_map()) return {};
  const int halo = sweep.stages.front().halo;
  const int unread = step.rows.last >= height ? height : std::max(0, step.rows.last - halo);
  return {std::min(height, step.rows.last + halo), sweep.writes_map() ? 0 : unread};
}

}  // namespace nalasr::cuda
