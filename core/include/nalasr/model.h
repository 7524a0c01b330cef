// A model: verified weights and the specification of the network they belong to.
//
//     auto model = nalasr::Model::load("models/light_x4.safetensors");
//     std::cout << model->spec().dim << '\n';
//
// Thread safety: a Model is immutable after load and may be shared between threads.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "nalasr/result.h"

namespace nalasr {

/// How features get their direction: the paper's cosine map, or the released code's split (its limit α → ∞).
enum class DirectionMap { cosine, relu_split };

/// Where a token is: axial turns channel pairs of queries and keys with y and x (the paper's code); none leaves it to
/// the convolutions (docs/decisions/0007).
enum class RotaryEmbedding { axial, none };

/// Which tokens a token attends to: those of the whole picture, of its window of W×W, or of its cell of C×C and the
/// eight cells around it, as far as they lie in the picture (docs/decisions/0017). At most one of the two is not 0.
struct AttentionScope {
  int window = 0;  ///< W in tokens
  int cell = 0;    ///< C in tokens; cells count from the picture's corner
  [[nodiscard]] bool is_global() const { return window == 0 && cell == 0; }
  /// Whether its sums are those of tokens far below, too: then a sweep over the picture makes them before the block.
  [[nodiscard]] bool needs_barrier() const { return window == 0; }
  bool operator==(const AttentionScope&) const = default;
};

/// Everything that shapes the network (design.md section 1).
struct ModelSpec {
  int scale = 4;         ///< output pixels per input pixel along each axis
  int dim = 64;          ///< channels C of the feature map
  int heads = 2;         ///< attention heads; head dim d = dim / heads, a multiple of 4
  int blocks = 12;       ///< number of NaLa blocks
  int group = 4;         ///< blocks per group; each group is closed by x += conv3x3(x)
  double ffn_ratio = 2;  ///< hidden channels of the FFN / dim
  DirectionMap direction_map = DirectionMap::cosine;
  double lambda = 3;  ///< exponent λ of |k| and factor of p(n)
  double tau = 0.5;   ///< τ of p(n) = λ(τ + tanh n)
  double alpha = 20;  ///< α of the cosine direction map
  RotaryEmbedding rotary = RotaryEmbedding::axial;
  double rotary_base = 10000;
  /// Longest side, in tokens, that the rotary embedding has seen in training: longer ones are counted in fractions of a
  /// token, so that no angle is a new one (arXiv 2306.15595; docs/decisions/0015). 0: every token counts as one, as it
  /// does within windows and among cells, which may not reach further.
  int rotary_span = 0;
  std::vector<AttentionScope> scopes;  ///< one per block

  [[nodiscard]] int head_dim() const { return dim / heads; }
  [[nodiscard]] int hidden() const { return static_cast<int>(dim * ffn_ratio + 0.5); }
  [[nodiscard]] int groups() const { return (blocks + group - 1) / group; }
  /// Whether block `i` (0-based) is the last of its group.
  [[nodiscard]] bool closes_group(int i) const { return (i + 1) % group == 0 || i + 1 == blocks; }
  bool operator==(const ModelSpec&) const = default;
};

/// One dense tensor, row-major float32.
struct Tensor {
  std::vector<std::int64_t> shape;
  std::vector<float> values;
};

/// Weights and their specification, checked against each other: every tensor present, of the right shape, finite.
class Model {
 public:
  /// Reads a safetensors file (float32, float16 or bfloat16 tensors). If `sha256` is not empty the file's hash
  /// must equal it. Errors: not_found, io, corrupt, unsupported.
  static Result<std::shared_ptr<const Model>> load(const std::filesystem::path& path, const std::string& sha256 = {});

  /// (1 - share) plain + share sharp, weight by weight: a network between two of one architecture, of which the second
  /// was trained on from the first. Share 0 is `plain` itself, share 1 has the weights of `sharp`.
  /// Errors: invalid_argument (a share outside 0..1, another architecture).
  static Result<std::shared_ptr<const Model>> blend(const std::shared_ptr<const Model>& plain, const Model& sharp,
                                                    double share);

  [[nodiscard]] const ModelSpec& spec() const { return spec_; }
  [[nodiscard]] const std::map<std::string, Tensor>& tensors() const { return tensors_; }
  [[nodiscard]] const Tensor& tensor(const std::string& name) const { return tensors_.at(name); }
  [[nodiscard]] std::int64_t parameter_count() const;
  [[nodiscard]] const std::string& name() const { return name_; }
  /// Of the file, 64 hexadecimal digits: what results were made with. Of a blend: of both files' hashes and the share.
  [[nodiscard]] const std::string& sha256() const { return sha256_; }

 private:
  Model() = default;
  std::string name_, sha256_;
  ModelSpec spec_;
  std::map<std::string, Tensor> tensors_;
};

/// One line of models/manifest.json.
struct ModelEntry {
  std::string name;  ///< "light"
  std::filesystem::path file;
  std::string sha256;
  int scale = 4;
  std::int64_t parameters = 0;
  std::string sharpens;  ///< the model of this scale that these weights make sharper, as Model::blend; mostly empty
  std::string title, description, licence, training_data;
  struct Metric {
    std::string dataset, degradation;
    double psnr_y = 0, ssim_y = 0;
  };
  std::vector<Metric> metrics;
};

/// Reads `folder`/manifest.json. Errors: not_found, corrupt.
Result<std::vector<ModelEntry>> list_models(const std::filesystem::path& folder);
/// The folder of bundled models: $NALASR_MODELS, else beside the executable's installation, else the source tree.
std::filesystem::path default_model_folder();

}  // namespace nalasr
