#include "window/queue_delegate.h"

#include <QFileInfo>
#include <QPainter>

#include "jobs/job_queue.h"
#include "view/format.h"
#include "window/appearance.h"

namespace nalasr::gui {
namespace {

constexpr int kPadding = 8, kIcon = 20, kBar = 4;

// Green where it is done, red where it failed.
QColor icon_color(JobState state) {
  if (state == JobState::done) return {0x3F, 0xA3, 0x4D};
  if (state == JobState::failed) return {0xD6, 0x45, 0x45};
  return {};
}

QString icon_of(JobState state) {
  switch (state) {
    case JobState::waiting:
    case JobState::inspecting:
      return QStringLiteral("wait");
    case JobState::running:
      return QStringLiteral("upscale");
    case JobState::paused:
      return QStringLiteral("pause");
    case JobState::done:
      return QStringLiteral("done");
    case JobState::failed:
      return QStringLiteral("warning");
    case JobState::cancelled:
      return QStringLiteral("cancel");
    case JobState::ready:
      break;
  }
  return QStringLiteral("picture");
}

QString second_line(const Job& job, qint64 now) {
  QString text = state_text(job);
  if (job.state == JobState::running) {
    if (const auto left = job.eta.seconds_left(now)) { text += QueueDelegate::tr(", %1 left").arg(about_text(*left)); }
  }
  return text;
}

}  // namespace

QueueDelegate::QueueDelegate(const JobQueue& queue, QObject* parent) : QStyledItemDelegate(parent), queue_(queue) {}

QSize QueueDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const {
  return {160, option.fontMetrics.height() * 2 + 2 * kPadding + kBar + 4};
}

void QueueDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
  const Job& job = queue_.at(index.row());
  const bool selected = option.state & QStyle::State_Selected;
  painter->save();
  painter->setRenderHint(QPainter::Antialiasing);
  if (selected) {
    painter->fillRect(option.rect, option.palette.highlight());
  } else if (option.state & QStyle::State_MouseOver) {
    QColor hover = option.palette.color(QPalette::Highlight);
    hover.setAlphaF(0.12F);
    painter->fillRect(option.rect, hover);
  }
  const QRect inner = option.rect.adjusted(kPadding, kPadding, -kPadding, -kPadding);
  action_icon(icon_of(job.state), icon_color(job.state))
      .paint(painter, QRect(inner.left(), inner.top() + (inner.height() - kIcon) / 2, kIcon, kIcon), Qt::AlignCenter,
             selected ? QIcon::Selected : QIcon::Normal);

  const int left = inner.left() + kIcon + kPadding, line = option.fontMetrics.height();
  const int room = inner.right() - left + 1;
  const QColor text = option.palette.color(selected ? QPalette::HighlightedText : QPalette::Text);
  painter->setPen(text);
  painter->drawText(QRect(left, inner.top(), room, line), Qt::AlignLeft | Qt::AlignVCenter,
                    option.fontMetrics.elidedText(QFileInfo(job.input).fileName(), Qt::ElideMiddle, room));
  QColor second = option.palette.color(QPalette::PlaceholderText);
  if (job.state == JobState::failed) second = QColor(0xD6, 0x45, 0x45);
  painter->setPen(selected ? text : second);
  painter->drawText(QRect(left, inner.top() + line + 2, room, line), Qt::AlignLeft | Qt::AlignVCenter,
                    option.fontMetrics.elidedText(second_line(job, queue_.now()), Qt::ElideRight, room));
  if (job.is_active()) {
    const QRectF bar(left, inner.bottom() - kBar + 1, room, kBar);
    QColor back = text;
    back.setAlphaF(0.2F);
    painter->setPen(Qt::NoPen);
    painter->setBrush(back);
    painter->drawRoundedRect(bar, 2, 2);
    painter->setBrush(selected ? text : option.palette.color(QPalette::Highlight));
    painter->drawRoundedRect(QRectF(bar.left(), bar.top(), bar.width() * job.fraction, kBar), 2, 2);
  }
  painter->restore();
}

}  // namespace nalasr::gui
