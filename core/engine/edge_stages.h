// The stages at the ends of a sweep: where the picture comes in, where a sweep hands over to the next one, and where
// the upscaled picture goes out.
#pragma once

#include <functional>
#include <vector>

#include "engine/picture_rows.h"
#include "engine/resident_map.h"
#include "engine/stage.h"

namespace nalasr {

/// A few picture rows as floats, converted on demand: [rows][width + 2·kRowPadding][3].
class PictureWindow {
 public:
  PictureWindow(const SweepContext& context, Arena& arena, int rows);
  /// Rows [first, first + count) minus `offset`. Outside the picture: zeros, or the nearest pixel if `replicate`.
  void load(const PictureView& picture, int first, int count, float offset, bool replicate);
  /// Pixel 0 of row `y`.
  [[nodiscard]] const float* row(int y) const {
    return data_ + static_cast<std::size_t>(y - first_) * stride_ + 3 * kRowPadding;
  }

 private:
  float* data_ = nullptr;
  std::size_t stride_ = 0;
  int first_ = 0;
};

/// The first convolution; with `skip` it is added to rows of x (the long skip, recomputed instead of stored).
class HeadStage : public Stage {
 public:
  HeadStage(const SweepContext& context, Arena& arena, const PictureView& picture, const RowRing* skip);
  Loop produce(int y0, int y1) override;
  [[nodiscard]] const RowRing& out() const { return out_; }

 private:
  const SweepContext& context_;
  const PictureView& picture_;
  const RowRing* skip_;
  PictureWindow window_;
  RowRing out_;
};

/// x + CPE₁(x) of a windowed block that no barrier precedes.
class CpeStage : public RingStage {
 public:
  CpeStage(const SweepContext& context, Arena& arena, int block, const RowRing& in);
  Loop produce(int y0, int y1) override;
};

/// The end of a sweep: x₁ = x + CPE₁(x) of the next block goes to the resident map, and, if that block's attention is
/// global, its keys and values into the layer's state (windows make their sums from the map). Rows of the map that this
/// sweep still reads lie ahead of those it writes.
class BarrierStage : public Stage {
 public:
  BarrierStage(const SweepContext& context, Arena& arena, int block, const RowRing& in, ResidentMap* map,
               LayerSums* next);
  Loop produce(int y0, int y1) override;
  void finish(int y0, int y1) override;

 private:
  Loop store_and_sum(int y0, int y1);
  Loop store_and_sum_cells(int y0, int y1);
  /// Stores and sums tokens [begin, end) of row `y`.
  void sum_segment(int y, int begin, int end, cpu::Partial& partial, float* scratch);

  const SweepContext& context_;
  int block_;
  const RowRing& in_;
  ResidentMap* map_;
  LayerSums* next_;
  float* sums_ = nullptr;
  std::vector<cpu::Partial> partials_;  ///< of the rows being made
};

/// Receives finished output rows [first, first + rows), RGB floats, `width·scale` pixels each, not clamped.
using RowSink = std::function<void(int first, int rows, const float* rgb)>;

/// Tail convolution, pixel shuffle and the interpolated input.
class TailStage : public Stage {
 public:
  TailStage(const SweepContext& context, Arena& arena, const PictureView& picture, const RowRing& in,
            const RowSink& sink);
  Loop produce(int y0, int y1) override;
  void finish(int y0, int y1) override;

 private:
  const SweepContext& context_;
  const PictureView& picture_;
  const RowRing& in_;
  const RowSink& sink_;
  PictureWindow window_;
  std::vector<float> phases_;  ///< [scale][5]: Keys cubic weights of each sub-pixel position
  float* out_;
};

}  // namespace nalasr
