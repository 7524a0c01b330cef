// The networks in plain LibTorch, operator by operator as the authors' code runs them: the independent check of our own
// kernels, and the rival in the memory and speed reports. Not part of the product: tests and benchmarks link it.
//
//     auto network = nalasr::eager::EagerNetwork::create(*model, {.precision = nalasr::eager::Precision::fp64});
//     std::vector<float> output(3 * s * height * s * width);
//     auto done = network->run(picture, height, width, output);
//
// This header names no LibTorch type. Buffers are dense, row-major float32.
// Thread safety: networks are immutable after create; run may be called from several threads.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "nalasr/model.h"
#include "nalasr/plan.h"
#include "nalasr/result.h"

namespace nalasr::eager {

/// Arithmetic of weights and feature maps. NaLa attention works in float32 at least.
enum class Precision { fp64, fp32, bf16 };
/// The attention of a block: the linear one of the paper, or one of the softmax kinds that it replaces. Those take all
/// tokens of the picture, whatever the model's scopes say, but for softmax_window.
enum class AttentionKind {
  nala,
  softmax,               ///< scaled_dot_product_attention: no N x N matrix is stored where LibTorch has such a kernel
  softmax_materialised,  ///< scores and probabilities as tensors of N x N per head
  softmax_window,        ///< within windows of 8 x 8 tokens, shifted by 4 in every second block (SwinIR)
};

/// Where and how a network runs. Device::automatic means the CPU.
struct Options {
  Precision precision = Precision::fp32;
  AttentionKind attention = AttentionKind::nala;  ///< of a super-resolution network; backbones choose by stage
  Device device = Device::cpu;
};

/// Threads that LibTorch uses within one operator, for the whole process.
void set_threads(int threads);

/// NaLa attention of block `block` of `spec` (heads, direction map, constants, scope) over a picture of
/// height x width tokens. q, k, v: [heads, N, d] with N = height * width in row-major order. Returns o [heads, N, d].
/// Errors: invalid_argument (sizes), out_of_memory, device_unavailable.
Result<std::vector<double>> nala_attention(const ModelSpec& spec, int block, int height, int width,
                                           std::span<const float> q, std::span<const float> k, std::span<const float> v,
                                           const Options& options = {.precision = Precision::fp64});
/// Softmax attention with the same rotary embedding of q and k, scale d^-0.5, over all tokens; otherwise as above.
Result<std::vector<double>> softmax_attention(const ModelSpec& spec, int height, int width, std::span<const float> q,
                                              std::span<const float> k, std::span<const float> v,
                                              const Options& options = {.precision = Precision::fp64});

/// A super-resolution network with the weights of a Model (design.md section 1).
class EagerNetwork {
 public:
  /// Errors: device_unavailable, out_of_memory.
  static Result<EagerNetwork> create(const Model& model, const Options& options = {});

  /// picture: RGB planes [3, height, width] in [0, 1]; output: [3, s*height, s*width], not clamped.
  /// Errors: invalid_argument (sizes), out_of_memory.
  Result<void> run(std::span<const float> picture, int height, int width, std::span<float> output) const;
  /// The same on 8-bit samples, interleaved and rounded: picture [height, width, 3], output [s*height, s*width, 3].
  Result<void> run_rgb8(std::span<const std::uint8_t> picture, int height, int width,
                        std::span<std::uint8_t> output) const;
  /// The feature map [height, width, C] after the head convolution and the first `blocks` blocks (with the closing
  /// convolutions of complete groups among them), for tests that look inside. Errors as for run.
  [[nodiscard]] Result<std::vector<float>> features(std::span<const float> picture, int height, int width,
                                                    int blocks) const;

 private:
  struct State;
  std::shared_ptr<const State> state_;
};

/// A purely convolutional rival for benchmarks, ×4: 64 features, 32 hidden 3×3 layers with PReLU, nearest-neighbour
/// skip, the shape of the small Real-ESRGAN networks (1.21M parameters). Random weights: they do not change the time.
class CompactNetwork {
 public:
  /// Errors: device_unavailable, out_of_memory.
  static Result<CompactNetwork> create(const Options& options = {});
  [[nodiscard]] std::int64_t parameter_count() const;
  /// As EagerNetwork::run with scale 4.
  Result<void> run(std::span<const float> picture, int height, int width, std::span<float> output) const;

 private:
  struct State;
  std::shared_ptr<const State> state_;
};

/// Shape of a hierarchical classification backbone (arXiv 2506.21137, appendix; the released T, S, B and L).
struct BackboneSpec {
  std::array<int, 4> dims{}, depths{}, heads{};  ///< of the four stages
  double ffn_ratio = 4;
  bool layer_scale = true;  ///< learnt factors per channel on both residual branches, as released
  /// The paper's form is linear throughout; the released code has softmax in stages 3 and 4.
  std::array<AttentionKind, 4> attention{};
  DirectionMap direction_map = DirectionMap::relu_split;
  int projection = 1024, classes = 1000;
};

/// The published variant 'T', 'S', 'B' or 'L', NaLa attention in every stage. Errors: invalid_argument.
Result<BackboneSpec> published_backbone(char variant);

/// A backbone with random weights: shows that block and attention build the paper's networks.
class Backbone {
 public:
  /// Errors: invalid_argument (dims not a multiple of 4 * heads), device_unavailable, out_of_memory.
  static Result<Backbone> create(const BackboneSpec& spec, std::uint64_t seed, const Options& options = {});

  [[nodiscard]] std::int64_t parameter_count() const;
  /// pictures: [batch, 3, height, width]; returns logits [batch, classes]. Errors: invalid_argument, out_of_memory.
  [[nodiscard]] Result<std::vector<float>> run(std::span<const float> pictures, int batch, int height, int width) const;

 private:
  struct State;
  std::shared_ptr<const State> state_;
};

}  // namespace nalasr::eager
