// The network's steps in float64 from its folded weights, one obvious loop after the other: what each kernel call is
// compared with. Attention itself is core/kernels/reference.
#pragma once

#include <vector>

#include "kernels/folded_network.h"

namespace nalasr::test {

/// at(y, x, channel), token-major.
struct Map64 {
  int height = 0, width = 0, channels = 0;
  std::vector<double> values;

  Map64(int h, int w, int c) : height(h), width(w), channels(c), values(static_cast<std::size_t>(h) * w * c) {}
  Map64(int h, int w, int c, const std::vector<float>& v)
      : height(h), width(w), channels(c), values(v.begin(), v.end()) {}
  double& at(int y, int x, int c) { return values[(static_cast<std::size_t>(y) * width + x) * channels + c]; }
  [[nodiscard]] double at(int y, int x, int c) const { return const_cast<Map64*>(this)->at(y, x, c); }
  [[nodiscard]] double padded(int y, int x, int c) const {
    return y < 0 || y >= height || x < 0 || x >= width ? 0.0 : at(y, x, c);
  }
};

Map64 depthwise(const FoldedDepthwise& w, const Map64& in);
Map64 linear(const FoldedLinear& w, const Map64& in);
Map64 convolution(const FoldedLinear& w, const Map64& in);
Map64 normalised(const Map64& in);

/// x₁ → x₂ of one block, attention over the whole picture or over windows.
Map64 attend(const ModelSpec& spec, const FoldedBlock& block, const Map64& x, int window, int shift);
/// x₂ → x₄
Map64 ffn(const FoldedBlock& block, const Map64& x);
/// Σ R(φ_k) vᵀ [heads][2d][d], in the basis turned by 45° that the kernels use (docs/decisions/0003), then Σ φ_k.
std::vector<double> key_value_sums(const ModelSpec& spec, const FoldedBlock& block, const Map64& x);

}  // namespace nalasr::test
