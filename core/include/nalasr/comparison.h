// What other ways of computing the same network would need at their peak, from formulas: for methods that were not run,
// or could not be.
//
//     auto bytes = nalasr::computed_peak(nalasr::Method::softmax_materialised, model->spec(), 1920, 1080);
//
// A number from here is *computed* and must be shown as such, never beside a measured one without the word.
// Thread safety: pure functions.
#pragma once

#include <cstdint>

#include "nalasr/model.h"

namespace nalasr {

enum class Method {
  nala_eager,            ///< the same network and attention, operator by operator, as LibTorch runs it
  softmax_flash,         ///< softmax attention by FlashAttention: no N×N matrix is ever stored
  softmax_materialised,  ///< softmax attention as written down: N×N scores and probabilities
};

/// Peak bytes above program and weights, in float32, for a picture of `width` × `height` tokens: the tensors alive at
/// the widest moment of a block. With C = dim, H = heads, s = scale, floats per token:
///
/// - around the attention: x, group residual and long skip (3C), q, k, v and gate (4C), the enlarged picture (3s²),
///   rotary cosines and sines (C/H);
/// - nala_eager: + φ_q (2C), and while φ_k is made |k|, |k|^λ, k's direction, θ (4C), cos, sin and their products (4C),
///   φ_k itself (2C). Counted in core/nn/torch; `light` at 640×480 measured 5,510 bytes a token, computed are 5,184;
/// - softmax_flash: + rotated q, and while k turns three products and the result (5C). Attention itself adds less: its
///   output and H log-sums (Dao et al. 2022, arXiv 2205.14135, algorithm 1: memory linear in N);
/// - softmax_materialised: + rotated q and k (2C), scores and probabilities, N each per head (2·H·N): softmax(QKᵀ)V of
///   Vaswani et al. 2017, arXiv 1706.03762, equation 1.
std::uint64_t computed_peak(Method method, const ModelSpec& spec, int width, int height);

}  // namespace nalasr
