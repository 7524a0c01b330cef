// A stage of a sweep: takes rows of the stage before it and makes rows of its own, top to bottom.
//
// Stages declare their geometry (halo, or readiness for windows); the sweep sums it. A stage keeps what its
// successor still needs in its own RowRing, so nothing is computed twice and no row is ever asked for again.
#pragma once

#include <algorithm>
#include <functional>
#include <limits>
#include <optional>

#include "base/thread_pool.h"
#include "engine/arena.h"
#include "engine/packed_network.h"
#include "engine/row_ring.h"
#include "kernels/cpu/cells.h"
#include "kernels/cpu/nala.h"

namespace nalasr {

/// What a sweep leaves to the next: sums over the keys and values of its first block, by whole picture or by cells.
struct LayerSums {
  cpu::NalaState whole;
  std::optional<cpu::CellSums> cells;
};

/// What all stages of a run share. `network` is null while a plan only counts memory.
struct SweepContext {
  const PackedNetwork* network = nullptr;
  ModelSpec spec;
  NalaParams nala;
  int width = 0, height = 0;  ///< of the low-resolution picture
  int strip_rows = 1;
  int threads = 1;
  ThreadPool* pool = nullptr;
  const cpu::RotaryTable *rotary = nullptr, *near_rotary = nullptr;  ///< of global blocks and of all others
  float* scratch = nullptr;                                          ///< threads × scratch_floats()

  [[nodiscard]] int dim() const { return cpu::pad_channels(spec.dim); }
  [[nodiscard]] int hidden() const { return cpu::pad_channels(spec.hidden()); }
  [[nodiscard]] int head_columns() const { return nala.heads * cpu::pad_channels(nala.head_dim); }
  [[nodiscard]] const cpu::RotaryTable& rotary_of(int block) const {
    return *(spec.scopes[block].is_global() ? rotary : near_rotary);
  }
  /// Floats of scratch that one thread needs for a tile in any stage.
  [[nodiscard]] std::size_t scratch_floats() const;
  /// Whether the stages of a sweep make rows at the same time (run_sweep). Not for windows without a map, whose rings
  /// are high anyway, and not where the plan had to save every row.
  [[nodiscard]] bool overlapped() const;
  /// Rows a ring needs so that its producer and a consumer with `halo` may each be a strip's height further than the
  /// other has seen.
  [[nodiscard]] int ring_rows(int halo) const { return (overlapped() ? 2 : 1) * strip_rows + 2 * halo; }
  /// body(y, x0, tokens, scratch of the thread) for every tile of rows [y0, y1).
  [[nodiscard]] Loop for_tiles(int y0, int y1,
                               std::function<void(int y, int x0, int tokens, float* scratch)> body) const;
};

class Stage {
 public:
  explicit Stage(int halo) : halo_(halo) {}
  virtual ~Stage() = default;
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  /// How many rows can be finished once `input_rows` rows of the input exist.
  [[nodiscard]] virtual int ready(int input_rows, int height) const {
    return input_rows >= height ? height : std::max(0, input_rows - halo_);
  }
  /// How many rows may be made at once, however many are ready.
  [[nodiscard]] virtual int most_rows() const { return std::numeric_limits<int>::max(); }
  /// What makes rows [y0, y1), whose inputs exist. It touches nothing that other stages make at the same time.
  virtual Loop produce(int y0, int y1) = 0;
  /// What is left to do, in order, when the loop for rows [y0, y1) has ended.
  virtual void finish(int y0, int y1) {
    static_cast<void>(y0);
    static_cast<void>(y1);
  }

  /// False: sums that it made were not finite, so there is no picture worth keeping.
  [[nodiscard]] virtual bool finite() const { return true; }

  int done = 0;  ///< rows made so far

 protected:
  int halo_;
};

/// A stage that reads one ring and fills one of its own. `index` is its block, or its group.
class RingStage : public Stage {
 public:
  RingStage(int halo, const SweepContext& context, int index, const RowRing& in, RowRing out)
      : Stage(halo), context_(context), index_(index), in_(in), out_(out) {}
  [[nodiscard]] const RowRing& out() const { return out_; }

 protected:
  const SweepContext& context_;
  int index_;
  const RowRing& in_;
  RowRing out_;
};

}  // namespace nalasr
