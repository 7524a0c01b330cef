// The strip executor: a run is L + 1 sweeps over the picture (L = number of global attention layers). Each sweep is a
// chain of stages between two barriers, where a layer's global sums become final.
#pragma once

#include <memory>
#include <stop_token>
#include <utility>
#include <vector>

#include "engine/edge_stages.h"
#include "engine/stage.h"
#include "nalasr/upscaler.h"

namespace nalasr {

/// Number of sweeps of a network: its global layers + 1.
int sweep_count(const ModelSpec& spec);
/// Blocks [first, last) that sweep `index` computes. All but the first of them, or all in sweep 0, are windowed.
std::pair<int, int> blocks_of_sweep(const ModelSpec& spec, int index);
/// Multiply-accumulates per token of sweep `index`; their ratio is what progress and estimates are made of.
double sweep_cost(const ModelSpec& spec, int index);
/// Bytes of the arena that the largest sweep needs. `context.network` may be null.
std::size_t arena_bytes(const SweepContext& context);
/// Bytes of states, rotary tables and thread scratch.
std::size_t fixed_bytes(const SweepContext& context);

/// How a run ended. `overflowed`: a layer's sums were not finite, so there is no picture worth keeping.
enum class RunOutcome { finished, stopped, overflowed };

/// Runs the network on `picture` and hands finished rows to `sink`, top to bottom.
/// `progress` is told the sweep and how much of the work is done, 0..1.
RunOutcome run_network(const PackedNetwork& network, const PictureView& picture, int strip_rows, ThreadPool& pool,
                       const RowSink& sink, const std::function<void(int sweep, double fraction)>& progress,
                       std::stop_token stop);

}  // namespace nalasr
