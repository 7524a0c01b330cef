// The decoded picture as the network reads it: RGB float rows in [0, 1], converted on demand.
#pragma once

#include <cstddef>

namespace nalasr {

/// Which samples of the picture a pass takes as its RGB.
enum class SampleSource { color, alpha };

/// Non-owning view of a decoded picture (interleaved; 8 or 16 bit native endian, or 32-bit floats in [0, 1]).
struct PictureView {
  const std::byte* data = nullptr;
  int width = 0, height = 0, channels = 3, bits = 8;
  std::size_t stride = 0;  ///< bytes between rows
  SampleSource source = SampleSource::color;

  /// Writes `width` × 3 floats in [0, 1] of row `y`; grey and alpha are repeated into all three channels.
  void row(int y, float* out) const;
};

}  // namespace nalasr
