#include "nn/torch/attention.h"

#include <cmath>
#include <numbers>
#include <optional>
#include <tuple>
#include <utility>

#include "nn/spec.h"

namespace nalasr::eager {
namespace {

constexpr double kGuard = 1e-6;    // the smallest norm that a vector is divided by: q = 0 stays finite
constexpr int kSoftmaxWindow = 8;  // SwinIR's
constexpr double kEpsilon = 1e-6;  // added to the normaliser

// Design.md section 1: magnitudes [..., d] spread over features [..., 2d] by the direction of the vector x.
at::Tensor spread(const at::Tensor& magnitude, const at::Tensor& x, const at::Tensor& direction,
                  const AttentionSpec& spec) {
  if (spec.direction_map == DirectionMap::relu_split) return at::cat({magnitude * (x > 0), magnitude * (x < 0)}, -1);
  const at::Tensor theta = at::tanh(direction * spec.alpha) * (std::numbers::pi / 4);
  return at::cat({magnitude * at::cos(theta), magnitude * at::sin(theta)}, -1);
}

std::pair<at::Tensor, at::Tensor> direction_and_norm(const at::Tensor& x) {
  at::Tensor norm = at::linalg_vector_norm(x, 2, at::IntArrayRef({-1}), /*keepdim=*/true);
  return {x / norm.clamp_min(kGuard), norm};
}

at::Tensor query_features(const at::Tensor& q, const AttentionSpec& spec) {
  const auto [direction, norm] = direction_and_norm(q);
  const at::Tensor power = (at::tanh(norm) + spec.tau) * spec.lambda;
  return spread(at::pow(direction.abs(), power), q, direction, spec);
}

at::Tensor key_features(const at::Tensor& k, const AttentionSpec& spec) {
  return spread(at::pow(k.abs(), spec.lambda), k, direction_and_norm(k).first, spec);
}

// The rotary embedding of a picture: cos and sin [N, d/2] of the angle by which token (y, x) turns each channel pair,
// the first d/4 pairs by y * a_i, the others by x * a_i, a_i = base^(-i / (d/4 - 1)); a side longer than the span
// counts in fractions.
class Turn {
 public:
  Turn(std::int64_t height, std::int64_t width, const at::Tensor& like, const AttentionSpec& spec)
      : none_(spec.rotary == RotaryEmbedding::none) {
    if (none_) return;
    const std::int64_t pairs = like.size(-1) / 4;
    const auto exact = like.options().dtype(at::kDouble);  // large pictures: y * a_i needs more than float32's digits
    const at::Tensor angle = at::pow(spec.rotary_base, -at::linspace(0, 1, pairs, exact));
    const auto positions = [&](std::int64_t length) {
      const bool longer = spec.rotary_span > 0 && length > spec.rotary_span;
      return at::arange(length, exact).unsqueeze(1) * (longer ? static_cast<double>(spec.rotary_span) / length : 1.0);
    };
    const at::Tensor y = positions(height) * angle, x = positions(width) * angle;
    const at::Tensor turn =
        at::cat({y.unsqueeze(1).expand({height, width, pairs}), x.unsqueeze(0).expand({height, width, pairs})}, -1)
            .reshape({height * width, 2 * pairs});
    cos_ = at::cos(turn).to(like.options().dtype()).unsqueeze(1);
    sin_ = at::sin(turn).to(like.options().dtype()).unsqueeze(1);
  }

  // Turns the interleaved pairs (2i, 2i + 1) of every d-wide part of x [..., N, parts * d].
  [[nodiscard]] at::Tensor operator()(const at::Tensor& x) const {
    if (none_) return x;
    const std::int64_t pairs = cos_.size(-1);
    const at::Tensor paired = x.unflatten(-1, {x.size(-1) / (2 * pairs), pairs, 2});
    const at::Tensor even = paired.select(-1, 0), odd = paired.select(-1, 1);
    return at::stack({even * cos_ - odd * sin_, odd * cos_ + even * sin_}, -1).flatten(-3);
  }

