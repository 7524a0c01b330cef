// What the viewer's tests share: an application with settings of its own, pictures, waiting, screenshots.
#pragma once

#include <QApplication>
#include <QImage>
#include <QRect>
#include <QString>
#include <QTemporaryDir>
#include <functional>

#include "jobs/run_settings.h"

namespace nalasr::gui::test {

/// Ten times slower, and with memory of its own: what is measured then says nothing.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

/// Sets up settings and caches in a folder of this process; made before QApplication.
class Sandbox {
 public:
  Sandbox();
  [[nodiscard]] QString file(const QString& name) const { return folder_.filePath(name); }

 private:
  QTemporaryDir folder_;
};
/// The one of this process.
Sandbox& sandbox();

/// Where everything lies on a machine that built none of it (scripts/viewer-bundle): bin, models, resources,
/// translations, screenshots. Empty: in the source and build trees.
QString elsewhere();
/// A path in the source tree.
QString source(const QString& path);
/// The viewer that does the work as a child.
QString viewer_program();
/// `nalasr`, to hold the viewer against.
QString command_line_program();
/// The bundled light model.
RunSettings light();
/// A network of a few weights, for tests that need work done but no picture.
RunSettings tiny();
/// A picture with structure, written as PNG; returns its path.
QString make_picture(const QString& name, int width, int height);
/// A part of the sample picture, written as PNG; returns its path.
QString cut_sample(const QString& name, const QRect& part, int times_larger = 1);
/// A shell script that stands in for the worker; returns its path.
QString make_script(const QString& name, const QByteArray& commands);
/// Keyboard focus, also where there is no window manager to give it.
void activate(QWidget& window);

/// Sets the profile of the X server's screen as colour managers do; empty removes it. False where there is none.
bool set_x11_profile(const QByteArray& profile);

/// Runs the event loop until `condition` holds; false after `ms`: long, since a sanitizer on a busy machine may take
/// it.
bool wait_until(const std::function<bool()>& condition, int ms = 300000);
/// Writes a widget, or the whole screen where there is one to grab, to BUILD/screenshots/NAME.png.
QString screenshot(QWidget& widget, const QString& name);

}  // namespace nalasr::gui::test
