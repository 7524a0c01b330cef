#include "view/memory_bars.h"

#include <QPainter>
#include <algorithm>
#include <cmath>
#include <utility>

#include "view/format.h"

namespace nalasr::gui {
namespace {

const QColor kMeasured(0x2B, 0x8C, 0xC4), kComputed(0x8A, 0x8F, 0x98);

}  // namespace

MemoryBars::MemoryBars(QWidget* parent) : QWidget(parent) {
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  setAccessibleName(tr("Memory compared with other methods"));
}

void MemoryBars::set_bars(std::vector<MemoryBar> bars) {
  bars_ = std::move(bars);
  QStringList texts;
  for (const MemoryBar& bar : bars_) {
    texts.append(tr("%1: %2, %3").arg(bar.name, bytes_text(bar.bytes), bar.measured ? tr("measured") : tr("computed")));
  }
  setAccessibleDescription(texts.join("; "));
  setToolTip(tr("Lengths are logarithmic: each grid line is ten times the one before."));
  updateGeometry();
  update();
}

QSize MemoryBars::sizeHint() const { return {280, std::max(1, static_cast<int>(bars_.size())) * bar_height() + 2}; }

void MemoryBars::paintEvent(QPaintEvent*) {
  if (bars_.empty()) return;
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  std::uint64_t least = bars_.front().bytes, most = 1;
  for (const MemoryBar& bar : bars_) {
    least = std::min(least, bar.bytes);
    most = std::max(most, bar.bytes);
  }
  // From a decade below the least, so that every bar has some length.
  const double low = std::floor(std::log10(std::max<double>(static_cast<double>(least), 1))) - 0.5;
  const double high = std::log10(static_cast<double>(most));
  const auto length = [&](double log) { return (log - low) / (high - low) * (width() - 2); };

  const QColor text = palette().color(QPalette::WindowText);
  QColor faint = text;
  faint.setAlphaF(0.15F);
  painter.setPen(faint);
  for (double decade = std::ceil(low); decade <= high; ++decade) {
    painter.drawLine(QPointF(length(decade), 0), QPointF(length(decade), height()));
  }
  const int line = painter.fontMetrics().height();
  int y = 0;
  for (const MemoryBar& bar : bars_) {
    painter.setPen(text);
    const QString amount =
        bytes_text(bar.bytes) + QStringLiteral(" · ") + (bar.measured ? tr("measured") : tr("computed"));
    const int amount_width = painter.fontMetrics().horizontalAdvance(amount);
    painter.drawText(QRect(0, y, width() - amount_width - 8, line), Qt::AlignLeft | Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(bar.name, Qt::ElideRight, width() - amount_width - 8));
    painter.drawText(QRect(0, y, width(), line), Qt::AlignRight | Qt::AlignVCenter, amount);
    const QRectF box(0, y + line + 2, length(std::log10(std::max<double>(static_cast<double>(bar.bytes), 1))),
                     line * 0.6);
    painter.setPen(bar.measured ? QPen(Qt::NoPen) : QPen(kComputed, 1, Qt::DashLine));
    QColor fill = bar.measured ? kMeasured : kComputed;
    if (!bar.measured) fill.setAlphaF(0.35F);  // hatched in spirit: not a fact of this run
    painter.setBrush(fill);
    painter.drawRoundedRect(box, 3, 3);
    y += bar_height();
  }
}

}  // namespace nalasr::gui
