#include "engine/picture_rows.h"

#include <cstdint>

namespace nalasr {
namespace {

template <typename Sample>
void convert(const Sample* in, int width, int channels, SampleSource source, float scale, float* out) {
  const bool grey = channels <= 2 || source == SampleSource::alpha;
  const int first = source == SampleSource::alpha ? channels - 1 : 0;
  for (int x = 0; x < width; ++x, in += channels, out += 3)
    for (int c = 0; c < 3; ++c) out[c] = static_cast<float>(in[grey ? first : c]) * scale;
}

}  // namespace

void PictureView::row(int y, float* out) const {
  const std::byte* in = data + static_cast<std::size_t>(y) * stride;
  if (bits == 32) {
    convert(reinterpret_cast<const float*>(in), width, channels, source, 1.0f, out);
  } else if (bits == 16) {
    convert(reinterpret_cast<const std::uint16_t*>(in), width, channels, source, 1.0f / 65535, out);
  } else {
    convert(reinterpret_cast<const std::uint8_t*>(in), width, channels, source, 1.0f / 255, out);
  }
}

}  // namespace nalasr
