// How one picture of the queue looks: state, name, what about it, and a bar while it is worked on.
#pragma once

#include <QStyledItemDelegate>

namespace nalasr::gui {

class JobQueue;

class QueueDelegate : public QStyledItemDelegate {
  Q_OBJECT

 public:
  explicit QueueDelegate(const JobQueue& queue, QObject* parent = nullptr);
  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
  [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

 private:
  const JobQueue& queue_;
};

}  // namespace nalasr::gui
