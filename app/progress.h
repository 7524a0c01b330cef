// The progress line of a batch: which file, how much of it and of everything is done, and how long it may take.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "console.h"
#include "nalasr/upscaler.h"

namespace nalasr::app {

/// Remaining time from the rate measured so far. The first percent is left out: it holds the start-up.
class Countdown {
 public:
  using Clock = std::chrono::steady_clock;

  /// Takes the share of the work done (0..1) at `now`.
  void update(double done, Clock::time_point now);
  /// Seconds left; negative while unknown.
  [[nodiscard]] double seconds_left() const { return left_; }

 private:
  static constexpr double kStart = 0.01;
  double first_done_ = -1, left_ = -1;
  Clock::time_point first_time_;
};

class ProgressLine {
 public:
  /// `work`: of all files together, in input pixels, because the network's time is proportional to them.
  ProgressLine(Console& console, std::size_t files, double work);

  void begin_file(std::size_t number, std::string name, double work);
  void update(const Progress& progress);
  /// The file needs no more work: it was done, or given up (then it tells nothing about the rate).
  void end_file(bool done);

 private:
  [[nodiscard]] std::string text() const;

  Console& console_;
  std::size_t files_, number_ = 0;
  double total_work_, finished_work_ = 0, file_work_ = 0, file_done_ = 0;
  std::string name_;
  Countdown file_countdown_, all_countdown_;
  Countdown::Clock::time_point drawn_{};
};

}  // namespace nalasr::app
