// The plain kernel set: what each step of the network is, in terms of plain_kernels.h.
#include <algorithm>
#include <vector>

#include "kernels/cuda/plain_kernels.h"
#include "kernels/cuda/state.h"
#include "kernels/cuda/weight_store.h"
#include "kernels/interpolation.h"

namespace nalasr::cuda {
namespace {

using plain::Cells;
using plain::Dense;
using plain::Depthwise;
using plain::Map;

struct Block {
  Depthwise cpe1, lepe, cpe2, ffn_dw;
  Dense q, k, v, gate, out, fc1, fc2;
  const float *merge_weight, *merge_bias;
};

class PlainKernels : public Kernels {
 public:
  explicit PlainKernels(const FoldedNetwork& network) : spec_(network.spec), nala_(NalaParams::of(network.spec)) {
    // Twice over the same list: first the weights are collected, then their places on the device are known.
    std::vector<std::size_t> offsets;
    each_tensor(network,
                [&](const std::vector<float>& values, const float*&) { offsets.push_back(store_.add(values)); });
    store_.upload();
    auto offset = offsets.begin();
    each_tensor(network, [&](const std::vector<float>&, const float*& place) { place = store_.get<float>(*offset++); });
  }

  [[nodiscard]] std::size_t weight_bytes() const override { return store_.bytes(); }
  [[nodiscard]] std::size_t element_bytes() const override { return sizeof(float); }
  [[nodiscard]] std::size_t scratch_bytes(int width, int rows) const override {
    const std::size_t channels = std::max(5 * spec_.dim, spec_.dim + spec_.hidden());
    return static_cast<std::size_t>(width) * (rows + 4) * channels * sizeof(float);
  }

  void head(const Picture& p, const Input& in, Rows out, Span rows, Stream stream) const override {
    plain::head(in, p.height, head_, {}, map(p, out), rows, stream);
  }

  void barrier(const Picture& p, int block, Rows in, Rows out, Span rows, float* sums, Stream stream) const override {
    accumulate(p, block, in, out, rows, {kUnitRows, unit_columns(p.width, p.height, p.cell), 0, 0}, sums, stream);
  }
  void windows(const Picture& p, int block, int window, int shift, Rows in, Rows out, Span rows, float* sums,
               Stream stream) const override {
    accumulate(p, block, in, out, rows, {window, window, shift, shift}, sums, stream);
  }

  void attend(const Picture& p, int block, Rows in, Rows out, Span rows, const float* states, int window, int shift,
              Stream stream) const override {
    const Block& b = blocks_[block];
    const Span around = widened(p, rows, 2);
    Scratch scratch(p, around);
    const Map x = map(p, in), v = scratch.map(spec_.dim), gate = scratch.map(spec_.dim);
    const Map q = scratch.map(spec_.dim), features = scratch.map(2 * spec_.dim);
    const Map o = q;  // a head's queries are not needed once its features are made
    const plain::Nala n = nala(p);
    const Cells cells = window ? Cells{window, window, shift, shift} : Cells{};
    plain::norm_dense(x, b.v, false, v, around, stream);
    plain::norm_dense(x, b.gate, false, gate, rows, stream);
    plain::norm_dense(x, b.q, false, q, rows, stream);
    plain::query_features(n, q, states, cells, features, rows, stream);
    plain::apply(n, features, states, cells, o, rows, stream);
    plain::depthwise(v, b.lepe, true, o, p.height, rows, stream);
    plain::gated_dense(o, gate, b.merge_weight, b.merge_bias, b.out, x, map(p, out), rows, stream);
  }

  void ffn(const Picture& p, int block, Rows in, Rows out, Span rows, Stream stream) const override {
    const Block& b = blocks_[block];
    const Span around = widened(p, rows, 1);
    Scratch scratch(p, around);
    const Map x = scratch.map(spec_.dim), y = scratch.map(spec_.hidden());
    plain::depthwise(map(p, in), b.cpe2, false, x, p.height, around, stream);
    plain::norm_dense(x, b.fc1, true, y, around, stream);
    plain::depthwise_dense(y, b.ffn_dw, b.fc2, x, map(p, out), p.height, rows, stream);
  }

  void group_conv(const Picture& p, int group, Rows in, Rows out, Span rows, Stream stream) const override {
    plain::convolution(map(p, in), group_convs_[group], map(p, out), p.height, rows, stream);
  }

