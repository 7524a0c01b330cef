// A run under way: progress, time left, memory, pause and cancel.
#pragma once

#include <QWidget>

#include "jobs/job.h"

class QLabel;
class QProgressBar;
class QPushButton;

namespace nalasr::gui {

class MemoryChart;

class RunPanel : public QWidget {
  Q_OBJECT

 public:
  explicit RunPanel(QWidget* parent = nullptr);
  void show_job(const Job& job, qint64 now);

 signals:
  void pause_clicked();
  void cancel_clicked();

 private:
  QProgressBar* bar_;
  QLabel *title_, *left_, *memory_;
  QPushButton *pause_, *cancel_;
  MemoryChart* chart_;
};

}  // namespace nalasr::gui
