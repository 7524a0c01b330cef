#include "view/compare_view.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QNativeGestureEvent>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>
#include <utility>

namespace nalasr::gui {
namespace {

constexpr double kWheelStep = 1.25;
constexpr int kGrip = 12;       // px to both sides of the divider
constexpr int kArrowStep = 64;  // px

}  // namespace

CompareView::CompareView(QWidget* parent) : QWidget(parent) {
  setMouseTracking(true);
  setFocusPolicy(Qt::StrongFocus);
  setAttribute(Qt::WA_OpaquePaintEvent);
  setAccessibleName(tr("Picture"));
  setAccessibleDescription(tr("Drag to move, turn the wheel to zoom, hold the space bar to see the picture before"));
  connect(&cache_, &TileCache::tile_ready, this, qOverload<>(&CompareView::update));
}

void CompareView::set_pictures(std::shared_ptr<const TileSource> before, std::shared_ptr<const TileSource> after) {
  before_ = std::move(before);
  after_ = std::move(after);
  flipped_ = false;
  cache_.clear();
  viewport_.set_picture(after_ ? after_->size() : QSize());
  pane_changed();
  moved();
}

void CompareView::set_labels(const QString& before, const QString& after) {
  before_label_ = before;
  after_label_ = after;
  update();
}

void CompareView::refresh(const TileSource* source) {
  cache_.invalidate(source);
  update();
}

void CompareView::set_mode(CompareMode mode) {
  mode_ = mode;
  pane_changed();
  moved();
}

void CompareView::set_flipped(bool flipped) {
  flipped_ = flipped && before_;
  update();
}

void CompareView::set_divider(double at) {
  divider_ = std::clamp(at, 0.0, 1.0);
  emit divider_moved(divider_);
  update();
}

void CompareView::fit() {
  viewport_.fit();
  moved();
}

void CompareView::zoom_to(double zoom) {
  const QSize size = pane(0).size();
  viewport_.zoom_to(zoom, QPointF(size.width() / 2.0, size.height() / 2.0));
  moved();
}

void CompareView::zoom_by(double factor) { zoom_to(viewport_.zoom() * factor); }

void CompareView::pan_by(QPointF by) {
  viewport_.pan(by);
  moved();
}

void CompareView::moved() {
  emit zoom_changed(viewport_.zoom());
  update();
}

void CompareView::pane_changed() { viewport_.set_pane(pane(0).size()); }

QRect CompareView::device_rect() const { return {QPoint(0, 0), (QSizeF(size()) * devicePixelRatioF()).toSize()}; }

QRect CompareView::pane(int index) const {
  const QRect all = device_rect();
  if (mode_ != CompareMode::side_by_side || !before_) return all;
  const int gap = 2, width = (all.width() - gap) / 2;
  return index == 0 ? QRect(0, 0, width, all.height()) : QRect(width + gap, 0, width, all.height());
}

QPointF CompareView::in_pane(QPointF device) const {
  const QRect right = pane(1);
  return device.x() >= right.left() ? device - right.topLeft() : device;
}

int CompareView::divider_x() const { return static_cast<int>(std::lround(divider_ * width())); }

bool CompareView::on_divider(QPointF point) const {
  return mode_ == CompareMode::split && before_ && !flipped_ && std::abs(point.x() - divider_x()) <= kGrip;
}

void CompareView::resizeEvent(QResizeEvent*) {
  pane_changed();
  emit zoom_changed(viewport_.zoom());
}

void CompareView::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton && event->button() != Qt::MiddleButton) return;
  if (event->button() == Qt::LeftButton && !divider_follows_ && on_divider(event->position())) {
    dragging_divider_ = true;
  } else {
    drag_from_ = event->position();
    setCursor(Qt::ClosedHandCursor);
  }
}

