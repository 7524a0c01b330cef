#include "nn/torch/eager_network.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "nn/spec.h"
#include "nn/torch/attention.h"
#include "nn/torch/block.h"
#include "nn/torch/runtime.h"

namespace nalasr::eager {
namespace {

Error wrong_size(const char* what) {
  return {ErrorCode::invalid_argument, std::string(what) + " does not have the size that goes with the picture", ""};
}

// Both attention functions of the header: [heads, N, d] in, through [1, H, W, C], and out again.
Result<std::vector<double>> attention(const AttentionSpec& spec, int d, int height, int width, std::span<const float> q,
                                      std::span<const float> k, std::span<const float> v, const Options& options) {
  const std::int64_t tokens = std::int64_t{height} * width;
  const auto size = static_cast<std::size_t>(tokens * spec.heads * d);
  if (height < 1 || width < 1) return Error{ErrorCode::invalid_argument, "an empty picture has no tokens", ""};
  if (q.size() != size || k.size() != size || v.size() != size) return wrong_size("q, k or v");
  return guarded([&]() -> Result<std::vector<double>> {
    const auto kind = tensor_options(options);
    if (!kind) return kind.error();
    const auto map = [&](std::span<const float> x) {
      return from_buffer(x, {spec.heads, tokens, d}, *kind).transpose(0, 1).reshape({1, height, width, spec.heads * d});
    };
    const at::Tensor o = attend(map(q), map(k), map(v), spec)
                             .reshape({tokens, spec.heads, d})
                             .transpose(0, 1)
                             .to(at::TensorOptions().dtype(at::kDouble).device(at::kCPU))
                             .contiguous();
    return std::vector<double>(o.const_data_ptr<double>(), o.const_data_ptr<double>() + o.numel());
  });
}

// Keys' cubic convolution kernel with a = -0.5 at distance t (IEEE Trans. ASSP 29, 1981).
double keys(double t) {
  constexpr double a = -0.5;
  t = std::abs(t);
  if (t <= 1) return ((a + 2) * t - (a + 3)) * t * t + 1;
  return t < 2 ? ((a * t - 5 * a) * t + 8 * a) * t - 4 * a : 0;
}

// Interpolates the last axis of x by `scale`: half-pixel centres, replicated borders, no antialiasing.
at::Tensor interpolate_rows(const at::Tensor& x, std::int64_t scale) {
  const std::int64_t size = x.size(-1);
  at::Tensor sum;
  for (std::int64_t tap = -1; tap <= 2; ++tap) {
    std::vector<std::int64_t> source;
    std::vector<double> weight;
    for (std::int64_t i = 0; i < size * scale; ++i) {
      const double centre = (static_cast<double>(i) + 0.5) / static_cast<double>(scale) - 0.5;
      const double position = std::floor(centre) + static_cast<double>(tap);
      source.push_back(std::clamp(static_cast<std::int64_t>(position), std::int64_t{0}, size - 1));
      weight.push_back(keys(centre - position));
    }
    const at::Tensor index = at::tensor(source, at::kLong).to(x.device());
    const at::Tensor term = x.index_select(-1, index) * at::tensor(weight, at::kDouble).to(x.options());
    sum = sum.defined() ? sum + term : term;
  }
  return sum;
}

at::Tensor interpolate(const at::Tensor& planes, std::int64_t scale) {
  return interpolate_rows(interpolate_rows(planes, scale).transpose(-1, -2), scale).transpose(-1, -2);
}

}  // namespace

Result<std::vector<double>> nala_attention(const ModelSpec& spec, int block, int height, int width,
                                           std::span<const float> q, std::span<const float> k, std::span<const float> v,
                                           const Options& options) {
  if (block < 0 || block >= static_cast<int>(spec.scopes.size())) {
    return Error{ErrorCode::invalid_argument, "the network has no such block", ""};
  }
  return attention(attention_spec(spec, block, AttentionKind::nala), spec.head_dim(), height, width, q, k, v, options);
}

Result<std::vector<double>> softmax_attention(const ModelSpec& spec, int height, int width, std::span<const float> q,
                                              std::span<const float> k, std::span<const float> v,
                                              const Options& options) {
  AttentionSpec softmax;
  softmax.kind = AttentionKind::softmax;
  softmax.heads = spec.heads;
  softmax.rotary = spec.rotary;
  softmax.rotary_base = spec.rotary_base;
  softmax.rotary_span = spec.rotary_span;
  return attention(softmax, spec.head_dim(), height, width, q, k, v, options);
}

struct EagerNetwork::State {
  ModelSpec spec;
  at::TensorOptions options;
  AttentionKind kind = AttentionKind::nala;
  Layer head, tail;
  std::vector<BlockWeights> blocks;
  std::vector<Layer> groups;

