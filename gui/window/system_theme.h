// Whether the desktop prefers dark windows, as its portal tells.
#pragma once

#include <QDBusVariant>
#include <QObject>

namespace nalasr::gui {

/// Qt tells this itself from 6.5 on; the portal has told it before.
class SystemTheme : public QObject {
  Q_OBJECT

 public:
  using QObject::QObject;
  /// told() comes later, and each time the preference changes; never where there is no portal.
  void ask();

 signals:
  void told(bool dark);

 private slots:
  void setting_changed(const QString& group, const QString& key, const QDBusVariant& value);
};

}  // namespace nalasr::gui
