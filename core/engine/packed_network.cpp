#include "engine/packed_network.h"

#include <algorithm>

#include "engine/folded_network.h"

namespace nalasr {
namespace {

using cpu::head_map;
using cpu::pack_matrix;
using cpu::pad_channels;
using cpu::padded_map;

/// Channels padded with zeros.
PackedDepthwise pack_depthwise(const FoldedDepthwise& w) {
  const int channels = static_cast<int>(w.bias.size()), padded = pad_channels(channels);
  PackedDepthwise out;
  out.k = w.k;
  out.bias = w.bias;
  out.bias.resize(padded, 0.0f);
  out.weights.assign(static_cast<std::size_t>(w.k) * w.k * padded, 0.0f);
  for (int t = 0; t < w.k * w.k; ++t)
    std::copy_n(&w.weights[static_cast<std::size_t>(t) * channels], channels, &out.weights[t * padded]);
  return out;
}

cpu::PackedMatrix pack(const FoldedLinear& w, const std::vector<int>& k_map, const std::vector<int>& n_map, bool bf16) {
  return pack_matrix(w.weights.data(), w.in, w.bias.data(), k_map, n_map, bf16);
}

/// Rows (ky, kx, padded channel) of a 3×3 convolution.
cpu::PackedMatrix pack_conv(const FoldedLinear& w, int padded, int padded_out, bool bf16) {
  const int channels = w.in / 9;
  std::vector<int> k_map(9 * static_cast<std::size_t>(padded), -1);
  for (int tap = 0; tap < 9; ++tap)
    for (int c = 0; c < channels; ++c) k_map[tap * padded + c] = tap * channels + c;
  return pack(w, k_map, padded_map(w.out, padded_out), bf16);
}

PackedBlock pack_block(const ModelSpec& s, const FoldedBlock& w, bool bf16) {
  const std::vector<int> plain = padded_map(s.dim, pad_channels(s.dim));
  const std::vector<int> hidden = padded_map(s.hidden(), pad_channels(s.hidden()));
  const std::vector<int> heads = head_map(s.heads, s.head_dim());

  PackedBlock b;
  b.cpe1 = pack_depthwise(w.cpe1);
  b.lepe = pack_depthwise(w.lepe);
  b.cpe2 = pack_depthwise(w.cpe2);
  b.ffn_dw = pack_depthwise(w.ffn_dw);
  b.q = pack(w.q, plain, heads, bf16);
  b.k = pack(w.k, plain, heads, bf16);
  b.v_heads = pack(w.v, plain, heads, bf16);
  b.v = pack(w.v, plain, plain, bf16);
  b.gate = pack(w.gate, plain, plain, bf16);
  b.merge_weight = w.merge_weight;
  b.merge_bias = w.merge_bias;
  b.merge_weight.resize(plain.size(), 0.0f);
  b.merge_bias.resize(plain.size(), 0.0f);
  b.out = pack(w.out, plain, plain, bf16);
  b.fc1 = pack(w.fc1, plain, hidden, bf16);
  b.fc2 = pack(w.fc2, hidden, plain, bf16);
  return b;
}

}  // namespace

PackedNetwork::PackedNetwork(const Model& model, Precision precision)
    : spec(model.spec()),
      half_map(precision == Precision::mixed),
      bf16_products(precision == Precision::mixed && cpu::has_bf16()),
      nala(NalaParams::of(model.spec())) {
  const FoldedNetwork folded = fold(model);
  const int padded = pad_channels(spec.dim);
  head = pack_conv(folded.head, 3, padded, false);  // 27 values a token: not worth rounding
  for (const FoldedBlock& block : folded.blocks) blocks.push_back(pack_block(spec, block, bf16_products));
  for (const FoldedLinear& conv : folded.group_convs)
    group_convs.push_back(cpu::pack_convolution(conv.weights.data(), conv.bias.data(), conv.out, bf16_products));
  tail = pack_conv(folded.tail, padded, folded.tail.out, bf16_products);
}

}  // namespace nalasr
