// The paper's hierarchical backbones: a convolutional stem, four stages of NaLa (or softmax) blocks, a linear head.
#include <ATen/CPUGeneratorImpl.h>

#include <cmath>
#include <utility>

#include "nn/torch/block.h"
#include "nn/torch/eager_network.h"
#include "nn/torch/runtime.h"

namespace nalasr::eager {
namespace {

// Scale and shift, and the statistics of the training data.
struct BatchNorm {
  Layer affine;
  at::Tensor mean, variance;
};

// A 3x3 convolution with batch norm: the stem's layers and the merging between stages.
struct NormedConvolution {
  Layer convolution;
  BatchNorm norm;
  std::int64_t stride = 1;
};

at::Tensor batch_norm(const BatchNorm& norm, const at::Tensor& x) {
  return at::batch_norm(x.permute({0, 3, 1, 2}), norm.affine.weight, norm.affine.bias, norm.mean, norm.variance,
                        /*training=*/false, /*momentum=*/0.1, /*eps=*/1e-5, /*cudnn_enabled=*/true)
      .permute({0, 2, 3, 1});
}

at::Tensor run(const NormedConvolution& layer, const at::Tensor& x) {
  return batch_norm(layer.norm, convolve(layer.convolution, x, layer.stride));
}

// Makes layers with random weights of variance 1 / fan-in and counts their parameters.
class Builder {
 public:
  Builder(std::uint64_t seed, const at::TensorOptions& options)
      : generator_(at::make_generator<at::CPUGeneratorImpl>(seed)), options_(options) {}

  Layer layer(at::IntArrayRef weight_shape) {
    // Drawn in float32 on the CPU: the same network in every precision and on every device.
    const at::Tensor weight = at::randn(weight_shape, generator_, at::TensorOptions().dtype(at::kFloat));
    const std::int64_t fan_in = weight.numel() / weight.size(0);
    parameters_ += weight.numel() + weight.size(0);
    return {(weight / std::sqrt(static_cast<double>(fan_in))).to(options_), at::zeros({weight.size(0)}, options_)};
  }
  Layer norm(std::int64_t channels) {
    parameters_ += 2 * channels;
    return {at::ones({channels}, options_), at::zeros({channels}, options_)};
  }
  BatchNorm batch_norm(std::int64_t channels) {  // running statistics are no parameters
    return {norm(channels), at::zeros({channels}, options_), at::ones({channels}, options_)};
  }
  NormedConvolution normed_convolution(std::int64_t from, std::int64_t to, std::int64_t stride) {
    Layer convolution = layer({to, from, 3, 3});
    return {std::move(convolution), batch_norm(to), stride};
  }
  at::Tensor layer_scale(std::int64_t channels) {
    parameters_ += channels;
    return at::ones({channels}, options_);
  }
  BlockWeights block(std::int64_t c, std::int64_t hidden, bool with_layer_scale) {
    BlockWeights weights;
    weights.cpe1 = layer({c, 1, 3, 3});
    weights.norm1 = norm(c);
    weights.qkvg = layer({4 * c, c});
    weights.lepe = layer({c, 1, 5, 5});
    weights.norm_out = norm(c);
    weights.out = layer({c, c});
    weights.cpe2 = layer({c, 1, 3, 3});
    weights.norm2 = norm(c);
    weights.fc1 = layer({hidden, c});
    weights.ffn_dw = layer({hidden, 1, 3, 3});
    weights.fc2 = layer({c, hidden});
    if (with_layer_scale) {
      weights.gamma1 = layer_scale(c);
      weights.gamma2 = layer_scale(c);
    }
    return weights;
  }
  [[nodiscard]] std::int64_t parameters() const { return parameters_; }

 private:
  at::Generator generator_;
  at::TensorOptions options_;
  std::int64_t parameters_ = 0;
};

}  // namespace

Result<BackboneSpec> published_backbone(char variant) {
  BackboneSpec spec;
  switch (variant) {
    case 'T':
      spec.dims = {64, 128, 256, 512};
      spec.depths = {2, 2, 6, 2};
      spec.heads = {1, 2, 4, 8};
      spec.ffn_ratio = 4;
      return spec;
    case 'S':
      spec.dims = {64, 128, 320, 512};
      spec.depths = {3, 5, 9, 3};
      spec.heads = {1, 2, 5, 8};
      spec.ffn_ratio = 3.5;
      return spec;
    case 'B':
      spec.dims = {96, 192, 384, 512};
      spec.depths = {4, 6, 12, 6};
      spec.heads = {1, 2, 6, 8};
      spec.ffn_ratio = 4;
      return spec;
    case 'L':
      spec.dims = {96, 192, 448, 640};
      spec.depths = {4, 7, 19, 8};
      spec.heads = {1, 2, 7, 10};
      spec.ffn_ratio = 3.5;
      return spec;
    default:
      return Error{ErrorCode::invalid_argument, "the published backbones are T, S, B and L", ""};
  }
}

struct Backbone::State {
  struct Stage {
    AttentionSpec attention;
    std::vector<BlockWeights> blocks;
  };

