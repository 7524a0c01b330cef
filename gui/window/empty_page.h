// What the window shows before anything is open: what to do.
#pragma once

#include <QWidget>

namespace nalasr::gui {

class EmptyPage : public QWidget {
  Q_OBJECT

 public:
  explicit EmptyPage(QWidget* parent = nullptr);
  /// The last files, as links.
  void set_recent(const QStringList& files);

 signals:
  void open_clicked();
  void paste_clicked();
  void recent_clicked(const QString& path);

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  class QVBoxLayout* recent_;
  class QLabel* recent_title_;
};

}  // namespace nalasr::gui
