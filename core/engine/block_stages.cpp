#include "engine/block_stages.h"

#include "engine/stage_ops.h"
#include "nn/spec.h"

namespace nalasr {

using cpu::GemmArgs;
using cpu::kernels;
using cpu::kTile;

namespace {
constexpr int kRowsPerItem = 4;
}

std::size_t SweepContext::scratch_floats() const {
  const int columns = head_columns(), rounded = dim() / 2;
  const int attend = 4 * dim() + columns + rounded, sums = dim() + 2 * columns + rounded;
  const int tail = cpu::pad_channels(3 * spec.scale * spec.scale) + 4;  // 4: rows of the interpolation, 3 + a little
  const std::size_t others = static_cast<std::size_t>(kTile) * std::max({attend, sums, hidden(), tail});
  return std::max(cpu::TileScratch::floats(nala) + others, cpu::winograd_floats(dim()));
}

bool SweepContext::overlapped() const {
  return strip_rows > 1 && std::ranges::any_of(spec.scopes, [](const auto& s) { return s.needs_barrier(); });
}

Loop SweepContext::for_tiles(int y0, int y1, std::function<void(int, int, int, float*)> body) const {
  // An item is a few rows of one tile column, so that rows which neighbours share are still in the core's cache.
  const int tiles = (width + kTile - 1) / kTile, blocks = (y1 - y0 + kRowsPerItem - 1) / kRowsPerItem;
  return {tiles * blocks, [this, y0, y1, blocks, body = std::move(body)](int item, int thread) {
            const int x0 = item / blocks * kTile, first = y0 + item % blocks * kRowsPerItem;
            for (int y = first; y < std::min(y1, first + kRowsPerItem); ++y)
              body(y, x0, std::min(kTile, width - x0), scratch + thread * scratch_floats());
          }};
}

ValueStage::ValueStage(const SweepContext& c, Arena& arena, int block, RowSource in, int window, int shift)
    : Stage(0),
      context_(c),
      block_(block),
      window_(in.ring ? window : 0),  // the map has all rows already
      shift_(shift),
      in_(in),
      out_(arena, c.width, c.height, c.dim(), c.ring_rows(2)) {}

int ValueStage::ready(int input_rows, int height) const {
  if (!window_ || input_rows >= height) return std::min(input_rows, height);
  return std::max(0, (input_rows + shift_) / window_ * window_ - shift_);
}

Loop ValueStage::produce(int y0, int y1) {
  const PackedBlock& w = context_.network->blocks[block_];
  const int dim = context_.dim();
  return context_.for_tiles(y0, y1, [this, &w, dim](int y, int x0, int tokens, float* u) {
    kernels().layer_norm(in_.tile(y, x0, tokens, u), dim, tokens, context_.spec.dim, u, dim);
    cpu::multiply(product(u, dim, w.v, tokens, out_.row(y) + static_cast<std::size_t>(x0) * dim, dim));
  });
}

AttendStage::AttendStage(const SweepContext& c, Arena& arena, int block, RowSource in, const RowRing& values,
                         const LayerSums* sums)
    : Stage(2),
      context_(c),
      block_(block),
      side_(std::max(c.spec.scopes[block].window, c.spec.scopes[block].cell)),
      shift_(window_shift(c.spec, block)),
      in_(in),
      values_(values),
      sums_(sums),
      out_(arena, c.width, c.height, c.dim(), c.ring_rows(1)) {
  const int columns = side_ ? (c.width + shift_ + side_ - 1) / side_ : 1;
  if (c.spec.scopes[block].window) partials_ = arena.floats(cpu::partial_floats(c.nala) * columns);
  if (arena.counting()) return;
  if (side_) states_.assign(columns, cpu::NalaState(c.nala, c.network->bf16_products));
  for (int i = 0; i < columns; ++i) {
    const int begin = side_ ? std::max(0, i * side_ - shift_) : 0;
    const int end = side_ ? std::min(c.width, (i + 1) * side_ - shift_) : c.width;
    for (int x = begin; x < end; x += kTile) tiles_.push_back({x, std::min(kTile, end - x), i});
  }
}

void AttendStage::gather_cells(int row_of_cells) {
  current_row_ = row_of_cells;
  context_.pool->parallel_for(static_cast<int>(states_.size()), [&](int column, int) {
    if (!sums_->cells->gather(row_of_cells, column, states_[column])) finite_ = false;
  });
}

void AttendStage::accumulate_windows(int row_of_windows) {
  current_row_ = row_of_windows;
  const PackedBlock& w = context_.network->blocks[block_];
  const int dim = context_.dim(), columns = context_.head_columns();
  const int begin = std::max(0, row_of_windows * side_ - shift_);
  const int end = std::min(context_.height, (row_of_windows + 1) * side_ - shift_);
  const int rows_per_sum = std::max(1, cpu::kSegment / side_);
  context_.pool->parallel_for(static_cast<int>(states_.size()), [&](int index, int thread) {
    float* scratch = context_.scratch + thread * context_.scratch_floats();
    cpu::TileScratch tile_scratch(context_.nala, scratch);
    float* u = scratch + cpu::TileScratch::floats(context_.nala);
    float* k = u + kTile * dim;
    float* v = k + kTile * columns;
    cpu::NalaState& state = states_[index];
    state.clear();
    cpu::Partial partial{partials_ + index * cpu::partial_floats(context_.nala)};
    for (int first = begin; first < end; first += rows_per_sum) {
      std::fill_n(partial.sums, cpu::partial_floats(context_.nala), 0.0f);
      partial.exponent = 0;
      for (int y = first; y < std::min(end, first + rows_per_sum); ++y)
        for (const Tile& tile : tiles_) {
          if (tile.column != index) continue;
          kernels().layer_norm(in_.tile(y, tile.x0, tile.tokens, u), dim, tile.tokens, context_.spec.dim, u, dim);
          const std::uint16_t* rounded = round_once(u, tile.tokens * dim, w.k, v + kTile * columns);
          cpu::multiply(product(u, dim, w.k, tile.tokens, k, columns, rounded));
          cpu::multiply(product(u, dim, w.v_heads, tile.tokens, v, columns, rounded));
          cpu::accumulate_tile(context_.nala, context_.rotary_of(block_), y, tile.x0, tile.tokens, k, v, columns,
                               tile_scratch, partial);
        }
      state.add(partial);
    }
    // Tokens of the window outside the picture count as zeros: the mean is over all W² of them.
    if (!state.finalise(static_cast<double>(side_) * side_)) finite_ = false;
  });
}

void AttendStage::attend(int y, const Tile& tile, float* scratch) {
  const PackedBlock& w = context_.network->blocks[block_];
  const int dim = context_.dim(), columns = context_.head_columns(), tokens = tile.tokens;
  cpu::TileScratch tile_scratch(context_.nala, scratch);
  float* x_scratch = scratch + cpu::TileScratch::floats(context_.nala);
  float* u = x_scratch + kTile * dim;  // LN x, then what goes into the last projection
  float* gate = u + kTile * dim;
  float* o = gate + kTile * dim;
  float* q = o + kTile * dim;  // queries, then LePE
  float* rounding = q + kTile * columns;

  const float* x = in_.tile(y, tile.x0, tokens, x_scratch);
  kernels().layer_norm(x, dim, tokens, context_.spec.dim, u, dim);
  const std::uint16_t* rounded = round_once(u, tokens * dim, w.q, rounding);
  cpu::multiply(product(u, dim, w.q, tokens, q, columns, rounded));
  cpu::multiply(product(u, dim, w.gate, tokens, gate, dim, rounded));
  // Channels beyond dim are not written by the attention but take part in the layer norm as zeros.
  if (dim != context_.spec.dim) std::fill_n(o, tokens * dim, 0.0f);
  cpu::apply_tile(context_.nala, context_.rotary_of(block_), y, tile.x0, tokens, q, columns,
                  side_ ? states_[tile.column] : sums_->whole, tile_scratch, o, dim);
  float* lepe = q;
  depthwise(w.lepe, values_, y, tile.x0, tokens, 0, lepe, dim);
  kernels().gated_merge(o, dim, lepe, dim, gate, dim, w.merge_weight.data(), w.merge_bias.data(), tokens,
                        context_.spec.dim, u, dim);
  GemmArgs g = product(u, dim, w.out, tokens, out_.row(y) + static_cast<std::size_t>(tile.x0) * dim, dim);
  g.residual = x;
  g.ldr = dim;
  cpu::multiply(g);
}

Loop AttendStage::produce(int y0, int y1) {
  if (const int row = side_ ? (y0 + shift_) / side_ : -1; row != current_row_)
    context_.spec.scopes[block_].cell ? gather_cells(row) : accumulate_windows(row);
  const int rows = y1 - y0;  // tile columns one after the other: neighbouring rows share the rows of v
  return {rows * static_cast<int>(tiles_.size()), [this, y0, rows](int item, int thread) {
            attend(y0 + item % rows, tiles_[item / rows], context_.scratch + thread * context_.scratch_floats());
          }};
}

int AttendStage::most_rows() const {
  if (!side_) return Stage::most_rows();
  return ((done + shift_) / side_ + 1) * side_ - shift_ - done;
}

FfnStage::FfnStage(const SweepContext& c, Arena& arena, int block, const RowRing& in)
    : RingStage(2, c, block, in, RowRing(arena, c.width, c.height, c.dim(), c.ring_rows(1))) {
  // Narrower columns where there would be fewer than threads.
  const int widest = std::clamp((c.width + c.threads - 1) / c.threads, kTile / 3, kTile);
  const int count = (c.width + widest - 1) / widest, tokens = (c.width + count - 1) / count;
  for (int x0 = 0; x0 < c.width; x0 += tokens) {
    const int own = std::min(tokens, c.width - x0), first = std::max(0, x0 - 1), last = std::min(c.width, x0 + own + 1);
    columns_.push_back({x0, own, first, last, RowRing(arena, last - first, c.height, c.dim() + c.hidden(), 3)});
  }
}

void FfnStage::make_hidden(Column& column, float* scratch) {
  const PackedBlock& w = context_.network->blocks[index_];
  const int dim = context_.dim(), ld = column.rows.channels(), tokens = column.last - column.first, y = column.made++;
  float* out = column.rows.row(y);
  depthwise(w.cpe2, in_, y, column.first, tokens, 0, out, ld);
  kernels().layer_norm(out, ld, tokens, context_.spec.dim, scratch, dim);
  GemmArgs g = product(scratch, dim, w.fc1, tokens, out + dim, ld);
  g.gelu = true;
  cpu::multiply(g);
}

void FfnStage::make_rows(Column& column, int y0, int y1, float* scratch) {
  const PackedBlock& w = context_.network->blocks[index_];
  const int dim = context_.dim(), hidden = context_.hidden();
  const int inner = column.x0 - column.first, ld = column.rows.channels();
  for (int y = y0; y < y1; ++y) {
    while (column.made < std::min(y + 2, context_.height)) make_hidden(column, scratch);
    depthwise(w.ffn_dw, column.rows, y, inner, column.tokens, dim, scratch, hidden);
    float* out = out_.row(y) + static_cast<std::size_t>(column.x0) * dim;
    GemmArgs g = product(scratch, hidden, w.fc2, column.tokens, out, dim);
    g.residual = column.rows.read(y) + static_cast<std::size_t>(inner) * ld;
    g.ldr = ld;
    cpu::multiply(g);
  }
}

Loop FfnStage::produce(int y0, int y1) {
  return {static_cast<int>(columns_.size()), [this, y0, y1](int item, int thread) {
            make_rows(columns_[item], y0, y1, context_.scratch + thread * context_.scratch_floats());
          }};
}

GroupConvStage::GroupConvStage(const SweepContext& c, Arena& arena, int group, const RowRing& in)
    : RingStage(1, c, group, in, RowRing(arena, c.width, c.height, c.dim(), c.ring_rows(1))) {}

Loop GroupConvStage::produce(int y0, int y1) {
  const cpu::PackedConvolution& w = context_.network->group_convs[index_];
  return context_.for_tiles(y0, y1, [this, &w](int y, int x0, int tokens, float* scratch) {
    const std::size_t first = static_cast<std::size_t>(x0) * context_.dim();
    const auto tile = [&](int row) { return in_.read(row) + first; };
    const int readable = context_.width + kRowPadding - x0;
    cpu::convolve(w, {tile(y - 1), tile(y), tile(y + 1)}, tokens, readable, out_.row(y) + first, scratch);
  });
}

}  // namespace nalasr
