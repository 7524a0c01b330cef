#include "view/viewport.h"

#include <algorithm>
#include <cmath>

namespace nalasr::gui {

void Viewport::set_picture(QSize size) {
  if (size == picture_) return;
  picture_ = size;
  fit();
}

void Viewport::set_pane(QSize size) {
  pane_ = size;
  if (fitted_) fit();
  clamp();
}

double Viewport::fitting_zoom() const {
  if (picture_.isEmpty() || pane_.isEmpty()) return 1;
  const double zoom = std::min({static_cast<double>(pane_.width()) / picture_.width(),
                                static_cast<double>(pane_.height()) / picture_.height(), 1.0});
  return std::max(zoom, kMinZoom);
}

void Viewport::fit() {
  fitted_ = true;
  zoom_ = fitting_zoom();
  center_ = {0.5, 0.5};
}

void Viewport::zoom_to(double zoom, QPointF anchor) {
  const QPointF kept = to_picture(anchor);
  zoom_ = std::clamp(zoom, kMinZoom, kMaxZoom);
  fitted_ = false;
  if (picture_.isEmpty()) return;
  // Where the centre must be for `kept` to lie under the anchor again.
  const QPointF from_center = anchor - QPointF(pane_.width() / 2.0, pane_.height() / 2.0);
  const QPointF center = kept - from_center / zoom_;
  center_ = {center.x() / picture_.width(), center.y() / picture_.height()};
  clamp();
}

void Viewport::pan(QPointF by) {
  if (picture_.isEmpty()) return;
  center_ -= QPointF(by.x() / (zoom_ * picture_.width()), by.y() / (zoom_ * picture_.height()));
  clamp();
}

void Viewport::set_center(QPointF normalised) {
  center_ = normalised;
  clamp();
}

void Viewport::clamp() {
  const auto axis = [](double center, double magnified, double pane) {
    if (magnified <= pane) return 0.5;
    const double half = pane / 2 / magnified;
    return std::clamp(center, half, 1 - half);
  };
  center_ = {axis(center_.x(), picture_.width() * zoom_, pane_.width()),
             axis(center_.y(), picture_.height() * zoom_, pane_.height())};
}

QSize Viewport::magnified() const {
  return {static_cast<int>(std::lround(picture_.width() * zoom_)),
          static_cast<int>(std::lround(picture_.height() * zoom_))};
}

QPoint Viewport::origin() const {
  return {static_cast<int>(std::lround(pane_.width() / 2.0 - center_.x() * picture_.width() * zoom_)),
          static_cast<int>(std::lround(pane_.height() / 2.0 - center_.y() * picture_.height() * zoom_))};
}

QPointF Viewport::to_picture(QPointF in_pane) const { return (in_pane - origin()) / zoom_; }

}  // namespace nalasr::gui
