// The viewer with one picture, as a person uses it: open, see the cost, upscale, compare, cancel, save. Needs a screen
// (Xvfb) and the bundled model. Screenshots of the main states go to BUILD/screenshots.
#include <QColorSpace>
#include <QComboBox>
#include <QFileDialog>
#include <QLineEdit>
#include <QScrollArea>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTimer>

#include "document/picture_loader.h"
#include "gui/window_fixture.h"
#include "window/preferences_dialog.h"
#include "window/screen_profile.h"
#include "window/side_panel.h"

namespace nalasr::gui::test {
namespace {

// How long the GUI thread was ever busy with one thing.
class Heartbeat : public QObject {
 public:
  Heartbeat() {
    clock_.start();
    timer_.start(5);
    connect(&timer_, &QTimer::timeout, this, [this] {
      longest_ = std::max(longest_, clock_.elapsed());
      clock_.restart();
    });
  }
  [[nodiscard]] qint64 longest() const { return longest_; }

 private:
  QTimer timer_;
  QElapsedTimer clock_;
  qint64 longest_ = 0;
};

}  // namespace

class WindowTest : public WindowFixture {
  Q_OBJECT

 private slots:
  void initTestCase() { show_window(); }
  void starts_empty();
  void tells_the_cost_before_anything_runs();
  void upscales_with_live_memory();
  void compares();
  void turns_dark();
  void zooms_and_pans();
  void tells_pixels();
  void cancels_a_second_job();
  void saves();
  void shows_file_dialogs();
  void compares_with_another_models_result();
  void follows_the_screens_profile();
};

void WindowTest::starts_empty() {
  QVERIFY(button("Open pictures …") != nullptr);
  QVERIFY(!action("save")->isEnabled());
  QVERIFY(!action("upscale")->isEnabled());
  screenshot(*window_, "1_empty");
}

void WindowTest::tells_the_cost_before_anything_runs() {
  window_->open({sample()});
  QVERIFY(wait_for(JobState::ready));
  QVERIFY(wait_until([&] { return shown_texts().contains("1600 × 1200") && shown_texts().contains("about"); }));
  QVERIFY(shown_texts().contains("400 × 300 · 8 bit RGB · PNG"));
  QVERIFY(shown_texts().contains("at its peak"));
  QVERIFY(shown_texts().contains("✓ Fits"));
  wait_until([&] { return window_->comparison().is_complete() && window_->view().is_settled(); });
  QTest::qWait(200);
  screenshot(*window_, "2_planned");
}

void WindowTest::upscales_with_live_memory() {
  std::optional<Heartbeat> heartbeat;
  heartbeat.emplace();
  QTest::mouseClick(button("Upscale"), Qt::LeftButton);
  QVERIFY(wait_until([&] { return job().fraction > 0.6; }));
  action("pause")->trigger();
  QTest::qWait(300);
  QCOMPARE(job().state, JobState::paused);
  QVERIFY(job().predicted > 0 && job().budget > 0 && job().samples.size() > 3);
  const qint64 longest = heartbeat->longest();
  screenshot(*window_, "3_running");
  heartbeat.emplace();  // writing a screenshot is no work of the viewer's
  action("pause")->trigger();
  QVERIFY(wait_for(JobState::done));
  QVERIFY(wait_for_view());
  const qint64 worst = std::max(longest, heartbeat->longest());
  qInfo("longest pause of the GUI thread: %lld ms", static_cast<long long>(worst));
  QVERIFY(kSanitized || worst < 300);
  QVERIFY(job().result()->peak().measured > 0);
  QVERIFY(kSanitized || job().result()->peak().measured <= job().result()->peak().predicted * 12 / 10);
  QVERIFY(shown_texts().contains("measured"));
}

void WindowTest::compares() {
  CompareView& view = window_->view();
  action("split")->trigger();
  QTest::mouseMove(&view, QPoint(view.width() * 3 / 10, view.height() / 2));
  QVERIFY(wait_until([&] { return std::abs(view.divider() - 0.3) < 0.02; }, 2000));
  QTest::mouseMove(&view, QPoint(view.width() / 2, view.height() / 2));
  QVERIFY(wait_until([&] { return std::abs(view.divider() - 0.5) < 0.02; }, 2000));
  action("actual")->trigger();
  QVERIFY(wait_for_view());
  screenshot(*window_, "4_split");
  auto* scroll = window_->side_panel().findChild<QScrollArea*>();
  scroll->verticalScrollBar()->setValue(scroll->verticalScrollBar()->maximum());
  screenshot(*window_, "4_split_panel_end");
  scroll->verticalScrollBar()->setValue(0);

  // With the keyboard in it and the mouse elsewhere, a frame is drawn around the picture and nothing upon it.
  view.setFocus();
  const bool under_mouse = view.underMouse();
  view.setAttribute(Qt::WA_UnderMouse, true);
  const QImage unframed = view.grab().toImage();
  view.setAttribute(Qt::WA_UnderMouse, false);
  const QImage framed = view.grab().toImage();
  view.setAttribute(Qt::WA_UnderMouse, under_mouse);
  const QRect inside = view.rect().adjusted(3, 3, -3, -3);
  QVERIFY(unframed != framed);
  QVERIFY(unframed.copy(inside) == framed.copy(inside));

  action("side_by_side")->trigger();
  view.zoom_to(2);
  QVERIFY(wait_for_view());
  screenshot(*window_, "5_side_by_side");

  action("result_only")->trigger();
  QVERIFY(wait_for_view());
  const QImage after = view.grab().toImage();
  view.setFocus();
  QTest::keyPress(&view, Qt::Key_Space);
  QVERIFY(wait_for_view());
  const QImage before = view.grab().toImage();
  QVERIFY(before != after);
  QTest::keyRelease(&view, Qt::Key_Space);
  QVERIFY(wait_for_view());
  QCOMPARE(view.grab().toImage(), after);
  action("split")->trigger();
}

void WindowTest::turns_dark() {
  window_->appearance().set_theme(Theme::dark);
  QVERIFY(wait_until([&] { return window_->palette().color(QPalette::Window).lightness() < 80; }, 2000));
  action("actual")->trigger();
  QVERIFY(wait_for_view());
  screenshot(*window_, "6_dark");
  PreferencesDialog dialog(window_.get());
  dialog.show();
  QTest::qWait(100);
  screenshot(dialog, "9_preferences_dark");
  window_->appearance().set_theme(Theme::light);
  QTest::qWait(100);
  screenshot(dialog, "9_preferences");
}

void WindowTest::zooms_and_pans() {
  CompareView& view = window_->view();
  QTest::keyClick(window_.get(), Qt::Key_0, Qt::ControlModifier);
  QVERIFY(view.viewport().is_fitted());
  QTest::keyClick(window_.get(), Qt::Key_1, Qt::ControlModifier);
  QCOMPARE(view.zoom(), 1.0);
  const QPointF cursor(view.width() * 0.7, view.height() * 0.3);
  const QPointF under = view.viewport().to_picture(cursor);
  QWheelEvent wheel(cursor, view.mapToGlobal(cursor), {}, {0, 240}, Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase,
                    false);
  QCoreApplication::sendEvent(&view, &wheel);
  QVERIFY(view.zoom() > 1.5);
  QVERIFY((view.viewport().to_picture(cursor) - under).manhattanLength() < 2);
  const QPointF center = view.viewport().center();
  QTest::keyClick(&view, Qt::Key_Right);
  QVERIFY(view.viewport().center().x() > center.x());
  for (int i = 0; i < 40; ++i) action("zoom_in")->trigger();
  QCOMPARE(view.zoom(), 32.0);
  for (int i = 0; i < 60; ++i) action("zoom_out")->trigger();
  QCOMPARE(view.zoom(), 0.01);
  QTest::keyClick(window_.get(), Qt::Key_F11);
  QVERIFY(wait_until([&] { return window_->isFullScreen(); }, 2000));
  QTest::keyClick(window_.get(), Qt::Key_F11);
  QVERIFY(wait_until([&] { return !window_->isFullScreen(); }, 2000));
  window_->resize(1280, 800);
  action("fit")->trigger();
}

void WindowTest::tells_pixels() {
  CompareView& view = window_->view();
  QSignalSpy moved(&view, &CompareView::cursor_moved);
  QTest::mouseMove(&view, QPoint(view.width() / 2 + 3, view.height() / 2 + 3));
  QVERIFY(wait_until([&] { return !moved.isEmpty(); }, 2000));
  QVERIFY(shown_texts().contains("before"));
}

void WindowTest::cancels_a_second_job() {
  const int first = window_->current();
  window_->open({make_picture("second.png", 1000, 800)});
  QVERIFY(window_->current() != first);
  QVERIFY(wait_for(JobState::ready));
  action("upscale")->trigger();
  QVERIFY(wait_until([&] { return job().fraction > 0.01; }));
  QElapsedTimer timer;
  timer.start();
  QTest::keyClick(window_.get(), Qt::Key_Escape);
  QVERIFY(wait_for(JobState::cancelled));
  qInfo("cancelled after %lld ms", static_cast<long long>(timer.elapsed()));
  QVERIFY(timer.elapsed() < 2000);
  QVERIFY(shown_texts().contains("no file was written"));
  QVERIFY(!QDir(out_).exists() || QDir(out_).entryList(QDir::Files | QDir::Hidden).isEmpty());
  action("previous")->trigger();
  QCOMPARE(window_->current(), first);
}

void WindowTest::saves() {
  QVERIFY(window_->queue().has_unsaved_results());
  QVERIFY(job().result() != nullptr);
  const QString result = job().result()->file;
  QTest::keyClick(window_.get(), Qt::Key_S, Qt::ControlModifier);
  QVERIFY(wait_until([&] { return !window_->queue().has_unsaved_results(); }));
  const QImage saved(out_ + "/street_x4.png");
  QCOMPARE(saved.size(), QSize(1600, 1200));
  QCOMPARE(saved, QImage(result));
  // It is the picture, larger: reduced again, it is close to what it came from.
  const QImage small = QImage(sample()).convertToFormat(QImage::Format_RGB888);
  const QImage back = saved.scaled(small.size(), Qt::IgnoreAspectRatio, Qt::SmoothTransformation)
                          .convertToFormat(QImage::Format_RGB888);
  qint64 difference = 0;
  for (int y = 0; y < small.height(); ++y) {
    for (int i = 0; i < small.width() * 3; ++i) {
      difference += std::abs(small.constScanLine(y)[i] - back.constScanLine(y)[i]);
    }
  }
  QVERIFY(difference < 8LL * small.width() * small.height() * 3);
  window_->save_to(out_ + "/street.jpg");
  QVERIFY(wait_until([&] { return QFileInfo::exists(out_ + "/street.jpg"); }));
  QCOMPARE(QImage(out_ + "/street.jpg").size(), QSize(1600, 1200));
}

void WindowTest::shows_file_dialogs() {
  const auto look = [](const QString& name, int filter, QString* chosen, QStringList* filters) {
    QTimer::singleShot(300, [=] {
      auto* dialog = qobject_cast<QFileDialog*>(QApplication::activeModalWidget());
      if (dialog == nullptr) return;
      screenshot(*dialog, name);
      auto* types = dialog->findChild<QComboBox*>("fileTypeCombo");
      types->setCurrentIndex(filter);
      emit types->activated(filter);
      *chosen = dialog->findChild<QLineEdit*>("fileNameEdit")->text();
      *filters = dialog->nameFilters();
      dialog->reject();
    });
  };
  QString chosen;
  QStringList filters;
  look("10_open_dialog", 0, &chosen, &filters);
  action("open")->trigger();
  QVERIFY(filters.join(' ').contains("*.png *.jpg"));
  look("10_save_dialog", 0, &chosen, &filters);
  action("save_as")->trigger();
  QCOMPARE(chosen, QString("street_x4.png"));
  look("10_save_dialog", 1, &chosen, &filters);
  action("save_as")->trigger();
  QCOMPARE(chosen, QString("street_x4.jpg"));  // the name follows the type
  QVERIFY(filters.join(' ').contains("TIFF"));
}

void WindowTest::compares_with_another_models_result() {
  // One that was not made yet: choosing it makes it.
  window_->comparison().set_models({light().model, tiny().model});
  emit window_->comparison().choices_changed();
  auto* before = window_->findChild<QComboBox*>("before");
  const int wanted = before->findText("Tiny ×2 → ×4 (to be computed)");
  QVERIFY(wanted >= 0);
  before->setCurrentIndex(wanted);
  emit before->activated(wanted);
  QVERIFY(job().is_active());
  QVERIFY(wait_until([&] { return window_->comparison().before().label == "Tiny ×2 → ×4"; }));
  QVERIFY(wait_for_view());
  QCOMPARE(before->currentText(), QString("Tiny ×2 → ×4"));
  QVERIFY(before->findText("Tiny ×2 → ×4 (to be computed)") < 0);  // it is kept
  QVERIFY(!window_->queue().has_unsaved_results());
  screenshot(*window_, "7_made_to_compare");

  window_->side_panel().add_model(tiny().model);
  QVERIFY(wait_until([&] { return !job().is_active(); }));
  action("upscale")->trigger();
  QVERIFY(wait_until([&] { return job().results.size() == 3; }));
  QVERIFY(wait_for_view());
  const auto choices = window_->comparison().choices();
  const auto earlier =
      std::find_if(choices.begin(), choices.end(), [](const BeforeChoice& c) { return c.label.startsWith("Light"); });
  QVERIFY(earlier != choices.end());
  window_->comparison().set_before(*earlier);  // 1600 × 1200 beside 800 × 600: linked all the same
  QVERIFY(wait_for_view());
  action("side_by_side")->trigger();
  QVERIFY(wait_for_view());
  screenshot(*window_, "7_two_models");
  action("split")->trigger();
  window_->comparison().set_before({BeforeChoice::lanczos, {}, "Lanczos"});
  QVERIFY(wait_for_view());
}

void WindowTest::follows_the_screens_profile() {
  const QColorSpace screen(QColorSpace::AdobeRgb);
  if (!set_x11_profile(screen.iccProfile())) QSKIP("needs an X server");
  QVERIFY(wait_until([&] { return screen_profile() == screen.iccProfile(); }, 2000));
  QImage red(8, 8, QImage::Format_RGB888);
  red.fill(qRgb(200, 40, 30));
  const QString path = sandbox().file("red.png");
  QVERIFY(red.save(path));
  PictureLoader loader(path, screen_profile());
  QVERIFY(wait_until([&] { return loader.is_complete(); }));
  QImage shown(8, 8, QImage::Format_RGB32);
  loader.picture()->render(1, QRect(0, 0, 8, 8), false, shown);
  const QRgb want = QColorSpace(QColorSpace::SRgb).transformationToColorSpace(screen).map(QRgb(qRgb(200, 40, 30)));
  QVERIFY(qRed(want) < 185);  // the wider gamut names this red with a smaller number
  const QRgb got = shown.pixel(3, 3);
  QVERIFY(std::abs(qRed(got) - qRed(want)) <= 3 && std::abs(qGreen(got) - qGreen(want)) <= 3 &&
          std::abs(qBlue(got) - qBlue(want)) <= 3);
  set_x11_profile({});
  QVERIFY(wait_until([&] { return screen_profile().isEmpty(); }, 2000));
}

}  // namespace nalasr::gui::test

int main(int argc, char** argv) {
  using namespace nalasr::gui::test;
  return run_window_test(argc, argv, [] { return std::make_unique<WindowTest>(); });
}

#include "window_test.moc"
