// The stages of one NaLa block after its first positional convolution (design.md section 1):
//
//   ValueStage    LN, v projection                          x₁ → v
//   AttendStage   LN, attention, LePE, LN, gate, projection, residual    x₁, v → x₂         (halo 2 of v)
//   FfnStage      CPE₂, LN, fc1, GELU → [x₃ | y]; depthwise 3×3 of y, fc2, residual → x₄         (halo 2)
//   GroupConvStage  x + conv3×3(x) after a group's last block            (halo 1)
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "engine/resident_map.h"
#include "engine/stage.h"

namespace nalasr {

/// Where a stage reads x₁ from: the resident map or another stage's ring.
struct RowSource {
  const ResidentMap* map = nullptr;
  const RowRing* ring = nullptr;
  /// Tokens (y, x0..x0+tokens); `scratch` holds them if they must be converted.
  [[nodiscard]] const float* tile(int y, int x0, int tokens, float* scratch) const {
    return map ? map->read(y, x0, tokens, scratch) : ring->read(y) + static_cast<std::size_t>(x0) * ring->channels();
  }
};

/// v of every token, which LePE needs from two rows to either side. All else that attention needs of a row is made from
/// x₁ by AttendStage: a second layer norm costs less than three more rings.
class ValueStage : public Stage {
 public:
  /// `window`, `shift` as for AttendStage, 0 for global attention.
  ValueStage(const SweepContext& context, Arena& arena, int block, RowSource in, int window, int shift);

  /// With windows a row of v comes only when its row of windows is complete, so that AttendStage, which follows it
  /// closely, can make their states.
  [[nodiscard]] int ready(int input_rows, int height) const override;
  Loop produce(int y0, int y1) override;
  [[nodiscard]] const RowRing& out() const { return out_; }

 private:
  const SweepContext& context_;
  int block_, window_, shift_;
  RowSource in_;
  RowRing out_;
};

class AttendStage : public Stage {
 public:
  /// Global attention reads `sums`' final state. The states of a row of windows or of cells the stage makes itself,
  /// when it comes to it: of windows from `in`, of cells from `sums`.
  AttendStage(const SweepContext& context, Arena& arena, int block, RowSource in, const RowRing& values,
              const LayerSums* sums);

  /// No further than a row of windows or of cells goes: there is one set of states.
  [[nodiscard]] int most_rows() const override;
  Loop produce(int y0, int y1) override;
  [[nodiscard]] bool finite() const override { return finite_; }
  [[nodiscard]] const RowRing& out() const { return out_; }

 private:
  struct Tile {
    int x0, tokens, column;
  };
  void accumulate_windows(int row_of_windows);
  void gather_cells(int row_of_cells);
  void attend(int y, const Tile& tile, float* scratch);

  const SweepContext& context_;
  int block_, side_, shift_;  ///< of windows or cells; 0: one state for all
  int current_row_ = -1;      ///< of windows or cells, whose states there are
  RowSource in_;
  const RowRing& values_;
  const LayerSums* sums_;
  std::vector<cpu::NalaState> states_;
  std::vector<Tile> tiles_;
  std::atomic<bool> finite_ = true;  ///< all states so far
  float* partials_ = nullptr;
  RowRing out_;
};

/// The feed-forward network in columns as wide as a tile. A column keeps three rows of [x₃ | y] of its own, which stay
/// in the core's cache; whole rows of them would not. Neighbouring columns both make the token at either side of their
/// border.
class FfnStage : public RingStage {
 public:
  FfnStage(const SweepContext& context, Arena& arena, int block, const RowRing& in);
  Loop produce(int y0, int y1) override;

 private:
  struct Column {
    int x0, tokens;   ///< of x₄
    int first, last;  ///< tokens of y that those need
    RowRing rows;     ///< [x₃ | y]; token 0 is `first`
    int made = 0;     ///< rows so far
  };
  void make_hidden(Column& column, float* scratch);
  void make_rows(Column& column, int y0, int y1, float* scratch);

  std::vector<Column> columns_;
};

class GroupConvStage : public RingStage {
 public:
  GroupConvStage(const SweepContext& context, Arena& arena, int group, const RowRing& in);
  Loop produce(int y0, int y1) override;
};

}  // namespace nalasr
