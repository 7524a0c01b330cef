// Shows a picture, or two of them to compare: split by a line, side by side, or one in place of the other.
#pragma once

#include <QWidget>
#include <memory>
#include <optional>

#include "document/tile_source.h"
#include "view/tile_cache.h"
#include "view/viewport.h"

namespace nalasr::gui {

enum class CompareMode { after_only, split, side_by_side };

class CompareView : public QWidget {
  Q_OBJECT

 public:
  explicit CompareView(QWidget* parent = nullptr);

  /// `after` decides the size; `before` may be null, then there is nothing to compare. Zoom and place are kept where
  /// the size stays the same.
  void set_pictures(std::shared_ptr<const TileSource> before, std::shared_ptr<const TileSource> after);
  void set_labels(const QString& before, const QString& after);
  /// One of the pictures has grown.
  void refresh(const TileSource* source);

  void set_mode(CompareMode mode);
  [[nodiscard]] CompareMode mode() const { return mode_; }
  /// While on, "before" is shown in place of "after".
  void set_flipped(bool flipped);
  /// 0..1 of the width.
  void set_divider(double at);
  [[nodiscard]] double divider() const { return divider_; }
  void set_divider_follows_mouse(bool follows) { divider_follows_ = follows; }

  void fit();
  void zoom_to(double zoom);
  void zoom_by(double factor);
  /// In pixels of the screen.
  void pan_by(QPointF by);
  [[nodiscard]] double zoom() const { return viewport_.zoom(); }
  [[nodiscard]] const Viewport& viewport() const { return viewport_; }
  [[nodiscard]] bool can_compare() const { return before_ != nullptr; }
  /// Whether all that is visible is rendered in full quality.
  [[nodiscard]] bool is_settled() const { return cache_.is_settled(); }

  [[nodiscard]] QSize minimumSizeHint() const override { return {320, 240}; }

 signals:
  void zoom_changed(double zoom);
  /// `inside` is false when the cursor has left the picture.
  void cursor_moved(bool inside, QPoint pixel, const nalasr::gui::PixelValue& before,
                    const nalasr::gui::PixelValue& after);
  void divider_moved(double at);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void keyReleaseEvent(QKeyEvent* event) override;
  void focusOutEvent(QFocusEvent* event) override;
  void leaveEvent(QEvent* event) override;
  bool event(QEvent* event) override;

 private:
  /// Device pixels throughout.
  [[nodiscard]] QRect device_rect() const;
  [[nodiscard]] QRect pane(int index) const;
  [[nodiscard]] QPointF to_device(QPointF point) const { return point * devicePixelRatioF(); }
  /// A place in the widget as one in its pane.
  [[nodiscard]] QPointF in_pane(QPointF device) const;
  [[nodiscard]] int divider_x() const;
  [[nodiscard]] bool on_divider(QPointF point) const;
  void paint_source(QPainter& painter, const QRect& pane, const QRect& clip,
                    const std::shared_ptr<const TileSource>& source);
  void paint_divider(QPainter& painter) const;
  void paint_label(QPainter& painter, const QRect& pane, const QString& text, Qt::Alignment side) const;
  void pane_changed();
  void moved();
  void tell_cursor(QPointF point);
  void update_cursor(QPointF point);

  std::shared_ptr<const TileSource> before_, after_;
  QString before_label_, after_label_;
  CompareMode mode_ = CompareMode::split;
  Viewport viewport_;
  TileCache cache_;
  double divider_ = 0.5;
  bool divider_follows_ = true;
  bool flipped_ = false;
  bool dragging_divider_ = false;
  std::optional<QPointF> drag_from_;
};

}  // namespace nalasr::gui
