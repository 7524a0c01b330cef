// The strip executor: a run is a few sweeps over the picture. Each sweep is a chain of stages between two barriers,
// where the feature map is complete and a layer's global sums become final.
#pragma once

#include <memory>
#include <stop_token>
#include <utility>
#include <vector>

#include "engine/edge_stages.h"
#include "engine/stage.h"
#include "nalasr/upscaler.h"

namespace nalasr {

/// Where sweeps end: before each global layer, whose sums must be final, or before every block.
enum class Barriers { global_layers, every_block };
/// What the CPU does. A network with a global layer has a map that holds the picture anyway. Read from there, windows
/// need no rings as high as they are, and the rows of a single block's sweep fit the cache. Without a global layer
/// there is no map, and memory does not grow with the picture's height.
Barriers cpu_barriers(const ModelSpec& spec);
/// Number of sweeps of a network: its barriers + 1.
int sweep_count(const ModelSpec& spec, Barriers barriers = Barriers::global_layers);
/// Blocks [first, last) that sweep `index` computes.
std::pair<int, int> blocks_of_sweep(const ModelSpec& spec, int index, Barriers barriers = Barriers::global_layers);
/// Multiply-accumulates per token of sweep `index`; their ratio is what progress and estimates are made of.
double sweep_cost(const ModelSpec& spec, int index, Barriers barriers = Barriers::global_layers);
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
