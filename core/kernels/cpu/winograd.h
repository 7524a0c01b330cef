// A dense 3×3 convolution with half the products: four neighbours of a row at once from the six columns that they read
// (F(4, 3) of Winograd's minimal filtering, Lavin & Gray, arXiv 1509.09308, along the row only). In float32: the
// transforms' sums grow by up to ten, which costs float32 a digit and would cost bfloat16 all it has.
#pragma once

#include <array>

#include "kernels/cpu/kernels.h"

namespace nalasr::cpu {

/// x + conv3×3(x), as six matrices [3·channels][channels], rows ordered (ky, channel).
struct PackedConvolution {
  std::array<PackedMatrix, 6> parts;
  std::vector<float> bias;  ///< [padded channels]
};

/// `w` [channels][9·channels], columns ordered (ky, kx, channel); `bias` [channels]. Channels are padded with zeros.
PackedConvolution pack_convolution(const float* w, const float* bias, int channels);

/// Floats of scratch for a tile.
constexpr std::size_t winograd_floats(int padded_channels) {
  return static_cast<std::size_t>(6) * (kTile / 4) * 4 * padded_channels;
}

/// out[t] = x[t] + conv(x)[t] for `tokens` (at most kTile) tokens. `rows` are those of y − 1, y, y + 1 at the tile's
/// first token, readable from the token before it; from it on `readable` tokens, more than the tile has.
void convolve(const PackedConvolution& w, const std::array<const float*, 3>& rows, int tokens, int readable, float* out,
              float* scratch);

}  // namespace nalasr::cpu
