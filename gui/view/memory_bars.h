// What a run took beside what other ways of computing the same would have: bars, each "measured" or "computed".
#pragma once

#include <QWidget>
#include <vector>

namespace nalasr::gui {

struct MemoryBar {
  QString name;
  std::uint64_t bytes = 0;
  bool measured = false;  ///< otherwise computed
};

class MemoryBars : public QWidget {
  Q_OBJECT

 public:
  explicit MemoryBars(QWidget* parent = nullptr);
  void set_bars(std::vector<MemoryBar> bars);

  [[nodiscard]] QSize sizeHint() const override;
  [[nodiscard]] QSize minimumSizeHint() const override { return {200, sizeHint().height()}; }

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  [[nodiscard]] int bar_height() const { return fontMetrics().height() * 2 + 10; }
  std::vector<MemoryBar> bars_;
};

}  // namespace nalasr::gui
