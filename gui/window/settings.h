// What is kept from one start to the next.
#pragma once

#include <QString>
#include <QStringList>

#include "jobs/run_settings.h"
#include "view/compare_view.h"

namespace nalasr::gui {

enum class Theme { system, light, dark };

class Settings {
 public:
  /// `models`: what can be chosen; the model of the last time where it is among them.
  [[nodiscard]] static RunSettings run(const std::vector<ModelChoice>& models);
  static void set_run(const RunSettings& run);
  [[nodiscard]] static OutputSettings output();
  static void set_output(const OutputSettings& output);

  [[nodiscard]] static QStringList recent_files();
  static void add_recent_file(const QString& path);
  static void clear_recent_files();
  [[nodiscard]] static QString last_folder();

  [[nodiscard]] static Theme theme();
  static void set_theme(Theme theme);
  [[nodiscard]] static CompareMode compare_mode();
  static void set_compare_mode(CompareMode mode);
  [[nodiscard]] static bool divider_follows_mouse();
  static void set_divider_follows_mouse(bool follows);
  /// File of the screen's ICC profile; empty: what the system says, else sRGB.
  [[nodiscard]] static QString screen_profile();
  static void set_screen_profile(const QString& path);
};

}  // namespace nalasr::gui
