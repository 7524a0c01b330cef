// A stage of a sweep: takes rows of the stage before it and makes rows of its own, top to bottom.
//
// Stages declare their geometry (halo, or readiness for windows); the sweep sums it. A stage keeps what its
// successor still needs in its own RowRing, so nothing is computed twice and no row is ever asked for again.
#pragma once

#include <algorithm>
#include <functional>

#include "base/thread_pool.h"
#include "engine/arena.h"
#include "engine/packed_network.h"
#include "engine/row_ring.h"
#include "kernels/cpu/nala.h"

namespace nalasr {

/// What all stages of a run share. `network` is null while a plan only counts memory.
struct SweepContext {
  const PackedNetwork* network = nullptr;
  ModelSpec spec;
  NalaParams nala;
  int width = 0, height = 0;  ///< of the low-resolution picture
  int strip_rows = 1;
  int threads = 1;
  ThreadPool* pool = nullptr;
  const cpu::RotaryTable* rotary = nullptr;
  float* scratch = nullptr;  ///< threads × scratch_floats()

  [[nodiscard]] int dim() const { return cpu::pad_channels(spec.dim); }
  [[nodiscard]] int hidden() const { return cpu::pad_channels(spec.hidden()); }
  [[nodiscard]] int head_columns() const { return nala.heads * cpu::pad_channels(nala.head_dim); }
  /// Floats of scratch that one thread needs for a tile in any stage.
  [[nodiscard]] std::size_t scratch_floats() const;
  /// Calls body(y, x0, tokens, scratch of the thread) for every tile of rows [y0, y1).
  void for_tiles(int y0, int y1, const std::function<void(int y, int x0, int tokens, float* scratch)>& body) const;
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
  /// Makes rows [y0, y1); their inputs exist.
  virtual void produce(int y0, int y1) = 0;

  int done = 0;  ///< rows made so far

 protected:
  int halo_;
};

/// Rows a ring needs so that a producer may run `strip` rows ahead of a consumer with `halo`.
constexpr int ring_rows(int strip, int halo) { return strip + 2 * halo; }

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
