#include "engine/cuda/device_plan.h"

#include <algorithm>
#include <string>

#include "base/text.h"
#include "engine/cuda/placement.h"
#include "nn/spec.h"

namespace nalasr::cuda {
namespace {

constexpr std::uint64_t kHeadRoom = 256 << 20;
// Strips that keep every multiprocessor busy while their maps stay in the L2 cache of today's large GPUs. Kernels that
// need scratch memory read and write more per token.
constexpr int kStripTokens = 128 * 1024, kStripTokensWithScratch = 48 * 1024;

// Taller strips are faster where their units fill the device a whole number of times. They may take such a share of
// what the map takes (104 rows of 1080: 25.04%).
constexpr int kMostWaves = 4, kWorkPercent = 26;

RunShape shape_of(const DeviceRequest& r, int strip_rows) {
  return {r.spec, r.width, r.height, r.picture_row_bytes, r.sample, r.output_strips, strip_rows};
}

std::uint64_t map_bytes(const DeviceRequest& r, const RunShape& shape) {
  return shape.sweeps.size() > 1 ? map_row_bytes(shape, r.costs) * shape.height : 0;
}

/// Rows of the strips whose waves have the fewest places empty, of those that are not too large beside the map; 0 where
/// there are none. Windows are another matter: their blocks are as large as a processor.
int rows_of_waves(DeviceRequest r) {
  const int cell = cell_of(r.spec);
  for (AttentionScope& scope : r.spec.scopes) {
    if (scope.window > 0) return 0;
    scope.cell = 0;  // the sums of cells, which any strips need, are not to count
  }
  int best = 0, best_waves = 1;
  for (int waves = 1; waves <= kMostWaves; ++waves) {
    const int rows = waves * r.costs.units_at_once / units_across(r.width, r.height, cell) * kUnitRows;
    if (rows * best_waves <= best * waves || rows > r.height) continue;  // not fuller
    const RunShape shape = shape_of(r, rows);
    if (100 * layout_bytes(shape, r.costs, false) > kWorkPercent * map_bytes(r, shape)) break;
    best = rows, best_waves = waves;
  }
  return best;
}

int preferred_strip_rows(const DeviceRequest& r) {
  const int tokens = r.costs.scratch_bytes(r.width, kUnitRows) > 0 ? kStripTokensWithScratch : kStripTokens;
  const int all = (r.height + kUnitRows - 1) / kUnitRows * kUnitRows;
  return std::max(rows_of_waves(r), std::clamp(tokens / r.width / kUnitRows * kUnitRows, kUnitRows, all));
}

/// `host` of the map's chunks in host memory; −1: the map in one piece.
DeviceChoice choice_with(const DeviceRequest& r, const RunShape& shape, int host) {
  DeviceChoice c;
  c.strip_rows = shape.strip_rows;
  c.map_bytes = map_bytes(r, shape);
  c.working_bytes = layout_bytes(shape, r.costs, false);
  c.memory.bytes = r.costs.weight_bytes + layout_bytes(shape, r.costs, host < 0);
  if (r.output_strips)
    c.memory.pinned_bytes = 2 * (shape.out_stride * shape.spec.scale * shape.tail_rows + sizeof(std::uint32_t));
  if (host < 0) return c;
  c.memory.map_chunks = map_chunks(shape, r.costs);
  c.memory.host_chunks = host;
  c.memory.ring_chunks = ring_chunks(shape, r.costs, host);
  c.memory.bytes += (c.memory.map_chunks - host + c.memory.ring_chunks) * r.costs.chunk_bytes;
  c.memory.pinned_bytes += host * r.costs.chunk_bytes;
  return c;
}

/// The plan of such strips with the least of the map in host memory; the smallest there is where nothing fits.
DeviceChoice fit(const DeviceRequest& r, int strip_rows, std::uint64_t limit) {
  const RunShape shape = shape_of(r, strip_rows);
  DeviceChoice whole = choice_with(r, shape, -1);
  if (whole.memory.bytes <= limit || whole.map_bytes == 0) return whole;
  int low = 0, high = map_chunks(shape, r.costs);  // `high` is the answer's upper bound
  while (low + 1 < high) {
    const int middle = (low + high) / 2;
    (choice_with(r, shape, middle).memory.bytes <= limit ? high : low) = middle;
  }
  return choice_with(r, shape, high);
}

}  // namespace

Result<DeviceChoice> plan_device(const DeviceRequest& r) {
  const std::uint64_t available =
      r.costs.weight_bytes + (r.costs.free_bytes > kHeadRoom ? r.costs.free_bytes - kHeadRoom : 0);
  const std::uint64_t limit = std::min(available, r.budget.value_or(available));
  const int preferred = r.strip_rows > 0 ? r.strip_rows : preferred_strip_rows(r);
  DeviceChoice best = fit(r, preferred, limit);
  for (int rows = preferred; best.memory.bytes > limit || best.memory.host_chunks > 0;) {
    if (r.strip_rows > 0 || rows <= kUnitRows) break;
    // Short strips leave multiprocessors idle; that costs more than copies of a minor part of the map.
    if (best.memory.bytes <= limit && rows <= preferred / 2 && 2 * best.memory.host_chunks <= best.memory.map_chunks)
      break;
    rows = std::max(kUnitRows, rows / 2 / kUnitRows * kUnitRows);
    best = fit(r, rows, limit);
  }
  if (best.memory.bytes <= limit) return best;
  const bool budget_binds = r.budget && *r.budget <= available;
  return Error{ErrorCode::out_of_memory,
               "needs " + format_bytes(best.memory.bytes) + " (" + std::to_string(best.memory.bytes) +
                   " bytes) of GPU memory, " + (budget_binds ? "the budget is " : "there is ") + format_bytes(limit),
               budget_binds ? "raise --memory-budget" : "close other programs that use the GPU, or use --device cpu"};
}

}  // namespace nalasr::cuda
