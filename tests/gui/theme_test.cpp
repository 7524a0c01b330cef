// Light and dark as the desktop says it: a session bus of our own, with a portal on it that answers.
#include <QApplication>
#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusVariant>
#include <QProcess>
#include <QTest>

#include "gui/gui_support.h"
#include "window/appearance.h"

namespace nalasr::gui::test {

class Portal : public QObject {
  Q_OBJECT
  Q_CLASSINFO("D-Bus Interface", "org.freedesktop.portal.Settings")

 public slots:
  QDBusVariant Read(const QString&, const QString&) const {
    return QDBusVariant(QVariant::fromValue(QDBusVariant(1U)));  // dark; the portal wraps twice
  }
 signals:
  void SettingChanged(const QString& group, const QString& key, const QDBusVariant& value);
};

class ThemeTest : public QObject {
  Q_OBJECT

 private slots:
  void follows_the_desktop();
};

void ThemeTest::follows_the_desktop() {
  QDBusConnection bus = QDBusConnection::connectToBus(qEnvironmentVariable("DBUS_SESSION_BUS_ADDRESS"), "portal");
  Portal portal;
  QVERIFY(bus.registerObject("/org/freedesktop/portal/desktop", &portal,
                             QDBusConnection::ExportAllSlots | QDBusConnection::ExportAllSignals));
  QVERIFY(bus.registerService("org.freedesktop.portal.Desktop"));
  Appearance appearance;
  const auto is_dark = [] { return QApplication::palette().color(QPalette::Window).lightness() < 128; };
  QVERIFY(wait_until(is_dark, 10000));
  emit portal.SettingChanged("org.freedesktop.appearance", "color-scheme", QDBusVariant(2U));  // light
  QVERIFY(wait_until([&] { return !is_dark(); }, 10000));
  appearance.set_theme(Theme::dark);
  QVERIFY(is_dark());
  emit portal.SettingChanged("org.freedesktop.appearance", "color-scheme", QDBusVariant(0U));
  QTest::qWait(100);
  QVERIFY(is_dark());  // the user's own choice comes first
}

}  // namespace nalasr::gui::test

int main(int argc, char** argv) {
  nalasr::gui::test::sandbox();
  QProcess daemon;
  daemon.start("dbus-daemon", {"--session", "--nofork", "--print-address"});
  daemon.waitForReadyRead(10000);
  qputenv("DBUS_SESSION_BUS_ADDRESS", daemon.readLine().trimmed());
  QApplication app(argc, argv);
  nalasr::gui::test::ThemeTest test;
  const int failed = QTest::qExec(&test, argc, argv);
  daemon.terminate();
  daemon.waitForFinished();
  return failed;
}

#include "theme_test.moc"
