#include "engine/edge_stages.h"

#include "engine/stage_ops.h"
#include "kernels/interpolation.h"

namespace nalasr {

using cpu::kernels;
using cpu::kSegment;
using cpu::kTile;

PictureWindow::PictureWindow(const SweepContext& c, Arena& arena, int rows)
    : stride_(static_cast<std::size_t>(c.width + 2 * kRowPadding) * 3) {
  data_ = arena.floats(stride_ * rows);
}

void PictureWindow::load(const PictureView& picture, int first, int count, float offset, bool replicate) {
  first_ = first;
  const int pad = 3 * kRowPadding, samples = 3 * picture.width;
  for (int r = 0; r < count; ++r) {
    float* row = data_ + r * stride_;
    const int y = first + r;
    if (!replicate && (y < 0 || y >= picture.height)) {
      std::fill_n(row, stride_, 0.0f);
      continue;
    }
    picture.row(std::clamp(y, 0, picture.height - 1), row + pad);
    for (int i = 0; i < samples; ++i) row[pad + i] -= offset;
    for (int i = 0; i < pad; ++i) {
      row[i] = replicate ? row[pad + i % 3] : 0.0f;
      row[pad + samples + i] = replicate ? row[pad + samples - 3 + i % 3] : 0.0f;
    }
  }
}

HeadStage::HeadStage(const SweepContext& c, Arena& arena, const PictureView& picture, const RowRing* skip)
    : Stage(0),
      context_(c),
      picture_(picture),
      skip_(skip),
      window_(c, arena, c.strip_rows + 2),
      out_(arena, c.width, c.height, c.dim(), c.ring_rows(1)) {}

Loop HeadStage::produce(int y0, int y1) {
  // Mid-grey counts as zero, so the zero padding of the convolution is mid-grey too.
  window_.load(picture_, y0 - 1, y1 - y0 + 2, 0.5f, false);
  const int dim = context_.dim();
  return context_.for_tiles(y0, y1, [this, dim](int y, int x0, int tokens, float*) {
    cpu::GemmArgs g = convolution([&](int row) { return window_.row(row); }, 3, y, x0, context_.network->head, tokens,
                                  out_.row(y) + static_cast<std::size_t>(x0) * dim, dim);
    if (skip_) g.residual = skip_->read(y) + static_cast<std::size_t>(x0) * dim;
    g.ldr = dim;
    cpu::multiply(g);
  });
}

CpeStage::CpeStage(const SweepContext& c, Arena& arena, int block, const RowRing& in)
    : RingStage(1, c, block, in,
                RowRing(arena, c.width, c.height, c.dim(), c.strip_rows + c.spec.scopes[block].window + 2)) {}

Loop CpeStage::produce(int y0, int y1) {
  const PackedDepthwise& w = context_.network->blocks[index_].cpe1;
  const int dim = context_.dim();
  return context_.for_tiles(y0, y1, [this, &w, dim](int y, int x0, int tokens, float*) {
    depthwise(w, in_, y, x0, tokens, 0, out_.row(y) + static_cast<std::size_t>(x0) * dim, dim);
  });
}

BarrierStage::BarrierStage(const SweepContext& c, Arena& arena, int block, const RowRing& in, ResidentMap* map,
                           LayerSums* next)
    : Stage(1), context_(c), block_(block), in_(in), map_(map), next_(next) {
  const AttentionScope scope = c.spec.scopes[block];
  const int segments = (c.width + kSegment - 1) / kSegment;
  const int partials = scope.cell ? c.threads : scope.is_global() ? segments * c.strip_rows : 0;
  sums_ = arena.floats(cpu::partial_floats(c.nala) * partials);
}

Loop BarrierStage::produce(int y0, int y1) {
  const AttentionScope scope = context_.spec.scopes[block_];
  if (scope.is_global()) return store_and_sum(y0, y1);
  if (scope.cell) return store_and_sum_cells(y0, y1);
  const PackedDepthwise& w = context_.network->blocks[block_].cpe1;
  return context_.for_tiles(y0, y1, [this, &w](int y, int x0, int tokens, float* scratch) {
    float* x = map_->begin_write(y, x0, scratch);
    depthwise(w, in_, y, x0, tokens, 0, x, context_.dim());
    map_->commit(y, x0, tokens, x);
  });
}

Loop BarrierStage::store_and_sum(int y0, int y1) {
  const int segments = (context_.width + kSegment - 1) / kSegment, rows = y1 - y0;
  const std::size_t floats = cpu::partial_floats(context_.nala);
  partials_.assign(static_cast<std::size_t>(rows) * segments, {});
  for (std::size_t i = 0; i < partials_.size(); ++i) partials_[i].sums = sums_ + i * floats;
  // Segments one after the other: neighbouring rows share the rows that the convolution reads.
  return {rows * segments, [this, y0, rows, segments](int item, int thread) {
            const int row = item % rows, segment = item / rows;
            const int begin = segment * kSegment, end = std::min(context_.width, begin + kSegment);
            sum_segment(y0 + row, begin, end, partials_[row * segments + segment],
                        context_.scratch + thread * context_.scratch_floats());
          }};
}

// A column of cells is one item: its rows are added in order, so no strip and no thread changes a sum.
Loop BarrierStage::store_and_sum_cells(int y0, int y1) {
  return {next_->cells->columns(), [this, y0, y1](int column, int thread) {
            const int cell = context_.spec.scopes[block_].cell;
            const int begin = column * cell, end = std::min(context_.width, begin + cell);
            for (int y = y0; y < y1; ++y) {
              cpu::Partial partial{sums_ + thread * cpu::partial_floats(context_.nala)};
              sum_segment(y, begin, end, partial, context_.scratch + thread * context_.scratch_floats());
              next_->cells->add(partial, y, column);
            }
          }};
}

void BarrierStage::sum_segment(int y, int begin, int end, cpu::Partial& partial, float* scratch) {
  const PackedBlock& w = context_.network->blocks[block_];
  const int dim = context_.dim(), columns = context_.head_columns();
  cpu::TileScratch tile_scratch(context_.nala, scratch);
  float* u = scratch + cpu::TileScratch::floats(context_.nala);
  float* k = u + kTile * dim;
  float* v = k + kTile * columns;
  std::fill_n(partial.sums, cpu::partial_floats(context_.nala), 0.0f);
  for (int x0 = begin; x0 < end; x0 += kTile) {
    const int tokens = std::min(kTile, end - x0);
    float* x = map_->begin_write(y, x0, u);
    depthwise(w.cpe1, in_, y, x0, tokens, 0, x, dim);
    map_->commit(y, x0, tokens, x);
    kernels().layer_norm(x, dim, tokens, context_.spec.dim, u, dim);
    const std::uint16_t* rounded = round_once(u, tokens * dim, w.k, v + kTile * columns);
    cpu::multiply(product(u, dim, w.k, tokens, k, columns, rounded));
    cpu::multiply(product(u, dim, w.v_heads, tokens, v, columns, rounded));
    cpu::accumulate_tile(context_.nala, context_.rotary_of(block_), y, x0, tokens, k, v, columns, tile_scratch,
                         partial);
  }
}

void BarrierStage::finish(int, int) {
  if (context_.spec.scopes[block_].is_global()) next_->whole.add(partials_, *context_.pool);
}

TailStage::TailStage(const SweepContext& c, Arena& arena, const PictureView& picture, const RowRing& in,
                     const RowSink& sink)
    : Stage(1),
      context_(c),
      picture_(picture),
      in_(in),
      sink_(sink),
      window_(c, arena, c.strip_rows + 4),
      phases_(base_phases(c.spec.scale)) {
  const std::size_t scale = c.spec.scale;
  out_ = arena.floats(scale * scale * c.width * 3 * c.strip_rows);
}

Loop TailStage::produce(int y0, int y1) {
  window_.load(picture_, y0 - 2, y1 - y0 + 4, 0.0f, true);
  const int s = context_.spec.scale, columns = 3 * s * s;
  const std::size_t out_row = static_cast<std::size_t>(context_.width) * s * 3;
  return context_.for_tiles(y0, y1, [this, s, columns, out_row, y0](int y, int x0, int tokens, float* scratch) {
    float* residual = scratch;                                       // [tokens][sub-row][sub-column][RGB]
    float* vertical = scratch + kTile * cpu::pad_channels(columns);  // [tokens + 4][RGB] of one sub-row
    cpu::multiply(convolution([&](int row) { return in_.read(row); }, context_.dim(), y, x0, context_.network->tail,
                              tokens, residual, columns));
    for (int i = 0; i < s; ++i) {
      const float* wy = &phases_[i * 5];
      for (int p = 0; p < (tokens + 4) * 3; ++p) {
        float sum = 0;
        for (int tap = 0; tap < 5; ++tap) sum += wy[tap] * window_.row(y + tap - 2)[(x0 - 2) * 3 + p];
        vertical[p] = sum;
      }
      float* out = out_ + (static_cast<std::size_t>(y - y0) * s + i) * out_row + static_cast<std::size_t>(x0) * s * 3;
      for (int t = 0; t < tokens; ++t)
        for (int j = 0; j < s; ++j)
          for (int c = 0; c < 3; ++c) {
            float sum = residual[t * columns + (i * s + j) * 3 + c];
            for (int tap = 0; tap < 5; ++tap) sum += phases_[j * 5 + tap] * vertical[(t + tap) * 3 + c];
            *out++ = sum;
          }
    }
  });
}

void TailStage::finish(int y0, int y1) {
  const int s = context_.spec.scale;
  sink_(y0 * s, (y1 - y0) * s, out_);
}

}  // namespace nalasr