 private:
  bool none_;
  at::Tensor cos_, sin_;
};

// q, k, v [..., N, d]; S and m are means, so that their size does not depend on that of the picture.
at::Tensor nala(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, std::int64_t height, std::int64_t width,
                const AttentionSpec& spec) {
  const Turn turn(height, width, q, spec);
  const at::Tensor phi_q = query_features(q, spec), phi_k = key_features(k, spec);
  const at::Tensor state = at::matmul(turn(phi_k).transpose(-1, -2), v) / (height * width);
  const at::Tensor normaliser = phi_k.mean(-2, /*keepdim=*/true);
  const at::Tensor weight = (phi_q * normaliser).sum(-1, /*keepdim=*/true) + kEpsilon;
  return at::matmul(turn(phi_q), state) / weight;
}

at::Tensor softmax(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, std::int64_t height,
                   std::int64_t width, const AttentionSpec& spec) {
  const Turn turn(height, width, q, spec);
  return at::scaled_dot_product_attention(turn(q), turn(k), v, /*attn_mask=*/{}, /*dropout_p=*/0.0,
                                          /*is_causal=*/false, 1.0 / std::sqrt(static_cast<double>(q.size(-1))));
}

// Scores and probabilities as tensors [..., N, N]: what softmax attention takes as it is written down.
at::Tensor materialised(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, std::int64_t height,
                        std::int64_t width, const AttentionSpec& spec) {
  const Turn turn(height, width, q, spec);
  const at::Tensor scaled = turn(q) / std::sqrt(static_cast<double>(q.size(-1)));
  return at::matmul(at::softmax(at::matmul(scaled, turn(k).transpose(-1, -2)), -1), v);
}

// All tokens of [B, H, W, C] attend to each other.
at::Tensor attend_whole(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const AttentionSpec& spec) {
  const std::int64_t batch = q.size(0), height = q.size(1), width = q.size(2), channels = q.size(3);
  const auto heads = [&](const at::Tensor& x) {
    return x.reshape({batch, height * width, spec.heads, channels / spec.heads}).transpose(1, 2);
  };
  const auto operation = spec.kind == AttentionKind::nala                   ? nala
                         : spec.kind == AttentionKind::softmax_materialised ? materialised
                                                                            : softmax;
  return operation(heads(q), heads(k), heads(v), height, width, spec).transpose(1, 2).reshape(q.sizes());
}

// The windows of a picture: [B, H, W, C] to [B*n, window, window, C] and back. Tokens outside the picture are 0, which
// makes their features and values 0: they add nothing to a state.
class Windows {
 public:
  Windows(const at::Tensor& x, std::int64_t window, std::int64_t shift)
      : batch_(x.size(0)),
        height_(x.size(1)),
        width_(x.size(2)),
        window_(window),
        shift_(shift),
        rows_((height_ + shift + window - 1) / window),
        columns_((width_ + shift + window - 1) / window) {}

  [[nodiscard]] at::Tensor cut(const at::Tensor& x) const {
    const std::int64_t right = columns_ * window_ - width_ - shift_, down = rows_ * window_ - height_ - shift_;
    return at::constant_pad_nd(x, {0, 0, shift_, right, shift_, down})
        .reshape({batch_, rows_, window_, columns_, window_, x.size(3)})
        .transpose(2, 3)
        .reshape({-1, window_, window_, x.size(3)});
  }
  // [n, 1, 1, window * window]: which of the tokens lie in the picture.
  [[nodiscard]] at::Tensor inside(const at::Tensor& like) const {
    return cut(at::ones({1, height_, width_, 1}, like.options().dtype(at::kBool)))
        .reshape({-1, 1, 1, window_ * window_});
  }
  // Of x [B*n, ...], one entry a window: the sums over each window and the eight around it.
  [[nodiscard]] at::Tensor over_nine(const at::Tensor& x) const {
    const at::Tensor planes = x.reshape({batch_, rows_, columns_, -1}).permute({0, 3, 1, 2});
    return at::avg_pool2d(planes, 3, /*stride=*/1, /*padding=*/1, /*ceil_mode=*/false, /*count_include_pad=*/true,
                          /*divisor_override=*/1)
        .permute({0, 2, 3, 1})
        .reshape(x.sizes());
  }
  [[nodiscard]] at::Tensor join(const at::Tensor& x) const {
    return x.reshape({batch_, rows_, columns_, window_, window_, x.size(3)})
        .transpose(2, 3)
        .reshape({batch_, rows_ * window_, columns_ * window_, x.size(3)})
        .slice(1, shift_, shift_ + height_)
        .slice(2, shift_, shift_ + width_);
  }