  BackboneSpec spec;
  at::TensorOptions options;
  std::vector<NormedConvolution> stem, merging;  // four layers; one after each stage but the last
  std::vector<Stage> stages;
  Layer projection, head;
  BatchNorm projection_norm;
  std::int64_t parameters = 0;

  State(const BackboneSpec& backbone, std::uint64_t seed, const at::TensorOptions& tensor_options)
      : spec(backbone), options(tensor_options) {
    Builder build(seed, options);
    const std::int64_t first = spec.dims[0], half = first / 2;
    stem = {build.normed_convolution(3, half, 2), build.normed_convolution(half, half, 1),
            build.normed_convolution(half, half, 1), build.normed_convolution(half, first, 2)};
    for (std::size_t i = 0; i < spec.dims.size(); ++i) {
      Stage stage;
      stage.attention.kind = spec.attention[i];
      stage.attention.heads = spec.heads[i];
      stage.attention.direction_map = spec.direction_map;
      const auto hidden = static_cast<std::int64_t>(std::lround(spec.dims[i] * spec.ffn_ratio));
      for (int j = 0; j < spec.depths[i]; ++j) {
        stage.blocks.push_back(build.block(spec.dims[i], hidden, spec.layer_scale));
      }
      stages.push_back(std::move(stage));
      if (i + 1 < spec.dims.size()) merging.push_back(build.normed_convolution(spec.dims[i], spec.dims[i + 1], 2));
    }
    projection = build.layer({spec.projection, spec.dims.back()});
    projection_norm = build.batch_norm(spec.projection);
    head = build.layer({spec.classes, spec.projection});
    parameters = build.parameters();
  }

  // pictures [B, 3, H, W] to logits [B, classes].
  [[nodiscard]] at::Tensor forward(const at::Tensor& pictures) const {
    at::Tensor x = pictures.permute({0, 2, 3, 1});
    for (std::size_t i = 0; i < stem.size(); ++i) {
      x = eager::run(stem[i], x);
      if (i + 1 < stem.size()) x = at::gelu(x);
    }
    for (std::size_t i = 0; i < stages.size(); ++i) {
      for (const BlockWeights& block : stages[i].blocks) x = run_block(x, block, stages[i].attention);
      if (i < merging.size()) x = eager::run(merging[i], x);
    }
    x = at::silu(eager::batch_norm(projection_norm, at::linear(x, projection.weight, projection.bias)));
    return at::linear(x.mean(at::IntArrayRef({1, 2})), head.weight, head.bias);
  }
};

Result<Backbone> Backbone::create(const BackboneSpec& spec, std::uint64_t seed, const Options& options) {
  for (std::size_t i = 0; i < spec.dims.size(); ++i) {
    if (spec.heads[i] < 1 || spec.dims[i] < 4 || spec.dims[i] % (4 * spec.heads[i]) != 0 || spec.depths[i] < 0) {
      return Error{ErrorCode::invalid_argument, "dims must be positive multiples of 4 * heads", ""};
    }
  }
  if (!(spec.ffn_ratio > 0 && spec.ffn_ratio <= 16) || spec.projection < 1 || spec.classes < 1) {
    return Error{ErrorCode::invalid_argument, "ffn_ratio, projection and classes must be positive", ""};
  }
  return guarded([&]() -> Result<Backbone> {
    const auto kind = tensor_options(options);
    if (!kind) return kind.error();
    Backbone backbone;
    backbone.state_ = std::make_shared<const State>(spec, seed, *kind);
    return backbone;
  });
}

std::int64_t Backbone::parameter_count() const { return state_->parameters; }

Result<std::vector<float>> Backbone::run(std::span<const float> pictures, int batch, int height, int width) const {
  const auto pixels = static_cast<std::size_t>(height) * static_cast<std::size_t>(width);
  if (batch < 1 || height < 1 || width < 1 || pictures.size() != static_cast<std::size_t>(batch) * 3 * pixels) {
    return Error{ErrorCode::invalid_argument, "the pictures do not have the size that was said", ""};
  }
  return guarded([&]() -> Result<std::vector<float>> {
    std::vector<float> logits(static_cast<std::size_t>(batch) * static_cast<std::size_t>(state_->spec.classes));
    to_buffer(state_->forward(from_buffer(pictures, {batch, 3, height, width}, state_->options)), logits);
    return logits;
  });
}

}  // namespace nalasr::eager
