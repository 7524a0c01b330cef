#include "kernels/cpu/nala.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace nalasr::cpu {
namespace {

int features_of(const NalaParams& p) { return 2 * pad_channels(p.head_dim); }

/// Power of two by which x must be divided so that float32 holds |x|^λ summed over a segment.
int safe_exponent(float largest, double lambda) {
  const double limit = std::pow(1e18, 1.0 / lambda);
  if (!(largest > limit) || !std::isfinite(largest)) return 0;
  return static_cast<int>(std::ceil(std::log2(largest / limit)));
}

}  // namespace

RotaryTable::RotaryTable(const NalaParams& p, int height, int width)
    : half_(p.head_dim / 2), d_pad_(pad_channels(p.head_dim)) {
  if (p.rotary == RotaryEmbedding::none) return;
  const auto axis = [&](int length, std::vector<float>& cos, std::vector<float>& sin) {
    cos.resize(static_cast<std::size_t>(length) * half_);
    sin.resize(cos.size());
    for (int i = 0; i < length; ++i)
      for (int c = 0; c < half_; ++c) {
        const double angle = rotary_position(p, i, length) * rotary_frequency(p, c / 2);
        cos[static_cast<std::size_t>(i) * half_ + c] = static_cast<float>(std::cos(angle));
        sin[static_cast<std::size_t>(i) * half_ + c] = static_cast<float>(c % 2 ? std::sin(angle) : -std::sin(angle));
      }
  };
  axis(height, row_cos_, row_sin_);
  axis(width, column_cos_, column_sin_);
}

std::size_t RotaryTable::bytes(const NalaParams& p, int height, int width) {
  if (p.rotary == RotaryEmbedding::none) return 0;
  return (static_cast<std::size_t>(height) + width) * (p.head_dim / 2) * 2 * sizeof(float);
}

void RotaryTable::fill(int y, int x0, int count, float* cos, float* sin) const {
  const std::size_t half = half_ * sizeof(float);
  for (int t = 0; t < count; ++t, cos += d_pad_, sin += d_pad_) {
    const std::size_t row = static_cast<std::size_t>(y) * half_, column = static_cast<std::size_t>(x0 + t) * half_;
    std::memcpy(cos, &row_cos_[row], half);
    std::memcpy(cos + half_, &column_cos_[column], half);
    std::memcpy(sin, &row_sin_[row], half);
    std::memcpy(sin + half_, &column_sin_[column], half);
    for (int c = 2 * half_; c < d_pad_; ++c) cos[c] = sin[c] = 0;
  }
}

std::size_t TileScratch::floats(const NalaParams& p) {
  const std::size_t d_pad = pad_channels(p.head_dim);
  return kTile * d_pad * 2 + kTile * p.heads * 2 * d_pad;
}

TileScratch::TileScratch(const NalaParams& p, float* memory) {
  const std::size_t d_pad = pad_channels(p.head_dim);
  cos = memory;
  sin = cos + kTile * d_pad;
  features = sin + kTile * d_pad;
}

std::size_t partial_floats(const NalaParams& p) {
  const std::size_t d_pad = pad_channels(p.head_dim);
  return p.heads * 2 * d_pad * (d_pad + 1);
}

void accumulate_tile(const NalaParams& p, const RotaryTable& rotary, int y, int x0, int tokens, const float* k,
                     const float* v, std::size_t ld, TileScratch& scratch, Partial& partial) {
  const CpuKernels& kernel = kernels();
  const int d_pad = pad_channels(p.head_dim), count = features_of(p);
  const int exponent = safe_exponent(kernel.max_abs(k, tokens * ld), p.lambda);
  if (exponent > partial.exponent) {
    const float shrink = static_cast<float>(std::exp2(-p.lambda * (exponent - partial.exponent)));
    for (std::size_t i = 0; i < partial_floats(p); ++i) partial.sums[i] *= shrink;
    partial.exponent = exponent;
  }
  const bool turned = p.rotary == RotaryEmbedding::axial;
  if (turned) rotary.fill(y, x0, tokens, scratch.cos, scratch.sin);

  const std::size_t head_floats = static_cast<std::size_t>(count) * d_pad;
  kernel.key_features({.params = &p,
                       .tokens = tokens,
                       .x = k,
                       .ldx = ld,
                       .cos = turned ? scratch.cos : nullptr,
                       .sin = turned ? scratch.sin : nullptr,
                       .features = scratch.features,
                       .scale = std::exp2f(static_cast<float>(-partial.exponent)),
                       .m = partial.sums + p.heads * head_floats});
  for (int h = 0; h < p.heads; ++h)
    kernel.accumulate_state(scratch.features + static_cast<std::size_t>(h) * tokens * count, v + h * d_pad, ld, tokens,
                            d_pad, partial.sums + h * head_floats);
}

