// The GPU's schedule, memory plan and map placement: pure numbers, so every machine tests them.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "engine/cuda/device_plan.h"
#include "engine/cuda/placement.h"
#include "engine/sweep.h"

namespace nalasr::cuda {
namespace {

ModelSpec spec_with(std::vector<int> windows) {
  ModelSpec s;
  s.blocks = static_cast<int>(windows.size());
  s.group = 2;
  for (const int w : windows) s.scopes.push_back({w});
  return s;
}

/// Walks a schedule as the device would and checks that every row a step reads is there and still itself.
void check_sweep(const SweepShape& sweep, int height) {
  std::vector<int> done(sweep.stages.size(), 0);
  constexpr int kBefore = -1;             // the map of the sweep before
  std::vector<int> map(height, kBefore);  // the stage whose output each row holds
  int finished = 0;                       // rows of the map that may have been given back
  for (const Step& step : sweep.steps) {
    const StageShape& s = sweep.stages[step.stage];
    ASSERT_EQ(step.rows.first, done[step.stage]);
    ASSERT_LT(step.rows.first, step.rows.last);
    ASSERT_LE(step.rows.last - step.rows.first, s.step_rows);
    EXPECT_TRUE(s.op != Op::barrier || step.rows.first % 8 == 0);
    const int first = std::max(0, step.rows.first - s.halo), last = std::min(height, step.rows.last + s.halo);
    const StageShape* source = step.stage > 0 ? &sweep.stages[step.stage - 1] : nullptr;
    EXPECT_LE(last, source ? done[step.stage - 1] : height) << "rows that do not exist yet";
    const bool reads_map = source ? source->in_map : sweep.reads_map();
    if (reads_map) {
      EXPECT_FALSE(s.in_map) << "blocks of one kernel would overwrite each other's input";
      for (int y = first; y < last; ++y) EXPECT_EQ(map[y], source ? step.stage - 1 : kBefore) << "row " << y;
    } else if (source) {
      EXPECT_GE(first, done[step.stage - 1] - source->capacity) << "rows that were overwritten";
    }
    if (s.op == Op::attend && s.window) {
      const int row = (step.rows.first + s.shift) / s.window;
      EXPECT_EQ(row, (step.rows.last - 1 + s.shift) / s.window) << "one row of windows at a time";
      const int newest = (done[step.stage - 1] - 1 + s.shift) / s.window;
      EXPECT_LT(newest - row, sweep.stages[step.stage - 1].window_rows) << "states that were overwritten";
    }
    done[step.stage] = step.rows.last;
    if (s.in_map) std::fill(map.begin() + step.rows.first, map.begin() + step.rows.last, step.stage);
    const MapUse use = map_use(sweep, step, height);
    if (reads_map || s.in_map) {
      EXPECT_GE(use.touched, reads_map ? last : step.rows.last);
      EXPECT_GE(reads_map ? first : step.rows.first, finished) << "rows that had been given back";
    }
    finished = std::max(finished, use.finished);
  }
  for (const int rows : done) EXPECT_EQ(rows, height);
  EXPECT_EQ(finished, sweep.reads_map() || sweep.writes_map() ? height : 0);
}

TEST(GpuSchedule, EveryRowIsThereWhenItIsRead) {
  for (const auto& windows : std::vector<std::vector<int>>{{0, 0, 0}, {32, 32, 0, 32, 32, 32}, {8, 0, 8, 8}, {32}, {0}})
    for (const int height : {1, 2, 7, 8, 9, 31, 64, 100, 333})
      for (const int strip : {8, 16, 40, 1000})
        for (const int tail : {8, 16})
          for (int i = 0; i < sweep_count(spec_with(windows)); ++i) {
            SCOPED_TRACE("height " + std::to_string(height) + ", strips of " + std::to_string(strip) + ", sweep " +
                         std::to_string(i));
            check_sweep(shape_sweep(spec_with(windows), i, height, strip, std::min(tail, strip)), height);
          }
}

/// Neither a first strip that is shorter, so that rings are, nor the rows that halos hold back may leave a few rows for
/// steps of their own: to a GPU they are as long as others.
TEST(GpuSchedule, NoMoreStepsThanThePictureHasStrips) {
  const ModelSpec spec = spec_with({0, 0, 0, 0});
  for (const int strip : {64, 104, 272})
    for (int height = 9; height < 1200; ++height)
      for (int i = 0; i + 1 < sweep_count(spec); ++i) {
        const SweepShape sweep = shape_sweep(spec, i, height, strip, strip);
        for (int stage = 0; stage < static_cast<int>(sweep.stages.size()); ++stage) {
          const auto steps =
              std::count_if(sweep.steps.begin(), sweep.steps.end(), [&](const Step& s) { return s.stage == stage; });
          ASSERT_EQ(steps, (height - 8 + strip - 1) / strip)
              << "height " << height << ", strips of " << strip << ", sweep " << i << ", stage " << stage;
        }
      }
}

DeviceRequest request_of(int width, int height) {
  DeviceRequest r;
  r.spec = spec_with(std::vector<int>(12, 0));
  r.spec.group = 4;
  r.width = width;
  r.height = height;
  r.picture_row_bytes = 3 * width;
  r.sample = Sample::u8;
  r.costs = {.free_bytes = 16ull << 30, .weight_bytes = 2 << 20, .element_bytes = 2};
  r.costs.scratch_bytes = [](int, int) { return std::uint64_t{0}; };
  return r;
}

/// The strips that fill a large GPU, and yet no more memory than was asked.
TEST(GpuPlan, FullHdFitsTheAim) {
  DeviceRequest r = request_of(1920, 1080);
  r.costs.units_at_once = 396;
  const auto plan = plan_device(r);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->memory.map_chunks, 0);
  EXPECT_EQ(plan->strip_rows, 104);
  const std::uint64_t input = 1920ull * 1080 * 3, output = 16 * input;
  EXPECT_LT(plan->memory.bytes + input + output, 420ull << 20) << "with both pictures of bench_gpu on the device";
}

/// Sums of cells take memory whatever the strips: these are as tall with them as without.
TEST(GpuPlan, CellsMakeStripsNoShorter) {
  DeviceRequest r = request_of(1920, 1080);
  r.costs.units_at_once = 396;
  for (int i = 0; i < r.spec.blocks; ++i) r.spec.scopes[i].cell = i % 4 < 3 ? 32 : 0;
  const auto plan = plan_device(r);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->strip_rows, 104);
}

