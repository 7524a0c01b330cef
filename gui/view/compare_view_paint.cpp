// How CompareView paints: tiles, divider, labels.
#include <QPaintEvent>
#include <QPainter>
#include <QPainterPath>
#include <algorithm>

#include "view/compare_view.h"

namespace nalasr::gui {
namespace {

const QColor kBackdrop(38, 38, 40);
const QColor kGap(20, 20, 21);

int floor_div(int a, int b) { return a >= 0 ? a / b : -((-a + b - 1) / b); }

}  // namespace

void CompareView::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  const QRect all = device_rect();
  painter.save();
  painter.scale(1 / devicePixelRatioF(), 1 / devicePixelRatioF());
  painter.fillRect(all, kBackdrop);
  const int panes = before_ && mode_ != CompareMode::after_only ? 2 : 1;
  const QSize size = pane(0).size();
  cache_.begin_frame(panes * (size.width() / TileCache::kTile + 2) * (size.height() / TileCache::kTile + 2));

  const bool split = before_ && mode_ == CompareMode::split && !flipped_;
  const bool side_by_side = before_ && mode_ == CompareMode::side_by_side;
  if (side_by_side) {
    painter.fillRect(all, kGap);
    painter.fillRect(pane(0), kBackdrop);
    painter.fillRect(pane(1), kBackdrop);
    paint_source(painter, pane(0), pane(0), flipped_ ? after_ : before_);
    paint_source(painter, pane(1), pane(1), flipped_ ? before_ : after_);
  } else if (split) {
    const int x = static_cast<int>(divider_x() * devicePixelRatioF());
    paint_source(painter, all, QRect(0, 0, x, all.height()), before_);
    paint_source(painter, all, QRect(x, 0, all.width() - x, all.height()), after_);
  } else {
    paint_source(painter, all, all, flipped_ ? before_ : after_);
  }
  painter.restore();

  painter.setRenderHint(QPainter::Antialiasing);
  const auto logical = [this](const QRect& r) {
    return QRectF(QPointF(r.topLeft()) / devicePixelRatioF(), QSizeF(r.size()) / devicePixelRatioF()).toRect();
  };
  if (split) {
    paint_divider(painter);
    // A label goes where the divider leaves it no room.
    const int room = fontMetrics().horizontalAdvance(before_label_) + 40;
    if (divider_x() > room) paint_label(painter, rect(), before_label_, Qt::AlignLeft);
    const int room_right = fontMetrics().horizontalAdvance(after_label_) + 40;
    if (width() - divider_x() > room_right) paint_label(painter, rect(), after_label_, Qt::AlignRight);
  } else if (side_by_side) {
    paint_label(painter, logical(pane(0)), flipped_ ? after_label_ : before_label_, Qt::AlignLeft);
    paint_label(painter, logical(pane(1)), flipped_ ? before_label_ : after_label_, Qt::AlignLeft);
  } else if (after_) {
    paint_label(painter, rect(), flipped_ ? before_label_ : after_label_, flipped_ ? Qt::AlignLeft : Qt::AlignRight);
  }
  if (hasFocus() && focusPolicy() == Qt::StrongFocus && !underMouse()) {
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setPen(QPen(palette().highlight().color(), 2));
    painter.setBrush(Qt::NoBrush);  // a frame: the labels' brush would darken the picture
    painter.drawRect(rect().adjusted(1, 1, -1, -1));
  }
}

void CompareView::paint_source(QPainter& painter, const QRect& pane, const QRect& clip,
                               const std::shared_ptr<const TileSource>& source) {
  if (!source || clip.isEmpty() || source->size().isEmpty()) return;
  painter.setClipRect(clip);
  const double zoom = viewport_.zoom() * viewport_.picture().width() / source->size().width();
  const QPoint origin = pane.topLeft() + viewport_.origin();
  const QRect visible = QRect(origin, viewport_.magnified()) & clip;
  if (visible.isEmpty()) return;
  constexpr int t = TileCache::kTile;
  const QRect shown = visible.translated(-origin);
  for (int row = floor_div(shown.top(), t); row <= floor_div(shown.bottom(), t); ++row) {
    for (int column = floor_div(shown.left(), t); column <= floor_div(shown.right(), t); ++column) {
      const QRect target =
          QRect(column * t, row * t, t, t) & QRect(QPoint(0, 0), (QSizeF(source->size()) * zoom).toSize());
      if (target.isEmpty()) continue;
      const QImage tile = cache_.tile(source, zoom, column, row);
      if (tile.width() == target.width()) {
        painter.drawImage(origin + target.topLeft(), tile);
      } else {  // a draft
        painter.drawImage(target.translated(origin), tile);
      }
    }
  }
}

void CompareView::paint_divider(QPainter& painter) const {
  const double x = divider_x(), middle = height() / 2.0;
  painter.setPen(QPen(QColor(0, 0, 0, 110), 4));
  painter.drawLine(QPointF(x, 0), QPointF(x, height()));
  painter.setPen(QPen(Qt::white, 2));
  painter.drawLine(QPointF(x, 0), QPointF(x, height()));
  painter.setPen(QPen(QColor(0, 0, 0, 90), 1));
  painter.setBrush(Qt::white);
  painter.drawEllipse(QPointF(x, middle), 15, 15);
  painter.setPen(QPen(QColor(60, 60, 64), 2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
  painter.setBrush(Qt::NoBrush);
  for (const int side : {-1, 1}) {
    const QPointF arrow[] = {{x + side * 4, middle - 5}, {x + side * 9, middle}, {x + side * 4, middle + 5}};
    painter.drawPolyline(arrow, 3);
  }
}

void CompareView::paint_label(QPainter& painter, const QRect& pane, const QString& text, Qt::Alignment side) const {
  if (text.isEmpty()) return;
  constexpr int kMargin = 10, kPadding = 8;
  const QString shown = fontMetrics().elidedText(text, Qt::ElideMiddle, pane.width() - 2 * (kMargin + kPadding));
  QRect box(0, 0, fontMetrics().horizontalAdvance(shown) + 2 * kPadding, fontMetrics().height() + 8);
  box.moveTop(pane.top() + kMargin);
  if (side & Qt::AlignRight) {
    box.moveRight(pane.right() - kMargin);
  } else {
    box.moveLeft(pane.left() + kMargin);
  }
  painter.setPen(Qt::NoPen);
  painter.setBrush(QColor(0, 0, 0, 165));
  painter.drawRoundedRect(box, 6, 6);
  painter.setPen(Qt::white);
  painter.drawText(box, Qt::AlignCenter, shown);
}

}  // namespace nalasr::gui
