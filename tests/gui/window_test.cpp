// The whole viewer, as a person uses it: open, see the cost, upscale, compare, cancel, save, queue, close. Needs a
// screen (Xvfb) and the bundled model. Screenshots of the main states go to BUILD/screenshots.
#include <QAccessible>
#include <QClipboard>
#include <QComboBox>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QLabel>
#include <QListView>
#include <QMessageBox>
#include <QMimeData>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QSignalSpy>
#include <QStatusBar>
#include <QTest>
#include <QTimer>
#include <QTranslator>

#include "gui/gui_support.h"
#include "view/compare_view.h"
#include "view/memory_chart.h"
#include "window/comparison.h"
#include "window/main_window.h"
#include "window/preferences_dialog.h"
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

QString sample() { return source("resources/samples/street.png"); }

}  // namespace

class WindowTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase();
  void starts_empty();
  void tells_the_cost_before_anything_runs();
  void upscales_with_live_memory();
  void compares();
  void turns_dark();
  void zooms_and_pans();
  void tells_pixels();
  void cancels_a_second_job();
  void saves();
  void compares_with_another_models_result();
  void works_through_a_queue_with_a_bad_file();
  void takes_drops_and_pastes();
  void names_everything_for_screen_readers();
  void asks_before_closing();

 private:
  const Job& job() { return *window_->queue().job(window_->current()); }
  QAction* action(const char* name) { return window_->findChild<QAction*>(QLatin1String(name)); }
  bool wait_for(JobState state) {
    return wait_until([&] { return job().state == state; });
  }
  /// Everything on show is decoded and rendered.
  bool wait_for_view() {
    return wait_until([&] { return window_->comparison().is_complete() && window_->view().can_compare(); }) &&
           wait_until([&] {
             window_->view().repaint();
             return window_->view().is_settled();
           });
  }
  QPushButton* button(const QString& text) {
    for (QPushButton* b : window_->findChildren<QPushButton*>()) {
      if (b->text() == text && b->isVisible()) return b;
    }
    return nullptr;
  }
  QString shown_texts() {
    QStringList texts;
    for (QLabel* label : window_->findChildren<QLabel*>()) {
      if (label->isVisible()) texts.append(label->text());
    }
    return texts.join('\n');
  }

  std::unique_ptr<MainWindow> window_;
  QString out_ = sandbox().file("out");
};

void WindowTest::initTestCase() {
  OutputSettings output;
  output.folder = out_;
  Settings::set_output(output);
  Settings::set_theme(Theme::light);
  window_ = std::make_unique<MainWindow>(viewer_program());
  window_->resize(1280, 800);
  window_->show();
  QVERIFY(QTest::qWaitForWindowExposed(window_.get()));
  activate(*window_);
}

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
  QVERIFY(worst < 300);
  QVERIFY(job().result()->measured_peak > 0);
  QVERIFY(job().result()->measured_peak <= job().result()->predicted_peak * 12 / 10);
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

