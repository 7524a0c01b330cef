// A picture that a view can show any part of, at any zoom.
//
// Thread safety: const functions are called from the view's rendering threads.
#pragma once

#include <QImage>
#include <QRect>
#include <QSize>
#include <array>
#include <cstdint>

namespace nalasr::gui {

struct PixelValue {
  int channels = 0;  ///< 0: nothing known there (yet)
  std::array<std::uint8_t, 4> samples{};
};

class TileSource {
 public:
  virtual ~TileSource() = default;
  [[nodiscard]] virtual QSize size() const = 0;
  /// Renders `area` of the picture magnified by `zoom` (its pixel (0, 0) is the magnified picture's) into `out`,
  /// which has the size of `area` and Format_RGB32, in the screen's colours. A draft may be coarse but is quick.
  virtual void render(double zoom, const QRect& area, bool draft, QImage& out) const = 0;
  /// As in the file, in 8 bits.
  [[nodiscard]] virtual PixelValue pixel(int x, int y) const = 0;
};

}  // namespace nalasr::gui
