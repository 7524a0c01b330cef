// A dense 3×3 convolution with half the products: four neighbours of a row at once from the six columns that they read
// (F(4, 3) of Winograd's minimal filtering, Lavin & Gray, arXiv 1509.09308, along the row only). In float32: the
// transforms' sums grow by up to ten, which costs float32 a digit and would cost bfloat16 all it has.
#pragma once

#include <array>

#include "kernels/cpu/kernels.h"

namespace nalasr::cpu {

/// x + conv3×3(x). One of `parts` and `whole` is empty.
struct PackedConvolution {
  std::array<PackedMatrix, 6> parts;  ///< [3·channels][channels] each, rows ordered (ky, channel)
  std::vector<float> bias;            ///< of `parts`: [padded channels]
  PackedMatrix whole;                 ///< bfloat16, [9·channels][channels], rows ordered (ky, kx, channel)
};

/// `w` [channels][9·channels], columns ordered (ky, kx, channel); `bias` [channels]. Channels are padded with zeros.
/// Packs as bfloat16, to be multiplied as it is, if `bf16`, which has_bf16() must allow.
PackedConvolution pack_convolution(const float* w, const float* bias, int channels, bool bf16);

/// Floats of scratch for a tile: six combinations of three rows and six products, for every four tokens.
constexpr std::size_t winograd_floats(int padded_channels) {
  return static_cast<std::size_t>(6) * (3 + 1) * (kTile / 4) * padded_channels;
}

/// out[t] = x[t] + conv(x)[t] for `tokens` (at most kTile) tokens. `rows` are those of y − 1, y, y + 1 at the tile's
/// first token, readable from the token before it; from it on `readable` tokens, more than the tile has.
void convolve(const PackedConvolution& w, const std::array<const float*, 3>& rows, int tokens, int readable, float* out,
              float* scratch);

}  // namespace nalasr::cpu
