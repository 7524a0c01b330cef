// What the window and its child process say to each other: one JSON object a line. The window sends one request, then
// perhaps "pause", "resume" and "cancel"; the child answers with events and ends.
#pragma once

#include <QByteArray>
#include <QJsonObject>
#include <QString>
#include <cstdint>
#include <optional>

namespace nalasr::gui {

enum class Task {
  upscale,
  convert,    ///< write a result in another format
  calibrate,  ///< how fast is this machine with this model?
};

struct WorkRequest {
  Task task = Task::upscale;
  QString input, output;
  QString format = QStringLiteral("png");
  int quality = 95;
  int png_compression = 6;
  QString model_file, model_sha256;
  double scale = 0;
  QString device = QStringLiteral("auto");
  std::uint64_t memory_limit = 0;  ///< bytes; 0: automatic

  [[nodiscard]] QByteArray to_line() const;
  static std::optional<WorkRequest> from_line(const QByteArray& line);
};

// Names of the commands and events, and of their fields.
namespace wire {
inline constexpr char pause[] = "pause", resume[] = "resume", cancel[] = "cancel";
inline constexpr char event[] = "event";
inline constexpr char planned[] = "planned";      // predicted, budget, gpu: its name where one computes
inline constexpr char temporary[] = "temporary";  // path: what to remove should the child die
inline constexpr char progress[] = "progress";    // fraction
inline constexpr char memory[] = "memory";        // seconds, host, device (where there is one)
inline constexpr char done[] = "done";            // report
inline constexpr char failed[] = "failed";        // cancelled, message, hint
}  // namespace wire

/// One event as a line, and back; an empty object where the line is none.
QByteArray event_line(const char* event, QJsonObject fields);
QJsonObject parse_line(const QByteArray& line);

}  // namespace nalasr::gui
