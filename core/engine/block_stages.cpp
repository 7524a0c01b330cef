#include "engine/block_stages.h"

#include <cstring>

#include "engine/stage_ops.h"

namespace nalasr {

using cpu::GemmArgs;
using cpu::kernels;
using cpu::kTile;

namespace {
constexpr int kRowsPerItem = 4;
}

std::size_t SweepContext::scratch_floats() const {
  const int widest = std::max({dim(), hidden(), head_columns(), cpu::pad_channels(3 * spec.scale * spec.scale)});
  return cpu::TileScratch::floats(nala) + static_cast<std::size_t>(4) * kTile * widest;
}

void SweepContext::for_tiles(int y0, int y1, const std::function<void(int, int, int, float*)>& body) const {
  // An item is a few rows of one tile column, so that rows which neighbours share are still in the core's cache.
  const int tiles = (width + kTile - 1) / kTile, blocks = (y1 - y0 + kRowsPerItem - 1) / kRowsPerItem;
  pool->parallel_for(tiles * blocks, [&](int item, int thread) {
    const int x0 = item / blocks * kTile, first = y0 + item % blocks * kRowsPerItem;
    for (int y = first; y < std::min(y1, first + kRowsPerItem); ++y)
      body(y, x0, std::min(kTile, width - x0), scratch + thread * scratch_floats());
  });
}

MixStage::MixStage(const SweepContext& c, Arena& arena, int block, RowSource in, const cpu::NalaState* state,
                   int window, int shift)
    : Stage(0),
      context_(c),
      block_(block),
      window_(window),
      shift_(shift),
      in_(in),
      state_(state),
      out_(arena, c.width, c.height, 4 * c.dim(), ring_rows(c.strip_rows, 2)) {
  const int columns = window ? (c.width + shift + window - 1) / window : 1;
  if (window) partials_ = arena.floats(cpu::partial_floats(c.nala) * columns);
  if (arena.counting()) return;
  if (window) window_states_.assign(columns, cpu::NalaState(c.nala, c.network->bf16_products));
  for (int w = 0; w < columns; ++w) {
    const int begin = window ? std::max(0, w * window - shift) : 0;
    const int end = window ? std::min(c.width, (w + 1) * window - shift) : c.width;
    for (int x = begin; x < end; x += kTile) tiles_.push_back({x, std::min(kTile, end - x), w});
  }
  // Channels beyond dim are never written by the attention but take part in the layer norm as zeros.
  if (c.dim() != c.spec.dim)
    for (int y = 0; y < std::min(c.height, ring_rows(c.strip_rows, 2)); ++y)
      std::fill_n(out_.row(y), static_cast<std::size_t>(c.width) * 4 * c.dim(), 0.0f);
}

int MixStage::ready(int input_rows, int height) const {
  if (!window_ || input_rows >= height) return std::min(input_rows, height);
  return std::max(0, (input_rows + shift_) / window_ * window_ - shift_);
}

void MixStage::accumulate_windows(int row_of_windows) {
  current_windows_ = row_of_windows;
  const PackedBlock& w = context_.network->blocks[block_];
  const int dim = context_.dim(), columns = context_.head_columns();
  const int begin = std::max(0, row_of_windows * window_ - shift_);
  const int end = std::min(context_.height, (row_of_windows + 1) * window_ - shift_);
  context_.pool->parallel_for(static_cast<int>(window_states_.size()), [&](int index, int thread) {
    float* scratch = context_.scratch + thread * context_.scratch_floats();
    cpu::TileScratch tile_scratch(context_.nala, scratch);
    float* u = scratch + cpu::TileScratch::floats(context_.nala);
    float* k = u + kTile * dim;
    float* v = k + kTile * columns;
    cpu::NalaState& state = window_states_[index];
    state.clear();
    cpu::Partial partial{partials_ + index * cpu::partial_floats(context_.nala)};
    for (int y = begin; y < end; ++y) {
      std::fill_n(partial.sums, cpu::partial_floats(context_.nala), 0.0f);
      partial.exponent = 0;
      for (const Tile& tile : tiles_) {
        if (tile.window != index) continue;
        kernels().layer_norm(in_.tile(y, tile.x0, tile.tokens, u), dim, tile.tokens, context_.spec.dim, u, dim);
        const std::uint16_t* rounded = round_once(u, tile.tokens * dim, w.k, v + kTile * columns);
        cpu::multiply(product(u, dim, w.k, tile.tokens, k, columns, rounded));
        cpu::multiply(product(u, dim, w.v_heads, tile.tokens, v, columns, rounded));
        cpu::accumulate_tile(context_.nala, *context_.rotary, y, tile.x0, tile.tokens, k, v, columns, tile_scratch,
                             partial);
      }
      state.add(partial);
    }
    // Tokens of the window outside the picture count as zeros: the mean is over all W² of them.
    state.finalise(static_cast<double>(window_) * window_);
  });
}

void MixStage::produce(int y0, int y1) {
  const PackedBlock& w = context_.network->blocks[block_];
  const int dim = context_.dim(), columns = context_.head_columns(), ld = 4 * dim;
  while (y0 < y1) {
    int stop = y1;
    if (window_) {
      const int row_of_windows = (y0 + shift_) / window_;
      if (row_of_windows != current_windows_) accumulate_windows(row_of_windows);
      stop = std::min(y1, (row_of_windows + 1) * window_ - shift_);
    }
    const int count = static_cast<int>(tiles_.size());
    context_.pool->parallel_for((stop - y0) * count, [&](int item, int thread) {
      const Tile& tile = tiles_[item % count];
      const int y = y0 + item / count;
      float* scratch = context_.scratch + thread * context_.scratch_floats();
      cpu::TileScratch tile_scratch(context_.nala, scratch);
      float* u = scratch + cpu::TileScratch::floats(context_.nala);
      float* q = u + kTile * dim;
      const float* x = in_.tile(y, tile.x0, tile.tokens, u);
      float* out = out_.row(y) + static_cast<std::size_t>(tile.x0) * ld;
      for (int t = 0; t < tile.tokens; ++t) std::memcpy(out + t * ld, x + t * dim, dim * sizeof(float));
      kernels().layer_norm(x, dim, tile.tokens, context_.spec.dim, u, dim);
      const std::uint16_t* rounded = round_once(u, tile.tokens * dim, w.v, q + kTile * columns);
      cpu::multiply(product(u, dim, w.v, tile.tokens, out + dim, ld, rounded));
      cpu::multiply(product(u, dim, w.q, tile.tokens, q, columns, rounded));
      cpu::multiply(product(u, dim, w.gate, tile.tokens, out + 3 * dim, ld, rounded));
      cpu::apply_tile(context_.nala, *context_.rotary, y, tile.x0, tile.tokens, q, columns,
                      window_ ? window_states_[tile.window] : *state_, tile_scratch, out + 2 * dim, ld);
    });
    y0 = stop;
  }
}

MergeStage::MergeStage(const SweepContext& c, Arena& arena, int block, const RowRing& in)
    : RingStage(2, c, block, in, RowRing(arena, c.width, c.height, c.dim(), ring_rows(c.strip_rows, 1))) {}

void MergeStage::produce(int y0, int y1) {
  const PackedBlock& w = context_.network->blocks[index_];
  const int dim = context_.dim(), ld = 4 * dim;
  context_.for_tiles(y0, y1, [&](int y, int x0, int tokens, float* scratch) {
    float* lepe = scratch;
    float* merged = lepe + kTile * dim;
    const float* mixed = in_.read(y) + static_cast<std::size_t>(x0) * ld;
    depthwise(w.lepe, in_, y, x0, tokens, dim, lepe, dim);
    kernels().gated_merge(mixed + 2 * dim, ld, lepe, dim, mixed + 3 * dim, ld, w.merge_weight.data(),
                          w.merge_bias.data(), tokens, context_.spec.dim, merged, dim);
    GemmArgs g = product(merged, dim, w.out, tokens, out_.row(y) + static_cast<std::size_t>(x0) * dim, dim);
    g.residual = mixed;
    g.ldr = ld;
    cpu::multiply(g);
  });
}

FfnInStage::FfnInStage(const SweepContext& c, Arena& arena, int block, const RowRing& in)
    : RingStage(1, c, block, in, RowRing(arena, c.width, c.height, c.dim() + c.hidden(), ring_rows(c.strip_rows, 1))) {}

void FfnInStage::produce(int y0, int y1) {
  const PackedBlock& w = context_.network->blocks[index_];
  const int dim = context_.dim(), ld = out_.channels();
  context_.for_tiles(y0, y1, [&](int y, int x0, int tokens, float* scratch) {
    float* out = out_.row(y) + static_cast<std::size_t>(x0) * ld;
    depthwise(w.cpe2, in_, y, x0, tokens, 0, out, ld);
    kernels().layer_norm(out, ld, tokens, context_.spec.dim, scratch, dim);
    GemmArgs g = product(scratch, dim, w.fc1, tokens, out + dim, ld);
    g.gelu = true;
    cpu::multiply(g);
  });
}

FfnOutStage::FfnOutStage(const SweepContext& c, Arena& arena, int block, const RowRing& in)
    : RingStage(1, c, block, in, RowRing(arena, c.width, c.height, c.dim(), ring_rows(c.strip_rows, 1))) {}

void FfnOutStage::produce(int y0, int y1) {
  const PackedBlock& w = context_.network->blocks[index_];
  const int dim = context_.dim(), hidden = context_.hidden(), ld = in_.channels();
  context_.for_tiles(y0, y1, [&](int y, int x0, int tokens, float* scratch) {
    depthwise(w.ffn_dw, in_, y, x0, tokens, dim, scratch, hidden);
    GemmArgs g = product(scratch, hidden, w.fc2, tokens, out_.row(y) + static_cast<std::size_t>(x0) * dim, dim);
    g.residual = in_.read(y) + static_cast<std::size_t>(x0) * ld;
    g.ldr = ld;
    cpu::multiply(g);
  });
}

GroupConvStage::GroupConvStage(const SweepContext& c, Arena& arena, int group, const RowRing& in)
    : RingStage(1, c, group, in, RowRing(arena, c.width, c.height, c.dim(), ring_rows(c.strip_rows, 1))) {}

void GroupConvStage::produce(int y0, int y1) {
  const cpu::PackedMatrix& w = context_.network->group_convs[index_];
  const int dim = context_.dim();
  context_.for_tiles(y0, y1, [&](int y, int x0, int tokens, float*) {
    GemmArgs g = convolution([&](int row) { return in_.read(row); }, dim, y, x0, w, tokens,
                             out_.row(y) + static_cast<std::size_t>(x0) * dim, dim);
    g.residual = in_.read(y) + static_cast<std::size_t>(x0) * dim;
    g.ldr = dim;
    cpu::multiply(g);
  });
}

}  // namespace nalasr
