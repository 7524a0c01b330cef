#include "engine/cuda/schedule.h"

#include <algorithm>

#include "engine/sweep.h"
#include "nn/spec.h"

namespace nalasr::cuda {
namespace {

constexpr int kAttendRows = 8;  // attend of windows and of cells begins at multiples of this
constexpr int kRestRows = 8;    // at a picture's end, so few are made with the step before; behind halos twice as many

/// Marks outputs that lie in the map, each row in its own place, which readers of the map have left behind: that spares
/// rings. A stage cannot write where it reads, because blocks of a kernel run in any order. Nor may it overwrite rows
/// that an earlier reader of the map still needs: it is behind that one by its own halo or more, so a reader's halo of
/// 1 is safe with any writer, and the first attend's 2 because ffn comes next.
void place_in_map(std::vector<StageShape>& stages) {
  bool reads_map = stages.front().op == Op::attend;
  for (std::size_t i = 0; i + 1 < stages.size(); ++i) {
    const StageShape& reader = stages[i + 1];
    stages[i].in_map = !reads_map && reader.halo == 1 && reader.op != Op::barrier;
    reads_map = stages[i].in_map;
  }
  stages.back().in_map = stages.back().op == Op::barrier;
}

std::vector<StageShape> stages_of(const ModelSpec& spec, int sweep) {
  const auto [first, last] = blocks_of_sweep(spec, sweep);
  std::vector<StageShape> stages;
  if (sweep == 0) stages.push_back({.op = Op::head});
  for (int block = first; block < last; ++block) {
    const int window = spec.scopes[block].window, shift = window_shift(spec, block);
    if (window > 0) stages.push_back({.op = Op::windows, .index = block, .halo = 1, .window = window, .shift = shift});
    const int cell = spec.scopes[block].cell;
    stages.push_back({.op = Op::attend, .index = block, .halo = 2, .window = window, .shift = shift, .cell = cell});
    stages.push_back({.op = Op::ffn, .index = block, .halo = 2});
    if (spec.closes_group(block)) stages.push_back({.op = Op::group_conv, .index = block / spec.group, .halo = 1});
  }
  stages.push_back({.op = last < spec.blocks ? Op::barrier : Op::tail, .index = last, .halo = 1});
  if (sweep_count(spec) > 1) place_in_map(stages);
  return stages;
}

/// The last row at or before `row` where steps of this stage may end inside the picture.
int align(const StageShape& s, int row) {
  if (s.op == Op::windows) return std::max(0, (row + s.shift) / s.window * s.window - s.shift);
  const int quantum = s.op == Op::attend && (s.window || s.cell) ? kAttendRows : s.op == Op::barrier ? kUnitRows : 1;
  return row / quantum * quantum;
}

/// Row of windows that row `y` lies in.
int window_row(const StageShape& s, int y) { return (y + s.shift) / s.window; }

/// Rows of a sweep's first step. The barrier takes whole units of the rows that have passed all halos. Where the first
/// step is shorter by the rest of a unit, no rows wait for the next strip, and rings are smaller. Not where that takes
/// a strip more, nor with windows, which wait for whole rows of them anyway, nor with cells, whose attend takes units.
int first_rows(const std::vector<StageShape>& stages, int height, int strip_rows) {
  int halos = -stages.front().halo;
  for (const StageShape& s : stages) {
    if (s.window || s.cell) return strip_rows;
    halos += s.halo;
  }
  if (stages.back().op != Op::barrier) return strip_rows;
  const int rows = strip_rows - (kUnitRows - halos % kUnitRows) % kUnitRows;
  const auto strips = [&](int of_rows) {
    return of_rows <= kRestRows ? 0 : (of_rows - kRestRows + strip_rows - 1) / strip_rows;
  };
  return 1 + strips(height - rows) > strips(height) ? strip_rows : rows;
}

}  // namespace

Span rows_of_windows(const StageShape& s, int row, int height) {
  return {std::max(0, row * s.window - s.shift), std::min(height, (row + 1) * s.window - s.shift)};
}

SweepShape shape_sweep(const ModelSpec& spec, int sweep, int height, int strip_rows, int tail_rows) {
  SweepShape shape{stages_of(spec, sweep), {}};
  const int first = first_rows(shape.stages, height, strip_rows);
  std::vector<int> done(shape.stages.size(), 0);
  while (done.back() < height) {
    int input = height;  // the first stage reads the map or the picture, which are complete
    for (std::size_t i = 0; i < shape.stages.size(); ++i) {
      StageShape& s = shape.stages[i];
      const int ready = input >= height ? height : align(s, std::max(0, input - s.halo));
      const int strip = i == 0 && done[i] == 0 ? first : strip_rows;
      const int most = done[i] + (s.op == Op::windows ? std::max(strip, s.window) : strip);
      const int target = std::min(ready, most + (i == 0 ? 1 : 2) * kRestRows >= height ? height : align(s, most));
      while (done[i] < target) {
        int end = target;
        if (s.op == Op::attend && s.window)
          end = std::min(end, rows_of_windows(s, window_row(s, done[i]), height).last);
        if (s.op == Op::tail) end = std::min(end, done[i] + tail_rows);
        shape.steps.push_back({static_cast<int>(i), {done[i], end}});
        s.step_rows = std::max(s.step_rows, end - done[i]);
        if (i + 1 < shape.stages.size()) {
          const int reader = done[i + 1];
          if (!s.in_map) s.capacity = std::max(s.capacity, end - std::max(0, reader - shape.stages[i + 1].halo));
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
  const StageShape& s = sweep.stages[step.stage];
  const bool reads = step.stage > 0 ? sweep.stages[step.stage - 1].in_map : sweep.reads_map();
  MapUse use;
  if (reads) use.touched = std::min(height, step.rows.last + s.halo);
  if (s.in_map) use.touched = std::max(use.touched, step.rows.last);
  const bool nobody_writes = std::none_of(sweep.stages.begin() + step.stage, sweep.stages.end(),
                                          [](const StageShape& later) { return later.in_map; });
  if (s.op == Op::barrier) use.finished = step.rows.last;
  if (reads && nobody_writes)  // the last reader of a sweep that leaves no map behind
    use.finished = step.rows.last >= height ? height : std::max(0, step.rows.last - s.halo);
  return use;
}

}  // namespace nalasr::cuda
