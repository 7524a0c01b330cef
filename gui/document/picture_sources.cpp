#include "document/picture_sources.h"

#include <algorithm>
#include <cmath>

namespace nalasr::gui {
namespace {

constexpr QRgb kNothingYet = qRgb(128, 128, 128);
/// From here on people look at pixels, not at the picture.
constexpr double kShowPixels = 2;

bool has_alpha(int channels) { return channels == 2 || channels == 4; }

}  // namespace

void StoredPicture::render(double zoom, const QRect& area, bool draft, QImage& out) const {
  int level = 0;
  // The next larger level, so that bilinear sampling sees every pixel; a draft takes the next smaller one.
  while (level + 1 < pyramid_->level_count() && zoom * (2 << level) <= (draft ? 1.5 : 1.0)) ++level;
  const double level_zoom = zoom * (1 << level);
  QRect pixels = pixels_for(level_zoom, area, pyramid_->level_size(level));
  pixels.setBottom(std::min(pixels.bottom(), pyramid_->ready_rows(level) - 1));
  if (pixels.isEmpty()) {
    out.fill(kNothingYet);
    return;
  }
  Block block(pixels, pyramid_->channels());
  for (int y = pixels.top(); y <= pixels.bottom(); ++y) {
    pyramid_->copy_pixels(level, pixels.left(), y, pixels.width(), block.row(y));
  }
  const bool exact = level_zoom == 1.0;
  sample(block, level_zoom, area, !draft && !exact && level_zoom < kShowPixels, out);
  finish_pixels(area, has_alpha(block.channels), colors_.get(), out);
  const int end = static_cast<int>(std::ceil(pyramid_->ready_rows(level) * level_zoom)) - area.top();
  if (pyramid_->ready_rows(level) < pyramid_->level_size(level).height()) {
    for (int y = std::max(0, end); y < out.height(); ++y) {
      std::fill_n(reinterpret_cast<QRgb*>(out.scanLine(y)), out.width(), kNothingYet);
    }
  }
}

PixelValue StoredPicture::pixel(int x, int y) const {
  PixelValue value;
  if (x < 0 || y < 0 || x >= size().width() || y >= pyramid_->ready_rows(0)) return value;
  value.channels = pyramid_->channels();
  pyramid_->copy_pixels(0, x, y, 1, value.samples.data());
  return value;
}

InterpolatedPicture::InterpolatedPicture(std::shared_ptr<const StoredPicture> small, QSize size, Interpolation method)
    : small_(std::move(small)), size_(size), method_(method) {}

Enlargement InterpolatedPicture::enlarged_to(QSize size) const {
  const auto pyramid = small_->pyramid();
  const auto source = [pyramid](int x, int y, int count, std::uint8_t* to) {
    pyramid->copy_pixels(0, x, std::min(y, pyramid->ready_rows(0) - 1), count, to);
  };
  return {source, pyramid->size().width(), pyramid->size().height(), pyramid->channels(), size.width(), size.height(),
          method_};
}

void InterpolatedPicture::render(double zoom, const QRect& area, bool draft, QImage& out) const {
  const double own_zoom = zoom * size_.width() / small_->size().width();
  if (draft || own_zoom <= 1 || method_ == Interpolation::nearest || small_->pyramid()->ready_rows(0) == 0) {
    small_->render(own_zoom, area, draft || (method_ == Interpolation::nearest && own_zoom > 1), out);
    return;
  }
  // Below 100% straight to the size on the screen, above it the enlarged picture's pixels, magnified.
  const double base_zoom = std::min(zoom, 1.0), rest = zoom / base_zoom;
  const QSize base(static_cast<int>(std::lround(size_.width() * base_zoom)),
                   static_cast<int>(std::lround(size_.height() * base_zoom)));
  const QRect pixels = pixels_for(rest, area, base);
  if (pixels.isEmpty()) {
    out.fill(kNothingYet);
    return;
  }
  Block block(pixels, small_->pyramid()->channels());
  enlarged_to(base).region(pixels.left(), pixels.top(), pixels.width(), pixels.height(), block.samples.data(),
                           static_cast<std::size_t>(pixels.width()) * block.channels);
  sample(block, rest, area, rest > 1 && rest < kShowPixels, out);
  finish_pixels(area, has_alpha(block.channels), small_->colors().get(), out);
}

PixelValue InterpolatedPicture::pixel(int x, int y) const {
  PixelValue value;
  if (x < 0 || y < 0 || x >= size_.width() || y >= size_.height() || small_->pyramid()->ready_rows(0) == 0) {
    return value;
  }
  value.channels = small_->pyramid()->channels();
  enlarged_to(size_).region(x, y, 1, 1, value.samples.data(), value.samples.size());
  return value;
}

}  // namespace nalasr::gui
