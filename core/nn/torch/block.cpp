#include "nn/torch/block.h"

namespace nalasr::eager {
namespace {

at::Tensor layer_norm(const Layer& layer, const at::Tensor& x) {
  return at::layer_norm(x, layer.weight.sizes(), layer.weight, layer.bias, kLayerNormEpsilon);
}

at::Tensor linear(const Layer& layer, const at::Tensor& x) { return at::linear(x, layer.weight, layer.bias); }

at::Tensor scaled(const at::Tensor& gamma, const at::Tensor& x) { return gamma.defined() ? gamma * x : x; }

// Gated attention with local position encoding of v. Its own function, so that q, k, v and g are freed before the FFN.
at::Tensor attention_branch(const at::Tensor& x, const BlockWeights& weights, const AttentionSpec& attention) {
  const auto parts = linear(weights.qkvg, layer_norm(weights.norm1, x)).chunk(4, -1);
  const at::Tensor& v = parts[2];
  const at::Tensor o = attend(parts[0], parts[1], v, attention) + convolve(weights.lepe, v);
  return scaled(weights.gamma1, linear(weights.out, layer_norm(weights.norm_out, o) * at::silu(parts[3])));
}

at::Tensor feed_forward_branch(const at::Tensor& x, const BlockWeights& weights) {
  const at::Tensor y = at::gelu(linear(weights.fc1, layer_norm(weights.norm2, x)), "tanh");
  return scaled(weights.gamma2, linear(weights.fc2, y + convolve(weights.ffn_dw, y)));
}

}  // namespace

at::Tensor convolve(const Layer& layer, const at::Tensor& x, std::int64_t stride) {
  // The permuted view is what PyTorch calls channels_last: nothing is copied.
  const at::Tensor planes = x.permute({0, 3, 1, 2});
  const std::int64_t groups = planes.size(1) / layer.weight.size(1);
  return at::conv2d(planes, layer.weight, layer.bias, stride, layer.weight.size(2) / 2, 1, groups)
      .permute({0, 2, 3, 1});
}

at::Tensor run_block(at::Tensor x, const BlockWeights& weights, const AttentionSpec& attention) {
  x = x + convolve(weights.cpe1, x);
  x = x + attention_branch(x, weights, attention);
  x = x + convolve(weights.cpe2, x);
  return x + feed_forward_branch(x, weights);
}

}  // namespace nalasr::eager