void CompareView::mouseMoveEvent(QMouseEvent* event) {
  const QPointF at = event->position();
  if (drag_from_) {
    pan_by(to_device(at - *drag_from_));
    drag_from_ = at;
  } else if (mode_ == CompareMode::split && before_ &&
             (dragging_divider_ || (divider_follows_ && event->buttons() == Qt::NoButton))) {
    set_divider(at.x() / std::max(1, width()));
  }
  if (!drag_from_) update_cursor(at);
  tell_cursor(at);
}

void CompareView::mouseReleaseEvent(QMouseEvent* event) {
  drag_from_.reset();
  dragging_divider_ = false;
  update_cursor(event->position());
}

void CompareView::update_cursor(QPointF point) {
  const bool grip = !divider_follows_ && on_divider(point);
  setCursor(!after_ ? Qt::ArrowCursor : grip ? Qt::SplitHCursor : Qt::OpenHandCursor);
}

void CompareView::mouseDoubleClickEvent(QMouseEvent* event) {
  if (viewport_.is_fitted()) {
    viewport_.zoom_to(1, in_pane(to_device(event->position())));
    moved();
  } else {
    fit();
  }
}

void CompareView::wheelEvent(QWheelEvent* event) {
  const double notches = event->angleDelta().y() / 120.0;
  if (!after_ || notches == 0) return;
  viewport_.zoom_to(viewport_.zoom() * std::pow(kWheelStep, notches), in_pane(to_device(event->position())));
  moved();
  tell_cursor(event->position());
  event->accept();
}

bool CompareView::event(QEvent* event) {
  if (event->type() == QEvent::NativeGesture) {
    const auto* gesture = static_cast<QNativeGestureEvent*>(event);
    if (gesture->gestureType() == Qt::ZoomNativeGesture) {
      viewport_.zoom_to(viewport_.zoom() * (1 + gesture->value()), in_pane(to_device(gesture->position())));
      moved();
      return true;
    }
  }
  return QWidget::event(event);
}

void CompareView::keyPressEvent(QKeyEvent* event) {
  const double step = (event->modifiers() & Qt::ShiftModifier ? 4 : 1) * kArrowStep * devicePixelRatioF();
  switch (event->key()) {
    case Qt::Key_Left:
      return pan_by({step, 0});
    case Qt::Key_Right:
      return pan_by({-step, 0});
    case Qt::Key_Up:
      return pan_by({0, step});
    case Qt::Key_Down:
      return pan_by({0, -step});
    case Qt::Key_BracketLeft:
      return set_divider(divider_ - 0.02);
    case Qt::Key_BracketRight:
      return set_divider(divider_ + 0.02);
    case Qt::Key_Space:
      if (!event->isAutoRepeat()) set_flipped(true);
      return;
    default:
      QWidget::keyPressEvent(event);
  }
}

void CompareView::keyReleaseEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_Space) {
    if (!event->isAutoRepeat()) set_flipped(false);
    return;
  }
  QWidget::keyReleaseEvent(event);
}

void CompareView::focusOutEvent(QFocusEvent* event) {
  set_flipped(false);  // the release of the key may go elsewhere
  QWidget::focusOutEvent(event);
}

void CompareView::leaveEvent(QEvent*) { emit cursor_moved(false, {}, {}, {}); }

void CompareView::tell_cursor(QPointF point) {
  if (!after_) return;
  const QPointF at = viewport_.to_picture(in_pane(to_device(point)));
  const QPoint pixel(static_cast<int>(std::floor(at.x())), static_cast<int>(std::floor(at.y())));
  const bool inside = QRect(QPoint(0, 0), after_->size()).contains(pixel);
  if (!inside) return emit cursor_moved(false, {}, {}, {});
  PixelValue before;
  if (before_) {
    before = before_->pixel(static_cast<int>(at.x() * before_->size().width() / after_->size().width()),
                            static_cast<int>(at.y() * before_->size().height() / after_->size().height()));
  }
  emit cursor_moved(true, pixel, before, after_->pixel(pixel.x(), pixel.y()));
}

}  // namespace nalasr::gui