  State(const Model& model, const at::TensorOptions& tensor_options, AttentionKind attention_kind)
      : spec(model.spec()), options(tensor_options), kind(attention_kind) {
    const auto tensor = [&](const std::string& name) {
      const Tensor& source = model.tensor(name);
      return from_buffer(source.values, source.shape, options);
    };
    const auto layer = [&](const std::string& name) { return Layer{tensor(name + ".weight"), tensor(name + ".bias")}; };
    head = layer("head");
    tail = layer("tail");
    for (int i = 0; i < spec.blocks; ++i) {
      const std::string prefix = "blocks." + std::to_string(i) + ".";
      blocks.push_back({layer(prefix + "cpe1"), layer(prefix + "norm1"), layer(prefix + "qkvg"), layer(prefix + "lepe"),
                        layer(prefix + "norm_out"), layer(prefix + "out"), layer(prefix + "cpe2"),
                        layer(prefix + "norm2"), layer(prefix + "fc1"), layer(prefix + "ffn_dw"), layer(prefix + "fc2"),
                        tensor(prefix + "gamma1"), tensor(prefix + "gamma2")});
    }
    for (int j = 0; j < spec.groups(); ++j) groups.push_back(layer("groups." + std::to_string(j)));
  }

  [[nodiscard]] at::Tensor head_map(const at::Tensor& picture) const {
    return convolve(head, (picture - 0.5).permute({0, 2, 3, 1}));
  }

  // The first `count` blocks and the group convolutions that they close.
  [[nodiscard]] at::Tensor body(at::Tensor x, int count) const {
    for (int i = 0; i < count; ++i) {
      x = run_block(x, blocks[static_cast<std::size_t>(i)], attention_spec(spec, i, kind));
      if (spec.closes_group(i)) x = x + convolve(groups[static_cast<std::size_t>(i / spec.group)], x);
    }
    return x;
  }

  [[nodiscard]] at::Tensor forward(const at::Tensor& picture) const {
    const at::Tensor f0 = head_map(picture);
    const at::Tensor x = body(f0, spec.blocks) + f0;
    const at::Tensor residual = at::pixel_shuffle(convolve(tail, x).permute({0, 3, 1, 2}), spec.scale);
    return residual + interpolate(picture, spec.scale);
  }
};

Result<EagerNetwork> EagerNetwork::create(const Model& model, const Options& options) {
  return guarded([&]() -> Result<EagerNetwork> {
    const auto kind = tensor_options(options);
    if (!kind) return kind.error();
    EagerNetwork network;
    network.state_ = std::make_shared<const State>(model, *kind, options.attention);
    return network;
  });
}

Result<void> EagerNetwork::run(std::span<const float> picture, int height, int width, std::span<float> output) const {
  const auto pixels = static_cast<std::size_t>(height) * static_cast<std::size_t>(width);
  const auto scale = static_cast<std::size_t>(state_->spec.scale);
  if (height < 1 || width < 1 || picture.size() != 3 * pixels) return wrong_size("the picture");
  if (output.size() != 3 * scale * scale * pixels) return wrong_size("the output");
  return guarded([&]() -> Result<void> {
    to_buffer(state_->forward(from_buffer(picture, {1, 3, height, width}, state_->options)), output);
    return {};
  });
}

Result<void> EagerNetwork::run_rgb8(std::span<const std::uint8_t> picture, int height, int width,
                                    std::span<std::uint8_t> output) const {
  const auto pixels = static_cast<std::size_t>(height) * static_cast<std::size_t>(width);
  const std::int64_t s = state_->spec.scale;
  if (height < 1 || width < 1 || picture.size() != 3 * pixels) return wrong_size("the picture");
  if (output.size() != picture.size() * static_cast<std::size_t>(s * s)) return wrong_size("the output");
  return guarded([&]() -> Result<void> {
    const at::Tensor bytes = at::from_blob(const_cast<std::uint8_t*>(picture.data()), {1, height, width, 3}, at::kByte);
    at::Tensor out = state_->forward(bytes.to(state_->options).div_(255).permute({0, 3, 1, 2}).contiguous());
    out = out.clamp_(0, 1).mul_(255).add_(0.5).to(at::kByte).permute({0, 2, 3, 1});
    at::from_blob(output.data(), {1, s * height, s * width, 3}, at::kByte).copy_(out);
    return {};
  });
}

Result<std::vector<float>> EagerNetwork::features(std::span<const float> picture, int height, int width,
                                                  int blocks) const {
  const auto pixels = static_cast<std::size_t>(height) * static_cast<std::size_t>(width);
  if (height < 1 || width < 1 || picture.size() != 3 * pixels) return wrong_size("the picture");
  if (blocks < 0 || blocks > state_->spec.blocks) {
    return Error{ErrorCode::invalid_argument, "the network has no such block", ""};
  }
  return guarded([&]() -> Result<std::vector<float>> {
    const at::Tensor planes = from_buffer(picture, {1, 3, height, width}, state_->options);
    std::vector<float> map(pixels * static_cast<std::size_t>(state_->spec.dim));
    to_buffer(state_->body(state_->head_map(planes), blocks), map);
    return map;
  });
}

}  // namespace nalasr::eager
