// From a block of a picture's pixels to pixels of the screen.
#pragma once

#include <QImage>
#include <QRect>
#include <cstdint>
#include <vector>

#include "nalasr/color.h"

namespace nalasr::gui {

/// Pixels of a picture: what lies in `area`, row by row.
struct Block {
  QRect area;
  int channels = 3;
  std::vector<std::uint8_t> samples;

  Block(const QRect& pixels, int channel_count)
      : area(pixels),
        channels(channel_count),
        samples(static_cast<std::size_t>(pixels.width()) * pixels.height() * channel_count) {}
  [[nodiscard]] std::uint8_t* row(int y) {
    return samples.data() + static_cast<std::size_t>(y - area.top()) * area.width() * channels;
  }
  [[nodiscard]] const std::uint8_t* row(int y) const { return const_cast<Block*>(this)->row(y); }
};

/// The pixels of a picture of this size that sample() reads for `area` of the magnified picture.
QRect pixels_for(double zoom, const QRect& area, const QSize& picture);

/// Magnifies `block` into `out`, whose pixel (0, 0) is area.topLeft(). `smooth`: bilinear, else the nearest pixel.
/// The result is ARGB, not premultiplied.
void sample(const Block& block, double zoom, const QRect& area, bool smooth, QImage& out);

/// The last two steps of every rendering: the screen's colours, then transparency over a chequerboard that stays where
/// it is when the picture is scrolled.
void finish_pixels(const QRect& area, bool has_alpha, const ScreenColors* colors, QImage& out);

}  // namespace nalasr::gui
