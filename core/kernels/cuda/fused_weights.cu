#include "kernels/cuda/fused_weights.h"

#include "kernels/cuda/fragments.h"
#include "kernels/interpolation.h"

namespace nalasr::cuda {
namespace {

/// Pointers that are set once everything is in device memory.
class Packer {
 public:
  explicit Packer(WeightStore& store) : store_(store) {}

  template <typename Pointer, typename T>
  void add(const Pointer*& pointer, const std::vector<T>& values) {
    targets_.push_back([&pointer, this, offset = store_.add(values)] { pointer = store_.get<Pointer>(offset); });
  }
  void add(HalfDepthwiseWeights& pointers, const FoldedDepthwise& w) {
    add(pointers.taps, pack_pairs(w.weights));
    add(pointers.bias, pack_pairs(w.bias));
  }
  void upload() {
    store_.upload();
    for (const auto& set : targets_) set();
  }

 private:
  WeightStore& store_;
  std::vector<std::function<void()>> targets_;
};

/// Inputs [first, first + …) and outputs likewise of a linear layer; outputs that it has not are zero.
Weight part(const FoldedLinear& w, int first_input, int first_output) {
  return [&w, first_input, first_output](int output, int input) {
    const int row = first_output + output;
    return row < w.out ? w.weights[static_cast<std::size_t>(row) * w.in + first_input + input] : 0.0f;
  };
}

void append(std::vector<std::uint32_t>& all, const std::vector<std::uint32_t>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

/// The kernels add x themselves: 1 + w would cost w half of its digits.
FoldedDepthwise without_identity(FoldedDepthwise w) {
  const std::size_t channels = w.bias.size(), centre = w.weights.size() / channels / 2;
  for (std::size_t c = 0; c < channels; ++c) w.weights[centre * channels + c] -= 1.0f;
  return w;
}

void pack_attend(Packer& packer, const FoldedBlock& b, const NalaParams& nala, AttendArgs& a) {
  const int c = b.q.in, v = vector_of(nala.head_dim);
  const auto square = [&](const FoldedLinear& w) { return pack_operand_b(part(w, 0, 0), c, c, v, v); };
  packer.add(a.v, square(b.v));
  packer.add(a.q, square(b.q));
  FoldedLinear half_gate = b.gate;  // the kernel wants g/2; halving changes no digit
  for (std::vector<float>* values : {&half_gate.weights, &half_gate.bias})
    for (float& v : *values) v *= 0.5f;
  packer.add(a.gate, square(half_gate));
  packer.add(a.out_weights, square(b.out));
  packer.add(a.v_bias, b.v.bias);
  packer.add(a.q_bias, b.q.bias);
  packer.add(a.gate_bias, half_gate.bias);
  packer.add(a.out_bias, b.out.bias);
  packer.add(a.merge_weight, b.merge_weight);
  packer.add(a.merge_bias, b.merge_bias);
  packer.add(a.lepe, b.lepe);
  a.features = feature_constants(nala);
}

void pack_ffn(Packer& packer, const FoldedBlock& b, FfnArgs& a) {
  const int c = b.fc1.in, hidden = b.fc1.out, chunk = ffn_chunk(c), v = vector_of(c), hidden_v = vector_of(chunk);
  std::vector<std::uint32_t> fc1, fc2;
  for (int first = 0; first < hidden; first += chunk) {
    append(fc1, pack_operand_b(part(b.fc1, 0, first), c, chunk, v, hidden_v));
    append(fc2, pack_operand_b(part(b.fc2, first, 0), chunk, c, hidden_v, v));
  }
  packer.add(a.fc1, fc1);
  packer.add(a.fc2, fc2);
  packer.add(a.fc1_bias, b.fc1.bias);
  packer.add(a.fc2_bias, b.fc2.bias);
  packer.add(a.cpe2, without_identity(b.cpe2));
  packer.add(a.dw, b.ffn_dw);
  a.hidden = hidden;
}

void pack_barrier(Packer& packer, const FoldedBlock& b, const NalaParams& nala, BarrierArgs& a) {
  const int c = b.k.in;
  packer.add(a.k, pack_operand_a(part(b.k, 0, 0), c, c, vector_of(c)));
  packer.add(a.v, pack_operand_a(part(b.v, 0, 0), c, c, vector_of(c)));
  packer.add(a.k_bias, b.k.bias);
  packer.add(a.v_bias, b.v.bias);
  packer.add(a.cpe1, without_identity(b.cpe1));
  a.features = feature_constants(nala);
}

void pack_group(Packer& packer, const FoldedLinear& w, GroupArgs& a) {
  const int c = w.out, chunk = group_chunk(c), v = vector_of(c);
  std::vector<std::uint32_t> weights;
  for (int tap = 0; tap < 9; ++tap)
    for (int first = 0; first < c; first += chunk)
      append(weights, pack_operand_b(part(w, tap * c, first), c, chunk, v, v));
  packer.add(a.weights, weights);
  packer.add(a.bias, w.bias);
}

/// Weights [out][27] turned to [27][out].
std::vector<float> turned(const FoldedLinear& w) {
  std::vector<float> out(w.weights.size());
  for (int o = 0; o < w.out; ++o)
    for (int i = 0; i < w.in; ++i)
      out[static_cast<std::size_t>(i) * w.out + o] = w.weights[static_cast<std::size_t>(o) * w.in + i];
  return out;
}

void pack_tail(Packer& packer, const FoldedNetwork& n, TailArgs& a) {
  const int c = n.spec.dim, padded = (n.tail.out + 15) / 16 * 16;
  std::vector<std::uint32_t> weights;
  for (int tap = 0; tap < 9; ++tap)
    append(weights, pack_operand_b(part(n.tail, tap * c, 0), c, padded, vector_of(c), 4));
  std::vector<float> bias = n.tail.bias;
  bias.resize(padded, 0.0f);
  packer.add(a.weights, weights);
  packer.add(a.bias, bias);
  const std::vector<float> phases = base_phases(n.spec.scale);
  std::copy(phases.begin(), phases.end(), a.phases);
}

}  // namespace

FusedWeights::FusedWeights(const FoldedNetwork& n) : blocks(n.blocks.size()), groups(n.group_convs.size()) {
  const NalaParams nala = NalaParams::of(n.spec);
  Packer packer(store_);
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    pack_attend(packer, n.blocks[i], nala, blocks[i].attend);
    pack_ffn(packer, n.blocks[i], blocks[i].ffn);
    pack_barrier(packer, n.blocks[i], nala, blocks[i].barrier);
  }
  for (std::size_t i = 0; i < groups.size(); ++i) pack_group(packer, n.group_convs[i], groups[i]);
  pack_tail(packer, n, tail);
  packer.add(head.weights, turned(n.head));
  packer.add(head.bias, n.head.bias);
  packer.upload();
  tail.head_weights = head.weights;
  tail.head_bias = head.bias;
}

}  // namespace nalasr::cuda
