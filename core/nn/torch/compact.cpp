#include <ATen/CPUGeneratorImpl.h>

#include <cmath>
#include <utility>
#include <vector>

#include "nn/torch/eager_network.h"
#include "nn/torch/runtime.h"

namespace nalasr::eager {
namespace {

constexpr std::int64_t kFeatures = 64, kScale = 4;
constexpr int kHiddenLayers = 32;

struct Convolution {
  at::Tensor weight, bias, slopes;  // slopes of the PReLU behind it; none after the last
};

}  // namespace

struct CompactNetwork::State {
  at::TensorOptions options;
  std::vector<Convolution> layers;
  std::int64_t parameters = 0;

  explicit State(const at::TensorOptions& tensor_options) : options(tensor_options) {
    const at::Generator generator = at::make_generator<at::CPUGeneratorImpl>(1);
    const auto add = [&](std::int64_t from, std::int64_t to, bool activated) {
      // Variance 2 / fan-in keeps values in range through all layers, as trained weights do.
      const double deviation = std::sqrt(2.0 / (9.0 * static_cast<double>(from)));
      const at::Tensor weight = at::randn({to, from, 3, 3}, generator, at::TensorOptions().dtype(at::kFloat));
      Convolution layer{(weight * deviation).to(options), at::zeros({to}, options), {}};
      if (activated) layer.slopes = at::full({to}, 0.1, options);
      parameters += layer.weight.numel() + to + (activated ? to : 0);
      layers.push_back(std::move(layer));
    };
    add(3, kFeatures, true);
    for (int i = 0; i < kHiddenLayers; ++i) add(kFeatures, kFeatures, true);
    add(kFeatures, 3 * kScale * kScale, false);
  }

  [[nodiscard]] at::Tensor forward(const at::Tensor& picture) const {
    at::Tensor x = picture;
    for (const Convolution& layer : layers) {
      x = at::conv2d(x, layer.weight, layer.bias, 1, 1);
      if (layer.slopes.defined()) x = at::prelu(x, layer.slopes);
    }
    return at::pixel_shuffle(x, kScale) +
           at::upsample_nearest2d(picture, {picture.size(2) * kScale, picture.size(3) * kScale});
  }
};

Result<CompactNetwork> CompactNetwork::create(const Options& options) {
  return guarded([&]() -> Result<CompactNetwork> {
    const auto kind = tensor_options(options);
    if (!kind) return kind.error();
    CompactNetwork network;
    network.state_ = std::make_shared<const State>(*kind);
    return network;
  });
}

std::int64_t CompactNetwork::parameter_count() const { return state_->parameters; }

Result<void> CompactNetwork::run(std::span<const float> picture, int height, int width, std::span<float> output) const {
  const auto pixels = static_cast<std::size_t>(height) * static_cast<std::size_t>(width);
  if (height < 1 || width < 1 || picture.size() != 3 * pixels || output.size() != 3 * kScale * kScale * pixels)
    return Error{ErrorCode::invalid_argument, "picture or output has the wrong size", ""};
  return guarded([&]() -> Result<void> {
    to_buffer(state_->forward(from_buffer(picture, {1, 3, height, width}, state_->options)), output);
    return {};
  });
}

}  // namespace nalasr::eager
