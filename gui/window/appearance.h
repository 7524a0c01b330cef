// Light and dark: the system's choice or the user's, and icons that follow.
#pragma once

#include <QColor>
#include <QIcon>
#include <QObject>

#include "window/settings.h"

namespace nalasr::gui {

/// Sets style and palette of the application, and again when the system changes its mind.
class Appearance : public QObject {
  Q_OBJECT

 public:
  explicit Appearance(QObject* parent = nullptr);
  void set_theme(Theme theme);
  [[nodiscard]] bool is_dark() const { return dark_; }

 signals:
  void changed();

 private:
  void set_system_dark(bool dark);
  void apply();

  Theme theme_ = Theme::system;
  bool system_dark_ = false;
  bool dark_ = false;
};

/// A drawing of resources/icons/actions in the palette's colour of text, or in one of its own.
QIcon action_icon(const QString& name, const QColor& color = {});

}  // namespace nalasr::gui
