#include "view/format.h"

#include <QCoreApplication>
#include <QLocale>
#include <cmath>

namespace nalasr::gui {

QString bytes_text(std::uint64_t bytes) {
  // A number and its unit stay on one line.
  return QLocale()
      .formattedDataSize(static_cast<qint64>(bytes), bytes < (1U << 20) ? 0 : 1)
      .replace(QLatin1Char(' '), QChar::Nbsp);
}

QString duration_text(double seconds) {
  if (seconds < 1) return QCoreApplication::translate("Duration", "under a second");
  const auto whole = static_cast<qint64>(std::lround(seconds));
  if (whole < 60) return QCoreApplication::translate("Duration", "%1 s").arg(whole);
  if (whole < 3600) return QCoreApplication::translate("Duration", "%1 min %2 s").arg(whole / 60).arg(whole % 60);
  return QCoreApplication::translate("Duration", "%1 h %2 min").arg(whole / 3600).arg(whole % 3600 / 60);
}

QString about_text(double seconds) {
  const QString text = duration_text(seconds);
  return seconds < 1 ? text : QCoreApplication::translate("Duration", "about %1").arg(text);
}

QString zoom_text(double zoom) {
  const double percent = zoom * 100;
  const bool whole = percent >= 100 || std::abs(percent - std::round(percent)) < 0.05;
  return QLocale().toString(percent, 'f', whole ? 0 : 1) + QLatin1Char('%');
}

QString gpu_text(const QString& name) {
  return name.isEmpty() ? QCoreApplication::translate("Device", "Graphics card") : name;
}

}  // namespace nalasr::gui
