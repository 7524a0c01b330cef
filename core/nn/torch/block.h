// The NaLa block and the layers it is made of, with ATen operators. Feature maps are [B, H, W, C].
// Sources in this folder only: this header names LibTorch types.
#pragma once

#include <ATen/ATen.h>

#include "nn/torch/attention.h"

namespace nalasr::eager {

inline constexpr double kLayerNormEpsilon = 1e-6;

/// Weight and bias of a convolution, linear layer or norm.
struct Layer {
  at::Tensor weight, bias;
};

/// Named as in the state-dict; gamma1 and gamma2 may be undefined (no layer scale).
struct BlockWeights {
  Layer cpe1, norm1, qkvg, lepe, norm_out, out, cpe2, norm2, fc1, ffn_dw, fc2;
  at::Tensor gamma1, gamma2;
};

/// Zero-padded "same" convolution of stride 1 or 2 over [B, H, W, C]; depthwise where the weight is [C, 1, k, k].
at::Tensor convolve(const Layer& layer, const at::Tensor& x, std::int64_t stride = 1);

/// x [B, H, W, C] to the same shape (design.md section 1, "Block").
at::Tensor run_block(at::Tensor x, const BlockWeights& weights, const AttentionSpec& attention);

}  // namespace nalasr::eager
