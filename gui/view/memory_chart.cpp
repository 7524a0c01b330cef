#include "view/memory_chart.h"

#include <QLocale>
#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <cmath>

#include "view/format.h"

namespace nalasr::gui {
namespace {

const QColor kHost(0x2B, 0x8C, 0xC4), kDevice(0x3F, 0xA3, 0x4D), kPredicted(0xE0, 0x8A, 0x1E),
    kBudget(0xD6, 0x45, 0x45);

struct LegendItem {
  QString text;
  QColor color;
  Qt::PenStyle style;
};

// 1, 2 or 5 times a power of ten above the longest time; a GPU may take a few tenths of a second.
double nice_seconds(double seconds) {
  const double power = std::pow(10, std::floor(std::log10(std::max(seconds, 0.1))));
  for (const double step : {1.0, 2.0, 5.0, 10.0}) {
    if (seconds <= step * power) return step * power;
  }
  return seconds;
}

}  // namespace

MemoryChart::MemoryChart(QWidget* parent) : QWidget(parent) {
  setAccessibleName(tr("Memory during the run"));
  QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  setSizePolicy(policy);
}

void MemoryChart::set_samples(const std::vector<MemorySample>& samples) {
  samples_ = samples;
  if (!samples_.empty()) {
    const MemorySample& last = samples_.back();
    setAccessibleDescription(
        last.device ? tr("GPU memory: %1 in use, %2 predicted at most; main memory: %3 in use")
                          .arg(bytes_text(*last.device), bytes_text(predicted_), bytes_text(last.host))
                    : tr("%1 in use, %2 predicted at most").arg(bytes_text(last.host), bytes_text(predicted_)));
  }
  update();
}

void MemoryChart::set_limits(std::uint64_t predicted, std::uint64_t budget) {
  predicted_ = predicted;
  budget_ = budget;
  update();
}

double MemoryChart::scale_top() const {
  std::uint64_t top = std::max<std::uint64_t>(predicted_, 1 << 20);
  for (const MemorySample& sample : samples_) top = std::max({top, sample.host, sample.device.value_or(0)});
  if (budget_ > 0 && budget_ < 2 * top) top = std::max(top, budget_);
  return static_cast<double>(top) * 1.12;
}

void MemoryChart::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const QColor text = palette().color(QPalette::WindowText);
  QColor faint = text;
  faint.setAlphaF(0.18F);
  const QFontMetrics metrics = painter.fontMetrics();
  const double top = scale_top();
  const double seconds = nice_seconds(samples_.empty() ? 1 : samples_.back().seconds);
  const bool has_device =
      std::any_of(samples_.begin(), samples_.end(), [](const auto& s) { return s.device.has_value(); });
  const bool budget_on_scale = budget_ > 0 && static_cast<double>(budget_) <= top;

  std::vector<LegendItem> legend{{has_device ? tr("main memory") : tr("in use"), kHost, Qt::SolidLine}};
  if (has_device) legend.push_back({tr("GPU memory"), kDevice, Qt::SolidLine});
  // Both lines are of the memory that counts: the GPU's where one computes.
  if (predicted_ > 0) {
    const QString name = has_device ? tr("predicted GPU peak %1") : tr("predicted peak %1");
    legend.push_back({name.arg(bytes_text(predicted_)), kPredicted, Qt::DashLine});
  }
  if (budget_ > 0) {
    const QString name = has_device ? tr("GPU limit %1") : tr("limit %1");
    legend.push_back(
        {budget_on_scale ? name.arg(bytes_text(budget_)) : tr("%1 (far above)").arg(name.arg(bytes_text(budget_))),
         kBudget, Qt::DotLine});
  }
  // As many lines of legend as its texts take.
  struct Placed {
    const LegendItem* item;
    int x, line;
  };
  std::vector<Placed> placed;
  int x = 0, line = 0;
  for (const LegendItem& item : legend) {
    const int wide = 28 + metrics.horizontalAdvance(item.text) + 12;
    if (x > 0 && x + wide > width()) x = 0, ++line;
    placed.push_back({&item, x, line});
    x += wide;
  }
  const int line_height = metrics.height() + 2;
  // The middle may need more letters than the top: 682.7 MiB below 1.3 GiB.
  const auto tick = [&](double part) { return bytes_text(static_cast<std::uint64_t>(part * top / 1.12)); };
  const int left = std::max(metrics.horizontalAdvance(tick(1)), metrics.horizontalAdvance(tick(0.5))) + 8;
  const QRectF plot(left, metrics.height() / 2.0 + 1, width() - left - 2,
                    height() - metrics.height() * 1.5 - 10 - (line + 1) * line_height);

  const auto at = [&](double s, double bytes) {
    return QPointF(plot.left() + s / seconds * plot.width(), plot.bottom() - bytes / top * plot.height());
  };
  painter.setPen(text);
  for (const double part : {0.0, 0.5, 1.0}) {
    const double bytes = part * top / 1.12;
    const double y = at(0, bytes).y();
    painter.setPen(faint);
    painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y));
    painter.setPen(text);
    painter.drawText(QRectF(0, y - metrics.height() / 2.0, left - 6, metrics.height()),
                     Qt::AlignRight | Qt::AlignVCenter, part == 0 ? QStringLiteral("0") : tick(part));
  }
  painter.drawText(QRectF(plot.left(), plot.bottom() + 3, plot.width(), metrics.height()), Qt::AlignLeft,
                   QStringLiteral("0"));
  painter.drawText(QRectF(plot.left(), plot.bottom() + 3, plot.width(), metrics.height()), Qt::AlignRight,
                   tr("%1 s").arg(QLocale().toString(seconds)));

  const auto curve = [&](const QColor& color, auto value) {
    QPainterPath path;
    for (const MemorySample& sample : samples_) {
      const QPointF point = at(sample.seconds, static_cast<double>(value(sample)));
      path.elementCount() == 0 ? path.moveTo(point) : path.lineTo(point);
    }
    if (path.elementCount() == 0) return;
    QPainterPath area = path;
    area.lineTo(path.currentPosition().x(), plot.bottom());
    area.lineTo(plot.left() + samples_.front().seconds / seconds * plot.width(), plot.bottom());
    QColor fill = color;
    fill.setAlphaF(0.22F);
    painter.fillPath(area, fill);
    painter.setPen(QPen(color, 2));
    painter.drawPath(path);
  };
  curve(kHost, [](const MemorySample& s) { return s.host; });
  if (has_device) curve(kDevice, [](const MemorySample& s) { return s.device.value_or(0); });
  const auto level = [&](std::uint64_t bytes, const QColor& color, Qt::PenStyle style) {
    painter.setPen(QPen(color, 1.6, style));
    const double y = at(0, static_cast<double>(bytes)).y();
    painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y));
  };
  if (predicted_ > 0) level(predicted_, kPredicted, Qt::DashLine);
  if (budget_on_scale) level(budget_, kBudget, Qt::DotLine);

  const double legend_top = plot.bottom() + metrics.height() + 10;
  for (const Placed& entry : placed) {
    const double y = legend_top + entry.line * line_height + metrics.height() / 2.0;
    painter.setPen(QPen(entry.item->color, 2, entry.item->style));
    painter.drawLine(QPointF(entry.x, y), QPointF(entry.x + 20, y));
    painter.setPen(text);
    painter.drawText(QRectF(entry.x + 26, y - metrics.height() / 2.0, width(), metrics.height()),
                     Qt::AlignLeft | Qt::AlignVCenter, entry.item->text);
  }
}

}  // namespace nalasr::gui
