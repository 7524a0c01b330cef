#include "gui/gui_support.h"

#include <QDeadlineTimer>
#include <QDir>
#include <QStandardPaths>
#include <QTest>
#include <QWidget>

#ifdef NALASR_HAS_XCB
#include <xcb/xcb.h>

#include <cstdlib>
#endif

namespace nalasr::gui::test {

Sandbox::Sandbox() {
  qputenv("XDG_CONFIG_HOME", QFile::encodeName(folder_.path()) + "/config");
  qputenv("XDG_CACHE_HOME", QFile::encodeName(folder_.path()) + "/cache");
  qunsetenv("DBUS_SESSION_BUS_ADDRESS");  // whoever runs the tests may like dark windows
  QCoreApplication::setOrganizationName(QStringLiteral("nalasr"));
  QCoreApplication::setApplicationName(QStringLiteral("nalasr-viewer"));
}

Sandbox& sandbox() {
  static Sandbox sandbox;
  return sandbox;
}

QString elsewhere() { return qEnvironmentVariable("NALASR_TEST_ROOT"); }

QString source(const QString& path) {
  return (elsewhere().isEmpty() ? QStringLiteral(NALASR_SOURCE_DIR) : elsewhere()) + '/' + path;
}
QString viewer_program() {
  return elsewhere().isEmpty() ? QStringLiteral(NALASR_VIEWER) : elsewhere() + "/bin/nalasr-viewer";
}
QString command_line_program() {
  return elsewhere().isEmpty() ? QStringLiteral(NALASR_PROGRAM) : elsewhere() + "/bin/nalasr";
}

RunSettings light() {
  RunSettings run;
  run.model = {"light", "Light ×4", source("models/light_x4.safetensors"), {}, 4};
  return run;
}

RunSettings tiny() {
  RunSettings run;
  run.model = {"tiny", "Tiny ×2", source("tests/golden/tiny_x2.safetensors"), {}, 2};
  return run;
}

QString make_picture(const QString& name, int width, int height) {
  QImage image(width, height, QImage::Format_RGB888);
  for (int y = 0; y < height; ++y) {
    uchar* row = image.scanLine(y);
    for (int x = 0; x < width; ++x) {
      row[3 * x] = static_cast<uchar>(x * 5);
      row[3 * x + 1] = static_cast<uchar>(y * 3);
      row[3 * x + 2] = static_cast<uchar>((x / 8 + y / 8) % 2 * 200);
    }
  }
  const QString path = sandbox().file(name);
  QDir().mkpath(QFileInfo(path).path());
  image.save(path, "PNG");
  return path;
}

QString cut_sample(const QString& name, const QRect& part, int times_larger) {
  const QString path = sandbox().file(name);
  const QImage cut = QImage(source("resources/samples/street.png")).copy(part);
  cut.scaled(part.size() * times_larger, Qt::IgnoreAspectRatio, Qt::SmoothTransformation).save(path, "PNG");
  return path;
}

QString make_script(const QString& name, const QByteArray& commands) {
  const QString path = sandbox().file(name);
  QFile file(path);
  if (!file.open(QIODevice::WriteOnly)) return {};
  file.write("#!/bin/sh\n" + commands);
  file.setPermissions(file.permissions() | QFileDevice::ExeOwner);
  return path;
}

void activate(QWidget& window) {
#ifdef NALASR_HAS_XCB
  auto* native = qGuiApp->nativeInterface<QNativeInterface::QX11Application>();
  if (native != nullptr && native->connection() != nullptr) {  // Qt's offscreen platform has one without a connection
    xcb_set_input_focus(native->connection(), XCB_INPUT_FOCUS_PARENT, static_cast<xcb_window_t>(window.winId()),
                        XCB_CURRENT_TIME);
    xcb_flush(native->connection());
  }
#endif
  window.activateWindow();
  wait_until([&] { return window.isActiveWindow(); }, 5000);
}

bool set_x11_profile(const QByteArray& profile) {
#ifdef NALASR_HAS_XCB
  auto* native = qGuiApp->nativeInterface<QNativeInterface::QX11Application>();
  if (native == nullptr || native->connection() == nullptr) return false;
  xcb_connection_t* connection = native->connection();
  constexpr char kName[] = "_ICC_PROFILE";
  xcb_intern_atom_reply_t* atom =
      xcb_intern_atom_reply(connection, xcb_intern_atom(connection, 0, sizeof kName - 1, kName), nullptr);
  if (atom == nullptr) return false;
  const xcb_window_t root = xcb_setup_roots_iterator(xcb_get_setup(connection)).data->root;
  if (profile.isEmpty()) {
    xcb_delete_property(connection, root, atom->atom);
  } else {
    xcb_change_property(connection, XCB_PROP_MODE_REPLACE, root, atom->atom, XCB_ATOM_CARDINAL, 8,
                        static_cast<std::uint32_t>(profile.size()), profile.constData());
  }
  std::free(atom);
  return xcb_flush(connection) > 0;
#else
  (void)profile;
  return false;
#endif
}

bool wait_until(const std::function<bool()>& condition, int ms) {
  QDeadlineTimer deadline(ms);
  while (!condition()) {
    if (deadline.hasExpired()) return false;
    QTest::qWait(10);
  }
  return true;
}

QString screenshot(QWidget& widget, const QString& name) {
  const QDir folder(elsewhere().isEmpty() ? QStringLiteral(NALASR_SCREENSHOTS) : elsewhere() + "/screenshots");
  QDir().mkpath(folder.path());
  const QString path = folder.filePath(name + ".png");
  widget.grab().save(path);
  return path;
}

}  // namespace nalasr::gui::test
