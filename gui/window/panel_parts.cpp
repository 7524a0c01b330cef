#include "window/panel_parts.h"

#include <QPainter>

namespace nalasr::gui {

QLabel* section_title(const QString& text) {
  auto* label = new QLabel(text);
  QFont font = label->font();
  font.setBold(true);
  label->setFont(font);
  return label;
}

QLabel* value_label(const QString& name) {
  auto* label = new QLabel;
  label->setWordWrap(true);
  label->setAccessibleName(name);
  label->setTextInteractionFlags(Qt::TextSelectableByMouse);
  return label;
}

QLabel* quiet_label(const QString& text) {
  auto* label = new QLabel(text);
  label->setForegroundRole(QPalette::PlaceholderText);
  return label;
}

PrimaryButton::PrimaryButton(QWidget* parent) : QPushButton(parent) {
  setMinimumHeight(40);
  setCursor(Qt::PointingHandCursor);
}

void PrimaryButton::set_prominent(bool prominent) {
  prominent_ = prominent;
  update();
}

void PrimaryButton::paintEvent(QPaintEvent* event) {
  if (!prominent_) return QPushButton::paintEvent(event);
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  QColor fill = palette().color(QPalette::Highlight);
  if (isDown()) fill = fill.darker(118);
  if (!isDown() && underMouse() && isEnabled()) fill = fill.lighter(108);
  if (!isEnabled()) fill = palette().color(QPalette::Disabled, QPalette::WindowText), fill.setAlphaF(0.25F);
  painter.setPen(Qt::NoPen);
  painter.setBrush(fill);
  painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5);
  if (hasFocus()) {
    painter.setPen(QPen(palette().color(QPalette::HighlightedText), 1, Qt::DotLine));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(QRectF(rect()).adjusted(3.5, 3.5, -3.5, -3.5), 3, 3);
  }
  painter.setPen(isEnabled() ? palette().color(QPalette::HighlightedText)
                             : palette().color(QPalette::Disabled, QPalette::ButtonText));
  QFont bold = font();
  bold.setBold(true);
  painter.setFont(bold);
  painter.drawText(rect(), Qt::AlignCenter, text());
}

}  // namespace nalasr::gui