  void tail(const Picture& p, const Input& input, Rows in, Output out, Span rows, Stream stream) const override {
    const Span around = widened(p, rows, 1);
    Scratch scratch(p, around);
    const Map x = scratch.map(spec_.dim);
    plain::head(input, p.height, head_, map(p, in), x, around, stream);
    plain::tail(x, tail_, input, p.height, spec_.scale, phases_, out, rows, p.overflows, stream);
  }

 private:
  /// Maps of the rows of one call, one behind the other in the picture's scratch memory.
  class Scratch {
   public:
    Scratch(const Picture& p, Span rows)
        : next_(static_cast<float*>(p.scratch)), width_(p.width), rows_(rows.last - rows.first) {}
    Map map(int channels) {
      const Map m{next_, rows_, width_, channels};
      next_ += static_cast<std::size_t>(rows_) * width_ * channels;
      return m;
    }

   private:
    float* next_;
    int width_, rows_;
  };

  [[nodiscard]] Map map(const Picture& p, Rows rows) const {
    return {static_cast<float*>(rows.data), rows.capacity, p.width, spec_.dim};
  }
  static Span widened(const Picture& p, Span rows, int halo) {
    return {std::max(0, rows.first - halo), std::min(p.height, rows.last + halo)};
  }
  [[nodiscard]] plain::Nala nala(const Picture& p) const {
    return {nala_.heads,
            nala_.head_dim,
            nala_.direction_map == DirectionMap::cosine,
            static_cast<float>(nala_.lambda),
            static_cast<float>(nala_.tau),
            static_cast<float>(nala_.alpha),
            p.rotary};
  }

  void accumulate(const Picture& p, int block, Rows in, Rows out, Span rows, const Cells& cells, float* sums,
                  Stream stream) const {
    const Block& b = blocks_[block];
    Scratch scratch(p, rows);
    const Map x = map(p, out), k = scratch.map(spec_.dim), v = scratch.map(spec_.dim);
    const Map features = scratch.map(2 * spec_.dim);
    plain::depthwise(map(p, in), b.cpe1, false, x, p.height, rows, stream);
    plain::norm_dense(x, b.k, false, k, rows, stream);
    plain::norm_dense(x, b.v, false, v, rows, stream);
    plain::key_features(nala(p), k, features, rows, stream);
    plain::cell_sums(nala(p), features, v, cells, p.height, rows, sums, stream);
  }

  /// Calls visit(values, place) for every tensor: `place` is the member that points to it.
  template <typename Visit>
  void each_tensor(const FoldedNetwork& network, const Visit& visit) {
    const auto dense = [&](const FoldedLinear& w, Dense& to) {
      std::vector<float> turned(w.weights.size());
      for (int o = 0; o < w.out; ++o)
        for (int i = 0; i < w.in; ++i)
          turned[static_cast<std::size_t>(i) * w.out + o] = w.weights[static_cast<std::size_t>(o) * w.in + i];
      to.in = w.in;
      to.out = w.out;
      visit(turned, to.weights);
      visit(w.bias, to.bias);
    };
    const auto depthwise = [&](const FoldedDepthwise& w, Depthwise& to) {
      to.k = w.k;
      visit(w.weights, to.weights);
      visit(w.bias, to.bias);
    };
    blocks_.resize(network.blocks.size());
    for (std::size_t i = 0; i < blocks_.size(); ++i) {
      const FoldedBlock& w = network.blocks[i];
      Block& b = blocks_[i];
      depthwise(w.cpe1, b.cpe1);
      depthwise(w.lepe, b.lepe);
      depthwise(w.cpe2, b.cpe2);
      depthwise(w.ffn_dw, b.ffn_dw);
      dense(w.q, b.q);
      dense(w.k, b.k);
      dense(w.v, b.v);
      dense(w.gate, b.gate);
      dense(w.out, b.out);
      dense(w.fc1, b.fc1);
      dense(w.fc2, b.fc2);
      visit(w.merge_weight, b.merge_weight);
      visit(w.merge_bias, b.merge_bias);
    }
    group_convs_.resize(network.group_convs.size());
    for (std::size_t i = 0; i < group_convs_.size(); ++i) dense(network.group_convs[i], group_convs_[i]);
    dense(network.head, head_);
    dense(network.tail, tail_);
    visit(base_phases(spec_.scale), phases_);
  }

  ModelSpec spec_;
  NalaParams nala_;
  WeightStore store_;
  Dense head_, tail_;
  const float* phases_ = nullptr;
  std::vector<Block> blocks_;
  std::vector<Dense> group_convs_;
};

}  // namespace

std::unique_ptr<Kernels> make_plain_kernels(const FoldedNetwork& network) {
  return std::make_unique<PlainKernels>(network);
}

}  // namespace nalasr::cuda
