// A result of 30720 × 17280: what it takes in memory, and how long a frame takes while panning and zooming.
#include <QElapsedTimer>
#include <QTest>
#include <algorithm>
#include <ctime>
#include <functional>

#include "document/picture_sources.h"
#include "gui/gui_support.h"
#include "nalasr/memory.h"
#include "view/compare_view.h"

namespace nalasr::gui::test {
namespace {

constexpr QSize kSize(30720, 17280);
constexpr double kFrame = 1000.0 / 60;  // ms

std::shared_ptr<const Pyramid> made_up(QSize size) {
  auto pyramid = std::make_shared<Pyramid>(size, 3);
  std::vector<std::uint8_t> row(static_cast<std::size_t>(size.width()) * 3);
  for (int y = 0; y < size.height(); ++y) {
    if (y % 8 == 0) {
      for (std::size_t i = 0; i < row.size(); ++i) row[i] = static_cast<std::uint8_t>((i / 24) * 31 + y / 8 * 17);
    }
    pyramid->append_row(row.data());
  }
  return pyramid;
}

double thread_ms() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1000 + static_cast<double>(time.tv_nsec) / 1e6;
}

double part(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

// What the GUI thread spends on frames. Checked is its own time: what other programs take is not the viewer's fault.
struct FrameTimes {
  std::vector<double> own, wall;

  void measure(const std::function<void()>& frame) {
    QElapsedTimer timer;
    timer.start();
    const double start = thread_ms();
    frame();
    own.push_back(thread_ms() - start);
    wall.push_back(static_cast<double>(timer.nsecsElapsed()) / 1e6);
    QTest::qWait(std::max(1, static_cast<int>(kFrame - wall.back())));  // the background threads go on
  }
  void tell() const {
    qInfo("ms a frame, own time: median %.1f, 95%% %.1f, longest %.1f; on the clock: %.1f, %.1f, %.1f", part(own, 0.5),
          part(own, 0.95), part(own, 1), part(wall, 0.5), part(wall, 0.95), part(wall, 1));
  }
};

FrameTimes pan(CompareView& view, QPointF by, int frames) {
  FrameTimes times;
  for (int i = 0; i < frames; ++i) {
    times.measure([&] {
      view.pan_by(by);
      view.repaint();
    });
  }
  return times;
}

}  // namespace

class BigPictureTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase();
  void takes_less_than_one_and_a_half_times_its_bytes();
  void pans_at_sixty_frames_a_second_data();
  void pans_at_sixty_frames_a_second();
  void zooms_without_freezing();

 private:
  std::uint64_t before_ = 0;
  std::shared_ptr<const StoredPicture> result_, small_;
  std::unique_ptr<CompareView> view_;
};

void BigPictureTest::initTestCase() {
  view_ = std::make_unique<CompareView>();
  view_->resize(1920, 1080);
  view_->show();
  before_ = memory_use().host;
  small_ = std::make_shared<StoredPicture>(made_up(kSize / 4), nullptr);
  result_ = std::make_shared<StoredPicture>(made_up(kSize), nullptr);
  view_->set_pictures(std::make_shared<InterpolatedPicture>(small_, kSize, Interpolation::bicubic), result_);
  view_->set_mode(CompareMode::split);
}

void BigPictureTest::takes_less_than_one_and_a_half_times_its_bytes() {
  view_->zoom_to(1);
  pan(*view_, {-100, -60}, 60);
  const double bytes = 3.0 * kSize.width() * kSize.height();
  const double taken = static_cast<double>(memory_use().host - before_);
  qInfo("picture %.0f MiB, taken with the small one, tiles and all: %.0f MiB, %.2f times", bytes / 1048576,
        taken / 1048576, taken / bytes);
  QVERIFY(taken < 1.5 * bytes);
}

void BigPictureTest::pans_at_sixty_frames_a_second_data() {
  QTest::addColumn<double>("zoom");
  QTest::addColumn<int>("mode");
  for (const double zoom : {0.063, 0.3, 0.5, 1.0, 2.0, 7.0}) {
    for (const auto mode : {CompareMode::after_only, CompareMode::split, CompareMode::side_by_side}) {
      QTest::addRow("%g%%, mode %d", zoom * 100, static_cast<int>(mode)) << zoom << static_cast<int>(mode);
    }
  }
}

void BigPictureTest::pans_at_sixty_frames_a_second() {
  QFETCH(double, zoom);
  QFETCH(int, mode);
  view_->set_mode(static_cast<CompareMode>(mode));
  view_->fit();
  view_->zoom_to(zoom);
  view_->repaint();
  const FrameTimes times = pan(*view_, {-23, -11}, 60);
  times.tell();
  QVERIFY(part(times.own, 0.95) < kFrame);
}

void BigPictureTest::zooms_without_freezing() {
  view_->set_mode(CompareMode::split);
  view_->fit();
  FrameTimes times;
  for (int i = 0; i < 40; ++i) {
    times.measure([&] {
      view_->zoom_by(i < 30 ? 1.25 : 0.5);
      view_->repaint();
    });
  }
  times.tell();
  QVERIFY(part(times.own, 0.95) < 2 * kFrame);
}

}  // namespace nalasr::gui::test

int main(int argc, char** argv) {
  nalasr::gui::test::sandbox();
  QApplication app(argc, argv);
  nalasr::gui::test::BigPictureTest test;
  return QTest::qExec(&test, argc, argv);
}

#include "big_picture_test.moc"
