// NaLa and softmax attention with ATen operators. Sources in this folder only: this header names LibTorch types.
#pragma once

#include <ATen/ATen.h>

#include "nalasr/model.h"
#include "nn/torch/eager_network.h"

namespace nalasr::eager {

/// What one block's attention is: everything but the tensors.
struct AttentionSpec {
  AttentionKind kind = AttentionKind::nala;
  int heads = 1;
  DirectionMap direction_map = DirectionMap::cosine;
  double lambda = 3, tau = 0.5, alpha = 20;
  RotaryEmbedding rotary = RotaryEmbedding::axial;
  double rotary_base = 10000;
  int rotary_span = 0;
  int window = 0;  ///< 0 = all tokens of the picture
  int shift = 0;   ///< rows and columns by which the windows begin above and left of the picture
  int cell = 0;    ///< not 0: tokens attend to their own cell and the eight around it; no window, no rotary_span then
};

/// That of block `block` of a super-resolution network.
AttentionSpec attention_spec(const ModelSpec& spec, int block, AttentionKind kind);

/// q, k, v: [B, H, W, C], head h has channels h*d .. (h+1)*d - 1. Returns [B, H, W, C] in the type of v. NaLa
/// works in float32 or, for float64 input, in float64; softmax in the type of v.
at::Tensor attend(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const AttentionSpec& spec);

}  // namespace nalasr::eager
