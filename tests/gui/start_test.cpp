// How soon the window stands on the screen after the program was started: a process of its own, watched from outside.
#include <unistd.h>
#include <xcb/xcb.h>
#include <QCoreApplication>
#include <QElapsedTimer>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <cstdlib>
#include <memory>

namespace nalasr::gui::test {
namespace {

// The screen's pixel in the middle of where the window comes.
std::uint32_t pixel(xcb_connection_t* connection, xcb_window_t root) {
  const auto cookie = xcb_get_image(connection, XCB_IMAGE_FORMAT_Z_PIXMAP, root, 640, 40, 1, 1, ~0U);
  const std::unique_ptr<xcb_get_image_reply_t, decltype(&std::free)> reply(
      xcb_get_image_reply(connection, cookie, nullptr), &std::free);
  std::uint32_t value = 0;
  if (reply) std::memcpy(&value, xcb_get_image_data(reply.get()), sizeof value);
  return value;
}

// Processor seconds of a process so far.
double processor_seconds(qint64 process) {
  QFile file(QStringLiteral("/proc/%1/stat").arg(process));
  if (!file.open(QIODevice::ReadOnly)) return 0;
  const QByteArray line = file.readAll();
  const QList<QByteArray> fields = line.mid(line.lastIndexOf(')') + 2).split(' ');
  return (fields[11].toDouble() + fields[12].toDouble()) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

}  // namespace

class StartTest : public QObject {
  Q_OBJECT

 private slots:
  void window_stands_within_a_second();
};

void StartTest::window_stands_within_a_second() {
  xcb_connection_t* connection = xcb_connect(nullptr, nullptr);
  if (xcb_connection_has_error(connection) != 0) QSKIP("needs an X server");
  const xcb_window_t root = xcb_setup_roots_iterator(xcb_get_setup(connection)).data->root;
  const QTemporaryDir folder;
  for (int run = 0; run < 3; ++run) {
    const std::uint32_t empty = pixel(connection, root);
    QProcess viewer;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert("XDG_CONFIG_HOME", folder.path());
    environment.insert("XDG_CACHE_HOME", folder.path());
    environment.remove("DBUS_SESSION_BUS_ADDRESS");
    viewer.setProcessEnvironment(environment);
    QElapsedTimer timer;
    timer.start();
    viewer.start(QStringLiteral(NALASR_VIEWER), {QStringLiteral(NALASR_SAMPLE)});
    QVERIFY(viewer.waitForStarted());
    while (pixel(connection, root) == empty && timer.elapsed() < 20000) usleep(2000);
    const qint64 wall = timer.elapsed();
    const double own = processor_seconds(viewer.processId());
    qInfo("the window stands after %lld ms, %.0f ms of them computing", static_cast<long long>(wall), own * 1000);
    viewer.kill();
    viewer.waitForFinished();
    // A busy machine makes the clock say more than the program needs.
    QVERIFY(own < 1.0);
    QVERIFY(wall < 20000);
    while (pixel(connection, root) != empty && timer.elapsed() < 40000) usleep(2000);
  }
  xcb_disconnect(connection);
}

}  // namespace nalasr::gui::test

QTEST_GUILESS_MAIN(nalasr::gui::test::StartTest)

#include "start_test.moc"
