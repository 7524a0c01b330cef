// Enlargement by plain interpolation, any region of it on its own: what an upscaler is compared with, without ever
// holding the enlarged picture.
//
//     nalasr::Enlargement before(source, 400, 300, 3, 1600, 1200, nalasr::Interpolation::lanczos);
//     before.region(800, 600, 256, 256, pixels, 256 * 3);
//
// Kernels and centres are OpenCV's (INTER_NEAREST, INTER_CUBIC with a = -0.75, INTER_LANCZOS4; borders replicated), so
// that people compare with what they know; a test holds them against cv::resize.
// Thread safety: const functions may be called from several threads if `source` may.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

namespace nalasr {

enum class Interpolation { nearest, bicubic, lanczos };

/// Copies `count` pixels of row `y` from column `x` on; the caller keeps the range inside the picture.
using PixelSource = std::function<void(int x, int y, int count, std::uint8_t* to)>;

class Enlargement {
 public:
  /// 8-bit samples, `channels` interleaved. All sizes must be positive, the output no smaller than the input.
  Enlargement(PixelSource source, int width, int height, int channels, int out_width, int out_height,
              Interpolation method);

  /// Columns [x, x + width) and rows [y, y + height) of the enlarged picture; `stride` in bytes.
  void region(int x, int y, int width, int height, std::uint8_t* to, std::size_t stride) const;

 private:
  PixelSource source_;
  int width_, height_, channels_, out_width_, out_height_;
  Interpolation method_;
};

}  // namespace nalasr
