// Memory over time while a run goes on, with what was predicted and what is allowed.
#pragma once

#include <QWidget>
#include <vector>

#include "jobs/worker_process.h"

namespace nalasr::gui {

class MemoryChart : public QWidget {
  Q_OBJECT

 public:
  explicit MemoryChart(QWidget* parent = nullptr);

  void set_samples(const std::vector<MemorySample>& samples);
  /// 0: not known.
  void set_limits(std::uint64_t predicted, std::uint64_t budget);

  [[nodiscard]] QSize sizeHint() const override { return {280, 170}; }
  [[nodiscard]] QSize minimumSizeHint() const override { return {200, 140}; }

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  /// Top of the scale: the budget's line is on it only where it isn't far above all else.
  [[nodiscard]] double scale_top() const;

  std::vector<MemorySample> samples_;
  std::uint64_t predicted_ = 0, budget_ = 0;
};

}  // namespace nalasr::gui