NalaState::NalaState(const NalaParams& p, bool bf16)
    : params_(p),
      bf16_(bf16),
      sums_(partial_floats(p)),
      s_(p.heads),
      m_(static_cast<std::size_t>(p.heads) * features_of(p)) {}

std::size_t NalaState::bytes(const NalaParams& p) { return partial_floats(p) * (sizeof(double) + sizeof(float)); }

void NalaState::clear() { std::fill(sums_.begin(), sums_.end(), 0.0); }

void NalaState::add_range(const float* sums, double factor, std::size_t begin, std::size_t end) {
  for (std::size_t i = begin; i < end; ++i) sums_[i] += sums[i] * factor;
}

void NalaState::add_range(const Partial& partial, std::size_t begin, std::size_t end) {
  add_range(partial.sums, std::exp2(params_.lambda * partial.exponent), begin, end);
}

void NalaState::add(const float* sums) { add_range(sums, 1, 0, sums_.size()); }

void NalaState::add(const Partial& partial) { add_range(partial, 0, sums_.size()); }

void NalaState::add(const std::vector<Partial>& partials, ThreadPool& pool) {
  const std::size_t chunk = 512, chunks = (sums_.size() + chunk - 1) / chunk;
  pool.parallel_for(static_cast<int>(chunks), [&](int i, int) {
    for (const Partial& partial : partials) add_range(partial, i * chunk, std::min(sums_.size(), (i + 1) * chunk));
  });
}

bool NalaState::finalise(double tokens) {
  const int d = params_.head_dim, d_pad = pad_channels(d), count = features_of(params_);
  // Huge keys: S and m share one power-of-two factor with ε, which leaves the quotient o as it is.
  double largest = 0;
  bool finite = true;
  for (double s : sums_) {
    largest = std::max(largest, std::abs(s / tokens));
    finite = finite && std::isfinite(s);
  }
  const double factor = largest > 1e30 ? std::exp2(-std::ceil(std::log2(largest / 1e30))) : 1.0;
  eps_ = std::max(static_cast<float>(kNormaliserEps * factor), 1e-37f);  // never 0: q = 0 must give 0/ε, not 0/0
  std::vector<int> all(count);
  for (int i = 0; i < count; ++i) all[i] = i;
  for (int h = 0; h < params_.heads; ++h) {
    const double* s = sums_.data() + static_cast<std::size_t>(h) * count * d_pad;
    const double* m = sums_.data() + (static_cast<std::size_t>(params_.heads) * d_pad + h) * count;
    std::vector<float> transposed(static_cast<std::size_t>(d) * count);
    for (int c = 0; c < d; ++c)
      for (int i = 0; i < count; ++i)
        transposed[c * count + i] = static_cast<float>(s[i * d_pad + c] / tokens * factor);
    s_[h] = pack_matrix(transposed.data(), count, nullptr, all, padded_map(d, d), bf16_);
    for (int i = 0; i < count; ++i) m_[h * count + i] = static_cast<float>(m[i] / tokens * factor);
  }
  return finite;
}

