#include "engine/sweep.h"

#include <numeric>
#include <optional>

#include "engine/block_stages.h"
#include "nn/spec.h"

namespace nalasr {
namespace {

/// Indices of the blocks that begin a sweep.
std::vector<int> first_blocks(const ModelSpec& spec, Barriers barriers) {
  std::vector<int> blocks;
  for (int i = 0; i < spec.blocks; ++i)
    if (barriers == Barriers::every_block || spec.scopes[i].needs_barrier()) blocks.push_back(i);
  return blocks;
}

struct Sweep {
  std::vector<std::unique_ptr<Stage>> stages;

  template <typename T, typename... Args>
  T& add(Args&&... args) {
    auto stage = std::make_unique<T>(std::forward<Args>(args)...);
    T& ref = *stage;
    stages.push_back(std::move(stage));
    return ref;
  }
};

/// Lays sweep `index` out in `arena`. `current` belongs to its first block, `next` to the next sweep's.
Sweep build_sweep(const SweepContext& c, Arena& arena, int index, const PictureView& picture, ResidentMap* map,
                  const LayerSums* current, LayerSums* next, const RowSink& sink) {
  const Barriers barriers = cpu_barriers(c.spec);
  const auto [first, last] = blocks_of_sweep(c.spec, index, barriers);
  Sweep sweep;
  const RowRing* x = index == 0 ? &sweep.add<HeadStage>(c, arena, picture, nullptr).out() : nullptr;
  for (int block = first; block < last; ++block) {
    const int window = c.spec.scopes[block].window, shift = window_shift(c.spec, block);
    RowSource source{.map = map};
    if (x) source = {.ring = &sweep.add<CpeStage>(c, arena, block, *x).out()};
    const RowRing& values = sweep.add<ValueStage>(c, arena, block, source, window, shift).out();
    const RowRing& merged = sweep.add<AttendStage>(c, arena, block, source, values, current).out();
    x = &sweep.add<FfnStage>(c, arena, block, merged).out();
    if (c.spec.closes_group(block)) x = &sweep.add<GroupConvStage>(c, arena, block / c.spec.group, *x).out();
  }
  if (last < c.spec.blocks) {
    sweep.add<BarrierStage>(c, arena, last, *x, map, next);
  } else {
    x = &sweep.add<HeadStage>(c, arena, picture, x).out();
    sweep.add<TailStage>(c, arena, picture, *x, sink);
  }
  return sweep;
}

/// What one stage does in a step.
struct Work {
  Stage* stage;
  int until;
};

void run_step(const SweepContext& c, const std::vector<Work>& works) {
  std::vector<Loop> loops;  // the last stages first, which have the largest items
  for (auto work = works.rbegin(); work != works.rend(); ++work)
    loops.push_back(work->stage->produce(work->stage->done, work->until));
  c.pool->run(loops);
  for (const auto& [stage, until] : works) {
    stage->finish(stage->done, until);
    stage->done = until;
  }
}

/// Drives the stages until the last one has made every row, or until something ends the run.
///
/// Overlapped, all stages of a step run at once, each from what the one before it had made until then: threads wait for
/// each other once a step, with small items left to fill the time. Otherwise a stage takes what the one before it has
/// made just now.
RunOutcome run_sweep(const SweepContext& c, Sweep& sweep, const std::function<void(double)>& progress,
                     const std::stop_token& stop) {
  while (sweep.stages.back()->done < c.height) {
    if (stop.stop_requested()) return RunOutcome::stopped;
    int rows = c.strip_rows;  // the same for all, or a stage would fall behind by more than its ring holds
    for (const auto& stage : sweep.stages) rows = std::min(rows, stage->most_rows());
    int input_rows = c.height, total = 0;  // the first stage reads the map or the picture, which are complete
    std::vector<Work> works;
    for (const auto& stage : sweep.stages) {
      const int until = std::min(stage->ready(input_rows, c.height), stage->done + rows);
      input_rows = c.overlapped() ? stage->done : until;
      total += until;
      if (until > stage->done) works.push_back({stage.get(), until});
      if (c.overlapped() || works.empty()) continue;
      run_step(c, works);
      works.clear();
    }
    if (!works.empty()) run_step(c, works);
    if (!std::ranges::all_of(sweep.stages, [](const auto& stage) { return stage->finite(); }))
      return RunOutcome::overflowed;
    progress(static_cast<double>(total) / (static_cast<double>(c.height) * sweep.stages.size()));
  }
  return RunOutcome::finished;
}

}  // namespace

Barriers cpu_barriers(const ModelSpec& spec) {
  return first_blocks(spec, Barriers::global_layers).empty() ? Barriers::global_layers : Barriers::every_block;
}

std::pair<int, int> blocks_of_sweep(const ModelSpec& spec, int index, Barriers barriers) {
  const std::vector<int> starts = first_blocks(spec, barriers);
  const int first = index == 0 ? 0 : starts[index - 1];
  const int last = index < static_cast<int>(starts.size()) ? starts[index] : spec.blocks;
  return {first, last};
}

int sweep_count(const ModelSpec& spec, Barriers barriers) {
  return static_cast<int>(first_blocks(spec, barriers).size()) + 1;
}

double sweep_cost(const ModelSpec& spec, int index, Barriers barriers) {
  const double c = spec.dim, hidden = spec.hidden(), d = spec.head_dim();
  const double state = 2 * d * c;  // one pass of features against S
  const auto [first, last] = blocks_of_sweep(spec, index, barriers);
  double macs = index == 0 ? 27 * c : 0;
  for (int i = first; i < last; ++i) {
    macs += 3 * c * c + state + 25 * c + c * c + 18 * c + 2 * c * hidden + 9 * hidden;
    if (!spec.scopes[i].needs_barrier()) macs += 2 * c * c + state;
    if (spec.closes_group(i)) macs += 9 * c * c;
  }
  if (last < spec.blocks) return macs + 9 * c + (spec.scopes[last].needs_barrier() ? 2 * c * c + state : 0);
  return macs + 27 * c + 27 * c * spec.scale * spec.scale;
}

std::size_t arena_bytes(const SweepContext& context) {
  std::size_t most = 0;
  const PictureView no_picture;
  const RowSink no_sink;
  for (int i = 0; i < sweep_count(context.spec, cpu_barriers(context.spec)); ++i) {
    Arena counting;
    build_sweep(context, counting, i, no_picture, nullptr, nullptr, nullptr, no_sink);
    most = std::max(most, counting.used());
  }
  return most;
}

std::size_t fixed_bytes(const SweepContext& c) {
  std::size_t windows = 0;  // of the sweep that has the most
  for (int i = 0; i < sweep_count(c.spec, cpu_barriers(c.spec)); ++i) {
    const auto [first, last] = blocks_of_sweep(c.spec, i, cpu_barriers(c.spec));
    std::size_t bytes = 0;
    for (int block = first; block < last; ++block)
      if (const int side = std::max(c.spec.scopes[block].window, c.spec.scopes[block].cell))
        bytes += ((c.width + window_shift(c.spec, block) + side - 1) / side) * cpu::NalaState::bytes(c.nala);
    windows = std::max(windows, bytes);
  }
  const int cell = cell_of(c.spec);
  const std::size_t cells = cell ? 2 * cpu::CellSums::bytes(c.nala, cell, c.height, c.width) : 0;
  const int tables = near_counts_otherwise(c.spec) ? 2 : 1;
  return 2 * cpu::NalaState::bytes(c.nala) + tables * cpu::RotaryTable::bytes(c.nala, c.height, c.width) +
         c.scratch_floats() * c.threads * sizeof(float) + windows + cells;
}

RunOutcome run_network(const PackedNetwork& network, const PictureView& picture, int strip_rows, ThreadPool& pool,
                       const RowSink& sink, const std::function<void(int, double)>& progress, std::stop_token stop) {
  SweepContext c{.network = &network,
                 .spec = network.spec,
                 .nala = network.nala,
                 .width = picture.width,
                 .height = picture.height,
                 .strip_rows = std::min(strip_rows, picture.height),
                 .threads = pool.size(),
                 .pool = &pool};
  const cpu::RotaryTable rotary(c.nala, c.height, c.width);
  std::optional<cpu::RotaryTable> near_rotary;
  if (near_counts_otherwise(c.spec)) near_rotary.emplace(c.nala.nearby(), c.height, c.width);
  Buffer<float> scratch(c.scratch_floats() * c.threads);
  c.rotary = &rotary;
  c.near_rotary = near_rotary ? &*near_rotary : &rotary;
  c.scratch = scratch.data();

  const Barriers barriers = cpu_barriers(c.spec);
  const int sweeps = sweep_count(c.spec, barriers);
  ResidentMap map(c.width, sweeps > 1 ? c.height : 0, c.dim(), network.half_map);
  Buffer<std::byte> rings = Buffer<std::byte>::in_huge_pages(arena_bytes(c));
  const auto no_sums = [&] {
    LayerSums sums{.whole = cpu::NalaState(c.nala, network.bf16_products), .cells = {}};
    if (const int cell = cell_of(c.spec)) sums.cells.emplace(c.nala, cell, c.height, c.width);
    return sums;
  };
  LayerSums current = no_sums(), next = no_sums();

  double total = 0, finished = 0;
  for (int i = 0; i < sweeps; ++i) total += sweep_cost(c.spec, i, barriers);
  for (int i = 0; i < sweeps; ++i) {
    Arena arena(rings.data());
    next.whole.clear();
    Sweep sweep = build_sweep(c, arena, i, picture, &map, &current, &next, sink);
    const double cost = sweep_cost(c.spec, i, barriers);
    const auto report = [&](double part) {
      if (progress) progress(i, (finished + cost * part) / total);
    };
    if (const RunOutcome outcome = run_sweep(c, sweep, report, stop); outcome != RunOutcome::finished) return outcome;
    finished += cost;
    const int following = blocks_of_sweep(c.spec, i, barriers).second;
    if (following == c.spec.blocks || !c.spec.scopes[following].needs_barrier()) continue;
    const double tokens = static_cast<double>(c.width) * c.height;
    if (c.spec.scopes[following].is_global() && !next.whole.finalise(tokens)) return RunOutcome::overflowed;
    std::swap(current, next);
  }
  return RunOutcome::finished;
}

}  // namespace nalasr
