#include "window/system_theme.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>

namespace nalasr::gui {
namespace {

constexpr char kPortal[] = "org.freedesktop.portal.Desktop", kPath[] = "/org/freedesktop/portal/desktop",
               kSettings[] = "org.freedesktop.portal.Settings", kGroup[] = "org.freedesktop.appearance",
               kKey[] = "color-scheme";
constexpr uint kPrefersDark = 1;  // of color-scheme

}  // namespace

void SystemTheme::ask() {
  QDBusConnection bus = QDBusConnection::sessionBus();
  if (!bus.isConnected()) return;
  qRegisterMetaType<QDBusVariant>();  // connect() looks the slot's types up by their names, and refuses else
  bus.connect(kPortal, kPath, kSettings, "SettingChanged", this, SLOT(setting_changed(QString, QString, QDBusVariant)));
  QDBusMessage question = QDBusMessage::createMethodCall(kPortal, kPath, kSettings, "Read");
  question << QString::fromLatin1(kGroup) << QString::fromLatin1(kKey);
  // Without waiting: perhaps nobody answers.
  auto* answer = new QDBusPendingCallWatcher(bus.asyncCall(question), this);
  connect(answer, &QDBusPendingCallWatcher::finished, this, [this, answer] {
    const QDBusPendingReply<QDBusVariant> reply = *answer;
    answer->deleteLater();
    if (reply.isError()) return;
    QVariant value = reply.value().variant();
    if (value.canConvert<QDBusVariant>()) value = value.value<QDBusVariant>().variant();  // Read wraps twice
    emit told(value.toUInt() == kPrefersDark);
  });
}

void SystemTheme::setting_changed(const QString& group, const QString& key, const QDBusVariant& value) {
  if (group == QLatin1String(kGroup) && key == QLatin1String(kKey)) {
    emit told(value.variant().toUInt() == kPrefersDark);
  }
}

}  // namespace nalasr::gui