 private:
  std::int64_t batch_, height_, width_, window_, shift_, rows_, columns_;
};

// Softmax within windows. A token outside the picture would take its share of a softmax: a mask keeps it out.
at::Tensor attend_windows(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const AttentionSpec& spec) {
  const Windows windows(q, spec.window, spec.shift);
  const std::int64_t tokens = std::int64_t{spec.window} * spec.window, d = q.size(3) / spec.heads;
  const auto heads = [&](const at::Tensor& x) {
    return windows.cut(x).reshape({-1, tokens, spec.heads, d}).transpose(1, 2);
  };
  const at::Tensor query = heads(q);
  const Turn turn(spec.window, spec.window, query, spec);
  const bool whole = spec.shift == 0 && q.size(1) % spec.window == 0 && q.size(2) % spec.window == 0;
  std::optional<at::Tensor> mask;
  if (!whole) mask = windows.inside(q);
  const at::Tensor o = at::scaled_dot_product_attention(turn(query), turn(heads(k)), heads(v), mask);
  return windows.join(o.transpose(1, 2).reshape({-1, spec.window, spec.window, q.size(3)}));
}

// NaLa of the tokens of each cell over those of the cell and of the eight around it. Positions are the picture's, and
// each token counts as one: only differences matter, and none is larger than a span that check_spec lets pass.
at::Tensor attend_around(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const AttentionSpec& spec) {
  const std::int64_t batch = q.size(0), height = q.size(1), width = q.size(2), d = q.size(3) / spec.heads;
  const auto heads = [&](const at::Tensor& x) {  // [B * heads, N, d]
    return x.reshape({batch, height * width, spec.heads, d}).transpose(1, 2).flatten(0, 1);
  };
  const at::Tensor query = heads(q), value = heads(v);
  const Windows windows(query.unflatten(1, {height, width}), spec.cell, /*shift=*/0);
  const auto cells = [&](const at::Tensor& x) { return windows.cut(x.unflatten(1, {height, width})).flatten(1, 2); };
  AttentionSpec counted = spec;
  counted.rotary_span = 0;
  const Turn turn(height, width, query, counted);
  const at::Tensor phi_q = query_features(query, spec), phi_k = key_features(heads(k), spec);
  const at::Tensor tokens = windows.over_nine(cells(at::ones_like(value.narrow(-1, 0, 1))).sum(1, /*keepdim=*/true));
  const at::Tensor state = windows.over_nine(at::matmul(cells(turn(phi_k)).transpose(1, 2), cells(value))) / tokens;
  const at::Tensor normaliser = windows.over_nine(cells(phi_k).sum(1, /*keepdim=*/true)) / tokens;
  const at::Tensor weight = (cells(phi_q) * normaliser).sum(-1, /*keepdim=*/true) + kEpsilon;
  const at::Tensor o = at::matmul(cells(turn(phi_q)), state) / weight;
  return windows.join(o.unflatten(1, {spec.cell, spec.cell}))
      .reshape({batch, spec.heads, height * width, d})
      .transpose(1, 2)
      .reshape(q.sizes());
}

}  // namespace

AttentionSpec attention_spec(const ModelSpec& spec, int block, AttentionKind kind) {
  AttentionSpec attention;
  attention.kind = kind;
  attention.heads = spec.heads;
  attention.direction_map = spec.direction_map;
  attention.lambda = spec.lambda;
  attention.tau = spec.tau;
  attention.alpha = spec.alpha;
  attention.rotary = spec.rotary;
  attention.rotary_base = spec.rotary_base;
  attention.rotary_span = spec.rotary_span;
  if (kind == AttentionKind::nala) {
    attention.window = spec.scopes.at(static_cast<std::size_t>(block)).window;
    attention.shift = window_shift(spec, block);
    attention.cell = spec.scopes.at(static_cast<std::size_t>(block)).cell;
  } else if (kind == AttentionKind::softmax_window) {
    attention.window = kSoftmaxWindow;
    attention.shift = block % 2 == 1 ? kSoftmaxWindow / 2 : 0;
  }
  return attention;
}

at::Tensor attend(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const AttentionSpec& spec) {
  // Softmax in the type that it is given: FlashAttention's kernels take 16 bits only.
  if (spec.kind != AttentionKind::nala) {
    return spec.window == 0 ? attend_whole(q, k, v, spec) : attend_windows(q, k, v, spec);
  }
  const at::ScalarType type = q.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
  const at::Tensor wide_q = q.to(type), wide_k = k.to(type), wide_v = v.to(type);
  if (spec.cell > 0) return attend_around(wide_q, wide_k, wide_v, spec).to(v.scalar_type());
  if (spec.window == 0) return attend_whole(wide_q, wide_k, wide_v, spec).to(v.scalar_type());
  const Windows windows(q, spec.window, spec.shift);
  return windows.join(attend_whole(windows.cut(wide_q), windows.cut(wide_k), windows.cut(wide_v), spec))
      .to(v.scalar_type());
}

}  // namespace nalasr::eager
