// A network's weights as plain float32 tensors with everything folded in that can be: the affine part of a LayerNorm
// into the projection behind it, γ into the last projection of a branch, identities into depthwise centres. What the
// executors pack for their kernels is made from this.
#pragma once

#include <vector>

#include "kernels/params.h"

namespace nalasr {

/// y = W·x + b. A 3×3 convolution is one with in = 9·channels, columns ordered (ky, kx, channel).
struct FoldedLinear {
  int in = 0, out = 0;
  std::vector<float> weights;  ///< [out][in]
  std::vector<float> bias;     ///< [out]
};

struct FoldedDepthwise {
  int k = 3;
  std::vector<float> weights;  ///< [k·k][channels]
  std::vector<float> bias;     ///< [channels]
};

struct FoldedBlock {
  FoldedDepthwise cpe1, lepe, cpe2, ffn_dw;     ///< cpe1, cpe2, ffn_dw include the identity (x + dw(x))
  FoldedLinear q, k, v, gate;                   ///< norm1 folded
  std::vector<float> merge_weight, merge_bias;  ///< [dim], affine of norm_out
  FoldedLinear out;                             ///< γ₁ folded
  FoldedLinear fc1, fc2;                        ///< norm2 folded into fc1, γ₂ into fc2
};

struct FoldedNetwork {
  ModelSpec spec;
  FoldedLinear head;  ///< 3×3 over RGB minus mid-grey
  std::vector<FoldedBlock> blocks;
  std::vector<FoldedLinear> group_convs;
  FoldedLinear tail;  ///< outputs ordered (sub-row, sub-column, RGB)
};

}  // namespace nalasr
