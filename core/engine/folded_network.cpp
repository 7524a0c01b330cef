#include "engine/folded_network.h"

#include <string>

namespace nalasr {
namespace {

/// Rows [first, first + rows) of a Linear layer.
FoldedLinear linear(const Tensor& weight, const Tensor& bias, int first, int rows) {
  FoldedLinear out;
  out.in = static_cast<int>(weight.shape[1]);
  out.out = rows;
  const auto begin = weight.values.begin() + static_cast<std::ptrdiff_t>(first) * out.in;
  out.weights.assign(begin, begin + static_cast<std::ptrdiff_t>(rows) * out.in);
  out.bias.assign(bias.values.begin() + first, bias.values.begin() + first + rows);
  return out;
}

/// A Linear layer behind a LayerNorm: W·(n ⊙ w + b) + c = (W ⊙ w)·n + (W·b + c).
void fold_norm(FoldedLinear& layer, const Tensor& norm_weight, const Tensor& norm_bias) {
  for (int r = 0; r < layer.out; ++r) {
    double shift = 0;
    for (int c = 0; c < layer.in; ++c) {
      float& w = layer.weights[static_cast<std::size_t>(r) * layer.in + c];
      shift += static_cast<double>(w) * norm_bias.values[c];
      w *= norm_weight.values[c];
    }
    layer.bias[r] += static_cast<float>(shift);
  }
}

/// A Linear layer whose output is scaled per channel by γ.
void fold_gamma(FoldedLinear& layer, const Tensor& gamma) {
  for (int r = 0; r < layer.out; ++r) {
    for (int c = 0; c < layer.in; ++c) layer.weights[static_cast<std::size_t>(r) * layer.in + c] *= gamma.values[r];
    layer.bias[r] *= gamma.values[r];
  }
}

/// PyTorch's [out][in][3][3] with columns put into the order (ky, kx, channel), and rows taken as `rows` says.
FoldedLinear convolution(const Tensor& weight, const Tensor& bias, const std::vector<int>& rows) {
  const int channels = static_cast<int>(weight.shape[1]);
  FoldedLinear out;
  out.in = 9 * channels;
  out.out = static_cast<int>(rows.size());
  for (const int row : rows) {
    out.bias.push_back(bias.values[row]);
    for (int tap = 0; tap < 9; ++tap)
      for (int c = 0; c < channels; ++c)
        out.weights.push_back(weight.values[(static_cast<std::size_t>(row) * channels + c) * 9 + tap]);
  }
  return out;
}

std::vector<int> all_rows(int count) {
  std::vector<int> rows(count);
  for (int i = 0; i < count; ++i) rows[i] = i;
  return rows;
}

/// PyTorch's [channels][1][k][k]; `identity` adds x itself.
FoldedDepthwise depthwise(const Tensor& weight, const Tensor& bias, bool identity) {
  const int channels = static_cast<int>(weight.shape[0]), k = static_cast<int>(weight.shape[2]), taps = k * k;
  FoldedDepthwise out;
  out.k = k;
  out.bias = bias.values;
  out.weights.resize(static_cast<std::size_t>(taps) * channels);
  for (int c = 0; c < channels; ++c) {
    for (int t = 0; t < taps; ++t)
      out.weights[static_cast<std::size_t>(t) * channels + c] = weight.values[c * taps + t];
    if (identity) out.weights[static_cast<std::size_t>(taps / 2) * channels + c] += 1.0f;
  }
  return out;
}

FoldedBlock block(const Model& model, int index) {
  const std::string name = "blocks." + std::to_string(index) + ".";
  const auto tensor = [&](const std::string& suffix) -> const Tensor& { return model.tensor(name + suffix); };
  const auto dw = [&](const std::string& layer, bool identity) {
    return depthwise(tensor(layer + ".weight"), tensor(layer + ".bias"), identity);
  };
  const auto dense = [&](const std::string& layer, int first, int rows) {
    return linear(tensor(layer + ".weight"), tensor(layer + ".bias"), first, rows);
  };
  const int dim = model.spec().dim, hidden = model.spec().hidden();

  FoldedBlock b;
  b.cpe1 = dw("cpe1", true);
  b.lepe = dw("lepe", false);
  b.cpe2 = dw("cpe2", true);
  b.ffn_dw = dw("ffn_dw", true);
  FoldedLinear* const projections[] = {&b.q, &b.k, &b.v, &b.gate};
  for (int i = 0; i < 4; ++i) {
    *projections[i] = dense("qkvg", i * dim, dim);
    fold_norm(*projections[i], tensor("norm1.weight"), tensor("norm1.bias"));
  }
  b.merge_weight = tensor("norm_out.weight").values;
  b.merge_bias = tensor("norm_out.bias").values;
  b.out = dense("out", 0, dim);
  fold_gamma(b.out, tensor("gamma1"));
  b.fc1 = dense("fc1", 0, hidden);
  fold_norm(b.fc1, tensor("norm2.weight"), tensor("norm2.bias"));
  b.fc2 = dense("fc2", 0, dim);
  fold_gamma(b.fc2, tensor("gamma2"));
  return b;
}

}  // namespace

FoldedNetwork fold(const Model& model) {
  FoldedNetwork network;
  network.spec = model.spec();
  const int dim = network.spec.dim, s = network.spec.scale;
  const auto conv = [&](const std::string& name, const std::vector<int>& rows) {
    return convolution(model.tensor(name + ".weight"), model.tensor(name + ".bias"), rows);
  };
  network.head = conv("head", all_rows(dim));
  for (int i = 0; i < network.spec.blocks; ++i) network.blocks.push_back(block(model, i));
  for (int g = 0; g < network.spec.groups(); ++g)
    network.group_convs.push_back(conv("groups." + std::to_string(g), all_rows(dim)));
  // PyTorch's pixel shuffle takes channel c·s² + i·s + j to sub-row i, sub-column j.
  std::vector<int> shuffled;
  for (int i = 0; i < s; ++i)
    for (int j = 0; j < s; ++j)
      for (int c = 0; c < 3; ++c) shuffled.push_back(c * s * s + i * s + j);
  network.tail = conv("tail", shuffled);
  return network;
}

}  // namespace nalasr
