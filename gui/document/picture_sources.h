// The two kinds of pictures on show: one that was decoded, and the interpolated enlargement of one.
#pragma once

#include <memory>

#include "document/pyramid.h"
#include "document/sampling.h"
#include "document/tile_source.h"
#include "nalasr/color.h"
#include "nalasr/interpolate.h"

namespace nalasr::gui {

/// A decoded picture. It may still be growing: what isn't there yet is painted in the colour of an empty page.
class StoredPicture final : public TileSource {
 public:
  StoredPicture(std::shared_ptr<const Pyramid> pyramid, std::shared_ptr<const ScreenColors> colors)
      : pyramid_(std::move(pyramid)), colors_(std::move(colors)) {}

  [[nodiscard]] QSize size() const override { return pyramid_->size(); }
  void render(double zoom, const QRect& area, bool draft, QImage& out) const override;
  [[nodiscard]] PixelValue pixel(int x, int y) const override;

  [[nodiscard]] const std::shared_ptr<const Pyramid>& pyramid() const { return pyramid_; }
  [[nodiscard]] const std::shared_ptr<const ScreenColors>& colors() const { return colors_; }

 private:
  std::shared_ptr<const Pyramid> pyramid_;
  std::shared_ptr<const ScreenColors> colors_;
};

/// A small picture enlarged to the size of a result. Nothing of it is kept: each part is interpolated when it is shown.
class InterpolatedPicture final : public TileSource {
 public:
  InterpolatedPicture(std::shared_ptr<const StoredPicture> small, QSize size, Interpolation method);

  [[nodiscard]] QSize size() const override { return size_; }
  void render(double zoom, const QRect& area, bool draft, QImage& out) const override;
  [[nodiscard]] PixelValue pixel(int x, int y) const override;

 private:
  [[nodiscard]] Enlargement enlarged_to(QSize size) const;

  std::shared_ptr<const StoredPicture> small_;
  QSize size_;
  Interpolation method_;
};

}  // namespace nalasr::gui