void WindowTest::compares_with_another_models_result() {
  window_->side_panel().add_model(tiny().model);
  QVERIFY(wait_until([&] { return !job().is_active(); }));
  action("upscale")->trigger();
  QVERIFY(wait_until([&] { return job().results.size() == 2; }));
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

void WindowTest::works_through_a_queue_with_a_bad_file() {
  window_->queue().remove(window_->queue().at(1).id);  // the cancelled one
  QFile bad(sandbox().file("damaged.png"));
  QVERIFY(bad.open(QIODevice::WriteOnly));
  bad.write("\x89PNG\r\n\x1a\nrubbish");
  bad.close();
  window_->open({cut_sample("awning.png", {40, 100, 180, 120}), bad.fileName(),
                 cut_sample("bookshop.png", {30, 70, 300, 220}), cut_sample("bicycle.png", {280, 190, 110, 80})});
  const int bad_id = window_->queue().at(2).id;
  QVERIFY(wait_until([&] { return window_->queue().job(bad_id)->state == JobState::failed; }));
  window_->side_panel().set_models(bundled_models(), light());
  action("upscale_all")->trigger();
  const int bookshop = window_->queue().at(3).id;
  QVERIFY(wait_until([&] { return window_->queue().job(bookshop)->fraction > 0.3; }));
  const int id = bookshop;
  window_->findChild<QListView*>()->setCurrentIndex(window_->queue().index(window_->queue().row_of(id)));
  QTest::qWait(700);
  window_->statusBar()->clearMessage();
  screenshot(*window_, "8_queue");
  QSignalSpy finished(&window_->queue(), &JobQueue::queue_finished);
  QVERIFY(finished.wait(120000));
  QCOMPARE(window_->queue().job(bad_id)->state, JobState::failed);
  QVERIFY(QFileInfo::exists(out_ + "/bicycle_x4.png"));
  QVERIFY(QFileInfo::exists(out_ + "/bookshop_x4.png"));
  QTest::qWait(200);
  QVERIFY(shown_texts().contains("Finished in"));
}

void WindowTest::takes_drops_and_pastes() {
  const int before = window_->queue().rowCount();
  QMimeData dropped;
  dropped.setUrls({QUrl::fromLocalFile(make_picture("dropped.png", 20, 20))});
  QDragEnterEvent enter(QPoint(50, 50), Qt::CopyAction, &dropped, Qt::LeftButton, Qt::NoModifier);
  QCoreApplication::sendEvent(window_.get(), &enter);
  QVERIFY(enter.isAccepted());
  QDropEvent drop(QPointF(50, 50), Qt::CopyAction, &dropped, Qt::LeftButton, Qt::NoModifier);
  QCoreApplication::sendEvent(window_.get(), &drop);
  QCOMPARE(window_->queue().rowCount(), before + 1);
  QImage image(30, 20, QImage::Format_RGB32);
  image.fill(Qt::red);
  QApplication::clipboard()->setImage(image);
  action("paste")->trigger();
  QVERIFY(wait_until([&] { return window_->queue().rowCount() == before + 2; }));
}

void WindowTest::names_everything_for_screen_readers() {
  PreferencesDialog dialog(window_.get());
  QStringList nameless;
  for (QWidget* root : {static_cast<QWidget*>(window_.get()), static_cast<QWidget*>(&dialog)}) {
    for (QWidget* widget : root->findChildren<QWidget*>()) {
      if (widget->focusPolicy() == Qt::NoFocus || widget->objectName().startsWith("qt_") ||
          qobject_cast<QAbstractScrollArea*>(widget->parentWidget()) != nullptr ||
          qobject_cast<QScrollArea*>(widget) != nullptr || widget->inherits("QMenu") || widget->window() != root ||
          qobject_cast<QAbstractSpinBox*>(widget->parentWidget()) != nullptr ||
          qobject_cast<QComboBox*>(widget->parentWidget()) != nullptr ||
          widget->inherits("QComboBoxPrivateContainer")) {
        continue;
      }
      const QAccessibleInterface* interface = QAccessible::queryAccessibleInterface(widget);
      if (interface == nullptr || interface->text(QAccessible::Name).isEmpty()) {
        nameless.append(QString("%1 in %2")
                            .arg(widget->metaObject()->className(), widget->parentWidget()->metaObject()->className()));
      }
    }
  }
  QCOMPARE(nameless.join(", "), QString());
}

void WindowTest::asks_before_closing() {
  const int id = window_->queue().add({make_picture("long.png", 1200, 900)});
  QVERIFY(wait_until([&] { return window_->queue().job(id)->state == JobState::ready; }));
  window_->queue().enqueue(id, light(), true);
  QVERIFY(wait_until([&] { return window_->queue().job(id)->fraction > 0.01; }));
  const auto answer = [](const QString& text) {
    QTimer::singleShot(200, [text] {
      auto* box = qobject_cast<QMessageBox*>(QApplication::activeModalWidget());
      QVERIFY(box != nullptr);
      for (QAbstractButton* b : box->buttons()) {
        if (b->text() == text) b->click();
      }
    });
  };
  answer("Stay");
  QVERIFY(!window_->close());
  QVERIFY(window_->isVisible());
  answer("Close all the same");
  QVERIFY(window_->close());
  window_.reset();
  QStringList left = QDir(out_).entryList(QDir::Files | QDir::Hidden);
  QVERIFY(left.filter("long").isEmpty());
  QVERIFY(left.filter(".tmp").isEmpty());
}

}  // namespace nalasr::gui::test

int main(int argc, char** argv) {
  nalasr::gui::test::sandbox();
  qputenv("NALASR_MODELS", nalasr::gui::test::source("models").toLocal8Bit());
  QApplication app(argc, argv);
  QTranslator plurals;
  if (plurals.load(QStringLiteral(NALASR_ENGLISH))) QApplication::installTranslator(&plurals);
  nalasr::gui::test::WindowTest test;
  return QTest::qExec(&test, argc, argv);
}

#include "window_test.moc"