void apply_tile(const NalaParams& p, const RotaryTable& rotary, int y, int x0, int tokens, const float* q,
                std::size_t ldq, const NalaState& state, TileScratch& scratch, float* o, std::size_t ldo) {
  const CpuKernels& kernel = kernels();
  const int count = features_of(p);
  // Only ‖q‖² can overflow; past 1e15 a smaller q of the same direction serves, since tanh ‖q‖ = 1. Rare, so token
  // by token: the others keep their precision.
  const int exponent = safe_exponent(kernel.max_abs(q, tokens * ldq), 1.2);
  if (exponent > 0 && tokens > 1) {
    for (int t = 0; t < tokens; ++t)
      apply_tile(p, rotary, y, x0 + t, 1, q + t * ldq, ldq, state, scratch, o + t * ldo, ldo);
    return;
  }
  const bool turned = p.rotary == RotaryEmbedding::axial;
  if (turned) rotary.fill(y, x0, tokens, scratch.cos, scratch.sin);
  kernel.query_features({.params = &p,
                         .tokens = tokens,
                         .x = q,
                         .ldx = ldq,
                         .cos = turned ? scratch.cos : nullptr,
                         .sin = turned ? scratch.sin : nullptr,
                         .features = scratch.features,
                         .scale = std::exp2f(static_cast<float>(-exponent)),
                         .m = const_cast<float*>(state.m()),
                         .eps = state.eps()});
  for (int h = 0; h < p.heads; ++h) {
    GemmArgs g;
    g.a[0] = scratch.features + static_cast<std::size_t>(h) * tokens * count;
    g.lda = count;
    g.k_segment = count;
    g.b = &state.s(h);
    g.c = o + h * p.head_dim;
    g.ldc = ldo;
    g.rows = tokens;
    multiply(g);
  }
}

namespace {

/// Gathers a tile of [heads][N][d] into [tokens][heads*d_pad].
void gather(const NalaParams& p, const float* x, std::size_t n, std::size_t first, int tokens, float* out) {
  const int d_pad = pad_channels(p.head_dim);
  for (int t = 0; t < tokens; ++t)
    for (int h = 0; h < p.heads; ++h)
      std::memcpy(out + (static_cast<std::size_t>(t) * p.heads + h) * d_pad, x + (h * n + first + t) * p.head_dim,
                  p.head_dim * sizeof(float));
}

}  // namespace

void nala_attention(const NalaParams& p, int height, int width, const float* q, const float* k, const float* v,
                    float* o, int strip_rows, ThreadPool& pool) {
  const std::size_t n = static_cast<std::size_t>(height) * width, ld = p.heads * pad_channels(p.head_dim);
  const RotaryTable rotary(p, height, width);
  const int segments = (width + kSegment - 1) / kSegment, tiles = (width + kTile - 1) / kTile;
  strip_rows = std::clamp(strip_rows, 1, height);
  const std::size_t floats = partial_floats(p);
  std::vector<float> sums(floats * segments * strip_rows);
  std::vector<std::vector<float>> scratch(pool.size(), std::vector<float>(TileScratch::floats(p) + 2 * kTile * ld));

  NalaState state(p);
  for (int y0 = 0; y0 < height; y0 += strip_rows) {
    const int rows = std::min(strip_rows, height - y0);
    std::vector<Partial> partials(static_cast<std::size_t>(rows) * segments);
    std::fill(sums.begin(), sums.end(), 0.0f);
    pool.parallel_for(rows * segments, [&](int item, int thread) {
      TileScratch tile(p, scratch[thread].data());
      float* key = scratch[thread].data() + TileScratch::floats(p);
      float* value = key + kTile * ld;
      partials[item].sums = sums.data() + item * floats;
      const int y = y0 + item / segments, begin = item % segments * kSegment, end = std::min(width, begin + kSegment);
      for (int x = begin; x < end; x += kTile) {
        const int tokens = std::min(kTile, end - x);
        gather(p, k, n, static_cast<std::size_t>(y) * width + x, tokens, key);
        gather(p, v, n, static_cast<std::size_t>(y) * width + x, tokens, value);
        accumulate_tile(p, rotary, y, x, tokens, key, value, ld, tile, partials[item]);
      }
    });
    state.add(partials, pool);
  }
  state.finalise(static_cast<double>(n));

  pool.parallel_for(height * tiles, [&](int item, int thread) {
    TileScratch tile(p, scratch[thread].data());
    float* query = scratch[thread].data() + TileScratch::floats(p);
    float* out = query + kTile * ld;
    const int y = item / tiles, x = item % tiles * kTile, tokens = std::min(kTile, width - x);
    const std::size_t first = static_cast<std::size_t>(y) * width + x;
    gather(p, q, n, first, tokens, query);
    apply_tile(p, rotary, y, x, tokens, query, ld, state, tile, out, ld);
    for (int t = 0; t < tokens; ++t)
      for (int h = 0; h < p.heads; ++h)
        std::memcpy(o + (h * n + first + t) * p.head_dim, out + t * ld + h * p.head_dim, p.head_dim * sizeof(float));
  });
}

}  // namespace nalasr::cpu