/// The FFN of a block that closes a group writes into the map: no third ring.
TEST(GpuSchedule, GroupsNeedNoMoreRings) {
  const ModelSpec spec = spec_with({0, 0, 0, 0});
  for (int i = 1; i < sweep_count(spec); ++i) {
    int rows = 0;
    for (const StageShape& s : shape_sweep(spec, i, 1000, 104, 40).stages) rows += s.capacity;
    EXPECT_EQ(rows, 104 + 4 + 104 + 2) << "sweep " << i;
  }
}

TEST(GpuPlan, StripsFillTheDeviceWhereTheMapIsLargeBesideThem) {
  DeviceRequest r = request_of(3840, 2160);  // 60 units across
  const int before = plan_device(r)->strip_rows;
  r.costs.units_at_once = 396;
  const auto plan = plan_device(r);
  EXPECT_EQ(plan->strip_rows, 2 * 396 / 60 * 8);
  EXPECT_GT(plan->strip_rows, before);
  EXPECT_LE(3 * plan->working_bytes, plan->map_bytes);

  // Not quite: shorter strips before parts of the map move.
  r.costs.free_bytes = plan->memory.bytes - r.costs.weight_bytes + (256 << 20) - 1;
  const auto tight = plan_device(r);
  EXPECT_LT(tight->strip_rows, plan->strip_rows);
  EXPECT_EQ(tight->memory.host_chunks, 0);

  DeviceRequest small = request_of(1280, 720);
  const DeviceChoice usual = *plan_device(small);
  small.costs.units_at_once = 396;
  EXPECT_EQ(plan_device(small)->strip_rows, usual.strip_rows) << "a wave would take half of the map";
  r = request_of(3840, 2160);
  r.spec = spec_with(std::vector<int>(12, 32));
  r.costs.units_at_once = 396;
  EXPECT_EQ(plan_device(r)->strip_rows, before) << "windows gain nothing";
}

