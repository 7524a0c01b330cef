#include "engine/packed_network.h"

#include <string>

namespace nalasr {
namespace {

using cpu::head_map;
using cpu::pack_matrix;
using cpu::pad_channels;
using cpu::padded_map;

/// Weights [channels][1][k][k] to [k*k][padded]; `identity` adds x itself.
PackedDepthwise pack_depthwise(const Model& model, const std::string& name, bool identity) {
  const Tensor& w = model.tensor(name + ".weight");
  const Tensor& b = model.tensor(name + ".bias");
  const int channels = static_cast<int>(w.shape[0]), k = static_cast<int>(w.shape[2]), taps = k * k;
  const int padded = pad_channels(channels);
  PackedDepthwise out;
  out.k = k;
  out.weights.assign(static_cast<std::size_t>(taps) * padded, 0.0f);
  out.bias.assign(padded, 0.0f);
  for (int c = 0; c < channels; ++c) {
    out.bias[c] = b.values[c];
    for (int t = 0; t < taps; ++t) out.weights[t * padded + c] = w.values[c * taps + t];
    if (identity) out.weights[taps / 2 * padded + c] += 1.0f;
  }
  return out;
}

/// A Linear layer behind a LayerNorm: W·(n ⊙ w + b) + c = (W ⊙ w)·n + (W·b + c).
Tensor fold_norm(const Tensor& weight, const Tensor& norm_weight, const Tensor& norm_bias, Tensor& bias) {
  Tensor folded = weight;
  const std::size_t rows = weight.shape[0], columns = weight.shape[1];
  for (std::size_t r = 0; r < rows; ++r) {
    double shift = 0;
    for (std::size_t c = 0; c < columns; ++c) {
      shift += static_cast<double>(weight.values[r * columns + c]) * norm_bias.values[c];
      folded.values[r * columns + c] *= norm_weight.values[c];
    }
    bias.values[r] += static_cast<float>(shift);
  }
  return folded;
}

/// A Linear layer whose output is scaled per channel by γ.
Tensor fold_gamma(const Tensor& weight, const Tensor& gamma, Tensor& bias) {
  Tensor folded = weight;
  const std::size_t rows = weight.shape[0], columns = weight.shape[1];
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t c = 0; c < columns; ++c) folded.values[r * columns + c] *= gamma.values[r];
    bias.values[r] *= gamma.values[r];
  }
  return folded;
}

/// Packed rows (ky, kx, padded channel) of a 3×3 convolution whose PyTorch weight row is [in][3][3].
std::vector<int> conv_map(int channels, int padded) {
  std::vector<int> map(9 * static_cast<std::size_t>(padded), -1);
  for (int tap = 0; tap < 9; ++tap)
    for (int c = 0; c < channels; ++c) map[tap * padded + c] = c * 9 + tap;
  return map;
}

cpu::PackedMatrix pack_conv(const Model& model, const std::string& name, int padded, const std::vector<int>& n_map,
                            bool bf16) {
  const Tensor& w = model.tensor(name + ".weight");
  const int channels = static_cast<int>(w.shape[1]);
  return pack_matrix(w.values.data(), channels * 9, model.tensor(name + ".bias").values.data(),
                     conv_map(channels, padded), n_map, bf16);
}

PackedBlock pack_block(const Model& model, int index, bool bf16) {
  const ModelSpec& s = model.spec();
  const std::string name = "blocks." + std::to_string(index) + ".";
  const auto tensor = [&](const char* suffix) -> const Tensor& { return model.tensor(name + suffix); };
  const int dim = s.dim, padded = pad_channels(dim), hidden = s.hidden(), hidden_padded = pad_channels(hidden);
  const std::vector<int> in = padded_map(dim, padded), plain = padded_map(dim, padded);

  PackedBlock b;
  b.cpe1 = pack_depthwise(model, name + "cpe1", true);
  b.lepe = pack_depthwise(model, name + "lepe", false);
  b.cpe2 = pack_depthwise(model, name + "cpe2", true);
  b.ffn_dw = pack_depthwise(model, name + "ffn_dw", true);

  Tensor bias = tensor("qkvg.bias");
  const Tensor qkvg = fold_norm(tensor("qkvg.weight"), tensor("norm1.weight"), tensor("norm1.bias"), bias);
  const auto project = [&](const std::vector<int>& n_map) {
    return pack_matrix(qkvg.values.data(), dim, bias.values.data(), in, n_map, bf16);
  };
  b.q = project(head_map(s.heads, s.head_dim(), 0));
  b.k = project(head_map(s.heads, s.head_dim(), dim));
  b.v_heads = project(head_map(s.heads, s.head_dim(), 2 * dim));
  b.v = project(padded_map(dim, padded, 2 * dim));
  b.gate = project(padded_map(dim, padded, 3 * dim));

  b.merge_weight = tensor("norm_out.weight").values;
  b.merge_bias = tensor("norm_out.bias").values;
  b.merge_weight.resize(padded, 0.0f);
  b.merge_bias.resize(padded, 0.0f);

  Tensor out_bias = tensor("out.bias");
  const Tensor out = fold_gamma(tensor("out.weight"), tensor("gamma1"), out_bias);
  b.out = pack_matrix(out.values.data(), dim, out_bias.values.data(), in, plain, bf16);

  Tensor fc1_bias = tensor("fc1.bias");
  const Tensor fc1 = fold_norm(tensor("fc1.weight"), tensor("norm2.weight"), tensor("norm2.bias"), fc1_bias);
  b.fc1 = pack_matrix(fc1.values.data(), dim, fc1_bias.values.data(), in, padded_map(hidden, hidden_padded), bf16);

  Tensor fc2_bias = tensor("fc2.bias");
  const Tensor fc2 = fold_gamma(tensor("fc2.weight"), tensor("gamma2"), fc2_bias);
  b.fc2 =
      pack_matrix(fc2.values.data(), hidden, fc2_bias.values.data(), padded_map(hidden, hidden_padded), plain, bf16);
  return b;
}

}  // namespace

PackedNetwork::PackedNetwork(const Model& model, Precision precision)
    : spec(model.spec()),
      half_map(precision == Precision::mixed),
      bf16_products(precision == Precision::mixed && cpu::has_bf16()),
      nala(NalaParams::of(model.spec())) {
  const int padded = pad_channels(spec.dim), s = spec.scale;
  const std::vector<int> channels = padded_map(spec.dim, padded);
  head = pack_conv(model, "head", 3, channels, false);  // 27 values a token: not worth rounding
  for (int i = 0; i < spec.blocks; ++i) blocks.push_back(pack_block(model, i, bf16_products));
  for (int g = 0; g < spec.groups(); ++g)
    group_convs.push_back(pack_conv(model, "groups." + std::to_string(g), padded, channels, bf16_products));
  // PyTorch's pixel shuffle takes channel c·s² + i·s + j to sub-row i, sub-column j.
  std::vector<int> shuffled;
  for (int i = 0; i < s; ++i)
    for (int j = 0; j < s; ++j)
      for (int c = 0; c < 3; ++c) shuffled.push_back(c * s * s + i * s + j);
  tail = pack_conv(model, "tail", padded, shuffled, bf16_products);
}

}  // namespace nalasr
