// The window with many pictures, as a person uses it: queue, drops, pasting, closing; and its names for screen readers.
#include <signal.h>
#include <QAccessible>
#include <QClipboard>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QListView>
#include <QMessageBox>
#include <QMimeData>
#include <QScrollArea>
#include <QSignalSpy>
#include <QStatusBar>
#include <QTimer>

#include "gui/window_fixture.h"
#include "window/preferences_dialog.h"
#include "window/side_panel.h"

namespace nalasr::gui::test {

class WindowQueueTest : public WindowFixture {
  Q_OBJECT

 private slots:
  void initTestCase() { show_window(); }
  void cleanup();
  void works_through_a_queue_with_a_bad_file();
  void takes_drops_and_pastes();
  void names_everything_for_screen_readers();
  void survives_a_crashed_job();
  void keeps_settings_and_recent_files();
  void asks_before_closing();
};

// No test waits for the work of one that failed.
void WindowQueueTest::cleanup() {
  if (!window_) return;
  window_->queue().cancel_all();
  wait_until([&] { return window_->queue().active() == nullptr; });
}

void WindowQueueTest::works_through_a_queue_with_a_bad_file() {
  QFile bad(sandbox().file("damaged.png"));
  QVERIFY(bad.open(QIODevice::WriteOnly));
  bad.write("\x89PNG\r\n\x1a\nrubbish");
  bad.close();
  const int times_larger = kSanitized ? 1 : 2;  // so that it runs long enough to tell the time left
  window_->open({sample(), cut_sample("awning.png", {40, 100, 180, 120}), bad.fileName(),
                 cut_sample("bookshop.png", {30, 70, 300, 220}, times_larger),
                 cut_sample("bicycle.png", {280, 190, 110, 80})});
  const int bad_id = window_->queue().at(2).id;
  QVERIFY(wait_until([&] { return window_->queue().job(bad_id)->state == JobState::failed; }));
  QSignalSpy finished(&window_->queue(), &JobQueue::queue_finished);
  action("upscale_all")->trigger();
  const Job& bookshop = window_->queue().at(3);
  window_->findChild<QListView*>()->setCurrentIndex(window_->queue().index(3));
  QVERIFY(wait_until([&] { return bookshop.fraction > 0.4 && bookshop.eta.seconds_left(window_->queue().now()); }));
  QTest::qWait(250);  // the panel counts five times a second
  window_->statusBar()->clearMessage();
  screenshot(*window_, "8_queue");
  QVERIFY(wait_until([&] { return !finished.isEmpty(); }));
  QCOMPARE(window_->queue().job(bad_id)->state, JobState::failed);
  QVERIFY(QFileInfo::exists(out_ + "/bicycle_x4.png"));
  QVERIFY(QFileInfo::exists(out_ + "/bookshop_x4.png"));
  QTest::qWait(200);
  QVERIFY(shown_texts().contains("Finished in"));
}

void WindowQueueTest::takes_drops_and_pastes() {
  const int before = window_->queue().rowCount();
  // Through the system's window, which finds out what lies under the cursor.
  const auto drop_at = [&](QWidget* widget, const QMimeData& dropped, Qt::DropAction offered = Qt::CopyAction) {
    const QPoint at = widget->mapTo(window_.get(), widget->rect().center());
    QDragEnterEvent enter(at, offered, &dropped, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(window_->windowHandle(), &enter);
    QDropEvent drop(at, offered, &dropped, Qt::LeftButton, Qt::NoModifier);
    if (enter.isAccepted()) QCoreApplication::sendEvent(window_->windowHandle(), &drop);
    return enter.isAccepted() && drop.isAccepted() && drop.dropAction() != Qt::MoveAction;
  };
  QMimeData files;
  files.setUrls({QUrl::fromLocalFile(make_picture("dropped.png", 20, 20)),
                 QUrl::fromLocalFile(make_picture("città 街 100%.png", 20, 20))});
  QVERIFY(drop_at(&window_->view(), files));
  QCOMPARE(window_->queue().rowCount(), before + 2);
  QCOMPARE(QFileInfo(job().input).fileName(), QString("dropped.png"));  // the first is shown
  QMimeData folder;
  make_picture("dropped/one.png", 20, 20);
  make_picture("dropped/deeper/two.png", 20, 20);
  folder.setUrls({QUrl::fromLocalFile(sandbox().file("dropped"))});
  QVERIFY(drop_at(window_->findChild<QListView*>(), folder));
  QVERIFY(wait_until([&] { return window_->queue().rowCount() == before + 4; }));
  QMimeData moved;  // by some programs also as a text; and after a move they may delete it
  moved.setUrls({QUrl::fromLocalFile(make_picture("moved.png", 20, 20))});
  moved.setText(sandbox().file("moved.png"));
  QVERIFY(drop_at(window_->side_panel().findChild<QDoubleSpinBox*>(), moved, Qt::MoveAction));
  QCOMPARE(window_->queue().rowCount(), before + 5);
  QMimeData link;
  link.setUrls({QUrl("https://example.org/picture.png")});
  QVERIFY(!drop_at(&window_->view(), link));
  QCOMPARE(window_->queue().rowCount(), before + 5);

  QImage image(30, 20, QImage::Format_RGB32);
  image.fill(Qt::red);
  QApplication::clipboard()->setImage(image);
  action("paste")->trigger();
  QVERIFY(wait_until([&] { return window_->queue().rowCount() == before + 6; }));
  QCOMPARE(window_->current(), window_->queue().at(before + 5).id);  // and shown
  link.setImageData(image);                                          // as a web browser gives it
  QVERIFY(drop_at(&window_->view(), link));
  QVERIFY(wait_until([&] { return window_->queue().rowCount() == before + 7; }));
  QApplication::clipboard()->setMimeData(new QMimeData);
  action("paste")->trigger();
  QCOMPARE(window_->statusBar()->currentMessage(), QString("There is no picture on the clipboard"));
}

void WindowQueueTest::names_everything_for_screen_readers() {
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

void WindowQueueTest::survives_a_crashed_job() {
  window_->open({make_picture("crash.png", 1200, 900)});
  QVERIFY(wait_for(JobState::ready));
  action("upscale")->trigger();
  QVERIFY(wait_until([&] { return job().fraction > 0.01; }));
  QFile children(QStringLiteral("/proc/self/task/%1/children").arg(QCoreApplication::applicationPid()));
  if (!children.open(QIODevice::ReadOnly)) QSKIP("this kernel does not list children");
  for (const QByteArray& child : children.readAll().split(' ')) {
    if (child.toInt() > 0) ::kill(child.toInt(), SIGABRT);  // sanitizers catch SIGSEGV
  }
  QVERIFY(wait_for(JobState::failed));
  QVERIFY(window_->isVisible());
  QVERIFY(shown_texts().contains("signal 6"));
  action("retry")->trigger();
  QVERIFY(wait_until([&] { return job().fraction > 0.01; }));
}

void WindowQueueTest::keeps_settings_and_recent_files() {
  window_->side_panel().findChild<QDoubleSpinBox*>()->setValue(3);
  window_->open({sample()});
  MainWindow second(viewer_program());
  second.show();
  QVERIFY(wait_until([&] { return second.side_panel().run_settings().scale == 3; }));
  QCOMPARE(second.side_panel().run_settings().model.name, QString("light"));
  QCOMPARE(second.queue().output().folder, out_);
  for (QPushButton* recent : second.findChildren<QPushButton*>()) {
    if (recent->text() == "street.png") recent->click();
  }
  QVERIFY(wait_until([&] { return second.queue().rowCount() == 1; }));
}

void WindowQueueTest::asks_before_closing() {
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
  using namespace nalasr::gui::test;
  return run_window_test(argc, argv, [] { return std::make_unique<WindowQueueTest>(); });
}

#include "window_queue_test.moc"
