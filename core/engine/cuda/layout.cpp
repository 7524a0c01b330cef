#include "engine/cuda/layout.h"

#include <algorithm>

#include "engine/sweep.h"
#include "kernels/cuda/state.h"
#include "nn/spec.h"

namespace nalasr::cuda {
namespace {

constexpr std::size_t kAlignment = 256;        // what cudaMalloc gives, too
constexpr std::size_t kOutputBytes = 4 << 20;  // of one output strip, about: its copies to the host overlap well

int tail_rows_of(const RunShape& s) {
  const auto rows = static_cast<int>(kOutputBytes / (s.out_stride * s.spec.scale));
  return std::clamp(rows / kUnitRows * kUnitRows, kUnitRows, s.strip_rows);
}

}  // namespace

RunShape::RunShape(const ModelSpec& model, int w, int h, int row_bytes, Sample kind, bool strips, int rows)
    : spec(model),
      width(w),
      height(h),
      picture_row_bytes(row_bytes),
      sample(kind),
      output_strips(strips),
      strip_rows((rows + kUnitRows - 1) / kUnitRows * kUnitRows),
      out_stride((static_cast<std::size_t>(w) * model.scale * 3 * (kind == Sample::u8 ? 1 : 4) + 15) / 16 * 16) {
  tail_rows = tail_rows_of(*this);
  for (int i = 0; i < sweep_count(spec); ++i) sweeps.push_back(shape_sweep(spec, i, height, strip_rows, tail_rows));
}

RunLayout lay_out(const RunShape& shape, const DeviceCosts& costs, bool whole_map, Arena& arena) {
  const auto take = [&](std::size_t bytes) { return arena.bytes(bytes, kAlignment); };
  const auto floats = [&](std::size_t count) { return reinterpret_cast<float*>(take(count * sizeof(float))); };
  const NalaParams nala = NalaParams::of(shape.spec);
  const std::size_t row_bytes = map_row_bytes(shape, costs), sum = sum_floats(nala), state = state_floats(nala);

  RunLayout out;
  out.picture = take(static_cast<std::size_t>(shape.picture_row_bytes) * shape.height);
  if (nala.rotary == RotaryEmbedding::axial) {
    const auto tables = [&] {
      float* rows = floats(static_cast<std::size_t>(shape.height) * nala.head_dim / 2);
      return RotaryMemory{rows, floats(static_cast<std::size_t>(shape.width) * nala.head_dim / 2)};
    };
    out.rotary = tables();
    out.near_rotary = near_counts_otherwise(shape.spec) ? tables() : out.rotary;
  }
  out.totals = take(total_bytes(nala));
  out.state = floats(state);
  const int cell = cell_of(shape.spec), across = units_across(shape.width, shape.height, cell);
  if (cell)
    for (float*& cells : out.cells) cells = floats(sum * across * ((shape.height + cell - 1) / cell));
  out.overflows = reinterpret_cast<std::uint32_t*>(take(sizeof(std::uint32_t)));
  int most_rows = 0;
  for (const SweepShape& sweep : shape.sweeps)
    for (const StageShape& stage : sweep.stages) most_rows = std::max(most_rows, stage.step_rows);
  out.scratch = take(costs.scratch_bytes(shape.width, most_rows));
  if (whole_map && shape.sweeps.size() > 1) out.map = take(row_bytes * shape.height);

  const std::size_t common = arena.used();
  std::size_t most = common;
  for (const SweepShape& sweep : shape.sweeps) {
    arena.rewind(common);
    std::vector<StageMemory>& memory = out.stages.emplace_back();
    for (const StageShape& stage : sweep.stages) {
      StageMemory& m = memory.emplace_back();
      if (stage.capacity > 0) m.ring = take(row_bytes * stage.capacity);
      if (stage.op == Op::tail && shape.output_strips)
        for (void*& buffer : out.outputs) buffer = take(shape.out_stride * shape.spec.scale * shape.tail_rows);
      if (stage.op == Op::barrier) m.sums = floats(sum * unit_count(shape.width, shape.height, stage.step_rows, cell));
      if (stage.cell) {
        const std::size_t count = static_cast<std::size_t>(stage.step_rows / cell + 2) * across;
        m.sums = floats(sum * count);
        m.states = floats(state * count);
      }
      if (stage.op == Op::windows) {
        const int windows = (shape.width + stage.shift + stage.window - 1) / stage.window;
        // A step may begin and end inside the first and the last row of windows.
        m.sums = floats(sum * (stage.step_rows / stage.window + 2) * windows);
        m.states = floats(state * windows * stage.window_rows);
      }
    }
    most = std::max(most, arena.used());
  }
  arena.rewind(most);
  return out;
}

std::size_t layout_bytes(const RunShape& shape, const DeviceCosts& costs, bool whole_map) {
  Arena counting;
  lay_out(shape, costs, whole_map, counting);
  return (counting.used() + kAlignment - 1) / kAlignment * kAlignment;
}

}  // namespace nalasr::cuda
