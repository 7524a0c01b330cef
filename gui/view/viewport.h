// Which part of a picture a pane shows, and how large. Pure geometry, in device pixels.
#pragma once

#include <QPoint>
#include <QPointF>
#include <QSize>
#include <QSizeF>

namespace nalasr::gui {

/// The centre is kept in normalised coordinates (0..1 of the picture), so that panes of pictures of different sizes
/// show the same place.
class Viewport {
 public:
  static constexpr double kMinZoom = 0.01, kMaxZoom = 32;

  void set_picture(QSize size);
  void set_pane(QSize size);
  [[nodiscard]] QSize picture() const { return picture_; }
  [[nodiscard]] double zoom() const { return zoom_; }
  [[nodiscard]] QPointF center() const { return center_; }
  /// Whether the zoom follows the size of the pane.
  [[nodiscard]] bool is_fitted() const { return fitted_; }

  /// All of the picture; small ones are not enlarged.
  void fit();
  /// Keeps what lies under `anchor` (a place in the pane) where it is.
  void zoom_to(double zoom, QPointF anchor);
  void pan(QPointF by);
  void set_center(QPointF normalised);

  /// Top left corner of the magnified picture in the pane.
  [[nodiscard]] QPoint origin() const;
  [[nodiscard]] QSize magnified() const;
  /// From a place in the pane to the picture's pixels.
  [[nodiscard]] QPointF to_picture(QPointF in_pane) const;

 private:
  void clamp();
  [[nodiscard]] double fitting_zoom() const;

  QSize picture_, pane_;
  double zoom_ = 1;
  QPointF center_{0.5, 0.5};
  bool fitted_ = true;
};

}  // namespace nalasr::gui
