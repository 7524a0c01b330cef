// The list of pictures with what becomes of each, and the buttons for all of them.
#pragma once

#include <QWidget>

class QLabel;
class QListView;
class QPushButton;
class QToolButton;

namespace nalasr::gui {

class JobQueue;
struct QueueSummary;

class QueuePanel : public QWidget {
  Q_OBJECT

 public:
  explicit QueuePanel(JobQueue& queue, QWidget* parent = nullptr);

  /// The picture on show; 0 where there is none.
  [[nodiscard]] int current() const;
  void select(int id);
  void show_summary(const QueueSummary& summary);

 signals:
  void selected(int id);
  void start_all_clicked();
  void retry_clicked(int id);
  void remove_clicked(int id);
  void output_clicked();

 private:
  void show_menu(QPoint at);
  void update_buttons();
  /// Pauses or resumes whatever is under way.

  JobQueue& queue_;
  QListView* list_;
  QLabel* status_;
  QPushButton* start_;
  QToolButton *pause_, *cancel_, *retry_, *remove_;
};

}  // namespace nalasr::gui
