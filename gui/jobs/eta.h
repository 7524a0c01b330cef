// How long a run still takes, told only once there is something to tell.
#pragma once

#include <QtGlobal>
#include <optional>

namespace nalasr::gui {

/// Times are milliseconds of any clock that does not jump.
class Eta {
 public:
  void start(qint64 now);
  void pause(qint64 now);
  void resume(qint64 now);
  void update(double fraction, qint64 now);

  /// Seconds left; empty in the first second and while nothing was done.
  [[nodiscard]] std::optional<double> seconds_left(qint64 now) const;
  /// Seconds of work so far, pauses left out.
  [[nodiscard]] double elapsed(qint64 now) const;

 private:
  qint64 started_ = 0, paused_ = -1, paused_total_ = 0;
  double fraction_ = 0, first_fraction_ = 0;
  double first_seconds_ = -1, last_seconds_ = 0;
};

}  // namespace nalasr::gui
