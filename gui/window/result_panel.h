// What a finished run took, beside what other ways would have taken.
#pragma once

#include <QWidget>

#include "jobs/job.h"

class QLabel;

namespace nalasr::gui {

class MemoryBars;
class MemoryChart;
class PrimaryButton;

class ResultPanel : public QWidget {
  Q_OBJECT

 public:
  explicit ResultPanel(QWidget* parent = nullptr);
  void show_result(const Job& job, const JobResult& result);
  void set_saving(bool saving);

 signals:
  void save_clicked();

 private:
  QLabel *summary_, *peak_, *warnings_;
  PrimaryButton* save_;
  MemoryBars* bars_;
  MemoryChart* chart_;
  QString shown_;
};

}  // namespace nalasr::gui