TEST(GpuPlan, BudgetMovesTheMapToTheHostAndThenRefuses) {
  DeviceRequest r = request_of(1920, 1080);
  std::uint64_t last_pinned = 0;
  for (const int mebibytes : {400, 256, 128, 64}) {
    r.budget = static_cast<std::uint64_t>(mebibytes) << 20;
    const auto plan = plan_device(r);
    ASSERT_TRUE(plan) << mebibytes << " MiB: " << plan.error().message;
    EXPECT_LE(plan->memory.bytes, *r.budget);
    EXPECT_GE(plan->memory.pinned_bytes, last_pinned);
    last_pinned = plan->memory.pinned_bytes;
  }
  r.budget = 1 << 20;
  const auto refused = plan_device(r);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::out_of_memory);
  // The bytes it names are enough.
  const std::string& message = refused.error().message;
  r.budget = std::stoull(message.substr(message.find('(') + 1));
  EXPECT_TRUE(plan_device(r));
  r.budget = *r.budget - 1;
  EXPECT_FALSE(plan_device(r));
}

TEST(GpuPlan, FreeMemoryBindsLikeABudget) {
  DeviceRequest r = request_of(7680, 4320);
  EXPECT_EQ(plan_device(r)->memory.map_chunks, 0);
  r.costs.free_bytes = 4ull << 30;
  const auto plan = plan_device(r);
  ASSERT_TRUE(plan) << plan.error().message;
  EXPECT_GT(plan->memory.host_chunks, 0);
  EXPECT_LT(plan->memory.bytes, r.costs.free_bytes);
  EXPECT_LT(plan->memory.host_chunks, plan->memory.map_chunks / 2) << "as few as necessary";
}

/// Shared chunks never hold two that a step needs at once.
TEST(GpuPlan, StreamedChunksDoNotCollide) {
  for (const int mebibytes : {200, 100, 60}) {
    DeviceRequest r = request_of(1000, 1500);
    r.budget = static_cast<std::uint64_t>(mebibytes) << 20;
    const auto plan = plan_device(r);
    ASSERT_TRUE(plan) << plan.error().message;
    if (plan->memory.map_chunks == 0) continue;
    const RunShape shape(r.spec, r.width, r.height, r.picture_row_bytes, r.sample, true, plan->strip_rows);
    const MapPlacement placement(plan->memory.map_chunks, plan->memory.host_chunks, plan->memory.ring_chunks);
    EXPECT_EQ(static_cast<int>(placement.streamed.size()), plan->memory.host_chunks);
    const std::size_t row = map_row_bytes(shape, r.costs), chunk = std::size_t{2} << 20;
    for (const SweepShape& sweep : shape.sweeps) {
      int finished = 0;
      for (const Step& step : sweep.steps) {
        const MapUse use = map_use(sweep, step, r.height);
        std::vector<int> owner(placement.ring, -1);
        for (const int c : placement.streamed) {
          if (c * chunk >= row * use.touched || (c + 1) * chunk <= row * finished) continue;
          EXPECT_EQ(owner[placement.physical[c]], -1) << "chunks " << owner[placement.physical[c]] << " and " << c;
          owner[placement.physical[c]] = c;
        }
        finished = std::max(finished, use.finished);
      }
    }
  }
}

}  // namespace
}  // namespace nalasr::cuda
