#include "window/settings.h"

#include <QDir>
#include <QFileInfo>
#include <QSettings>
#include <QStandardPaths>
#include <algorithm>

namespace nalasr::gui {
namespace {

constexpr int kRecentFiles = 10;

}  // namespace

RunSettings Settings::run(const std::vector<ModelChoice>& models) {
  const QSettings s;
  RunSettings run;
  const QString wanted = s.value("run/model").toString();
  auto found = std::find_if(models.begin(), models.end(), [&](const auto& m) { return m.file == wanted; });
  // As on the command line: most pictures are photos.
  if (found == models.end())
    found = std::find_if(models.begin(), models.end(), [](auto& m) { return m.name == "photo"; });
  if (found == models.end()) found = models.begin();
  if (found != models.end()) run.model = *found;
  run.scale = std::clamp(s.value("run/scale", 0.0).toDouble(), 0.0, 8.0);
  run.device = static_cast<Device>(std::clamp(s.value("run/device", 0).toInt(), 0, 2));
  run.sharpness = std::clamp(s.value("run/sharpness", 0.0).toDouble(), 0.0, 1.0);
  run.memory_limit = s.value("run/memory_limit", 0).toULongLong();
  return run;
}

void Settings::set_run(const RunSettings& run) {
  QSettings s;
  s.setValue("run/model", run.model.file);
  s.setValue("run/scale", run.scale);
  s.setValue("run/device", static_cast<int>(run.device));
  s.setValue("run/sharpness", run.sharpness);
  s.setValue("run/memory_limit", static_cast<qulonglong>(run.memory_limit));
}

OutputSettings Settings::output() {
  const QSettings s;
  OutputSettings output;
  output.folder = s.value("output/folder").toString();
  output.name_template = s.value("output/name", output.name_template).toString();
  output.format = s.value("output/format").toString();
  output.quality = std::clamp(s.value("output/quality", output.quality).toInt(), 1, 100);
  return output;
}

void Settings::set_output(const OutputSettings& output) {
  QSettings s;
  s.setValue("output/folder", output.folder);
  s.setValue("output/name", output.name_template);
  s.setValue("output/format", output.format);
  s.setValue("output/quality", output.quality);
}

QStringList Settings::recent_files() { return QSettings().value("recent").toStringList(); }

void Settings::add_recent_file(const QString& path) {
  QStringList files = recent_files();
  files.removeAll(path);
  files.prepend(path);
  while (files.size() > kRecentFiles) files.removeLast();
  QSettings().setValue("recent", files);
}

void Settings::clear_recent_files() { QSettings().remove("recent"); }

QString Settings::last_folder() {
  const QStringList files = recent_files();
  if (!files.isEmpty()) return QFileInfo(files.first()).absolutePath();
  return QStandardPaths::writableLocation(QStandardPaths::PicturesLocation);
}

Theme Settings::theme() { return static_cast<Theme>(std::clamp(QSettings().value("theme", 0).toInt(), 0, 2)); }
void Settings::set_theme(Theme theme) { QSettings().setValue("theme", static_cast<int>(theme)); }

CompareMode Settings::compare_mode() {
  return static_cast<CompareMode>(std::clamp(QSettings().value("compare/mode", 1).toInt(), 0, 2));
}
void Settings::set_compare_mode(CompareMode mode) { QSettings().setValue("compare/mode", static_cast<int>(mode)); }

bool Settings::divider_follows_mouse() { return QSettings().value("compare/divider_follows", true).toBool(); }
void Settings::set_divider_follows_mouse(bool follows) { QSettings().setValue("compare/divider_follows", follows); }

QString Settings::screen_profile() { return QSettings().value("screen_profile").toString(); }
void Settings::set_screen_profile(const QString& path) { QSettings().setValue("screen_profile", path); }

}  // namespace nalasr::gui
