// The progress line of a batch: which file, how much of it and of everything is done, how fast, and how long it may
// take.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <string>

#include "console.h"

namespace nalasr::app {

/// Remaining time and speed from the rate measured so far. The first percent is left out: it holds the start-up.
class Countdown {
 public:
  using Clock = std::chrono::steady_clock;

  /// Takes the work done, of `total`, at `now`.
  void update(double done, double total, Clock::time_point now);
  /// Seconds left; negative while unknown.
  [[nodiscard]] double seconds_left() const { return left_; }
  /// Work per second; 0 while unknown.
  [[nodiscard]] double rate() const { return rate_; }

 private:
  static constexpr double kStart = 0.01;
  double first_done_ = -1, left_ = -1, rate_ = 0;
  Clock::time_point first_time_;
};

/// Work is counted in input pixels: the network's time is proportional to them. Several files may be under way.
class ProgressLine {
 public:
  ProgressLine(Console& console, std::size_t files, double pixels);

  void begin_file(std::size_t id, std::string name, double pixels);
  void update(std::size_t id, double fraction);
  /// The file needs no more work: it was done, or given up (then it tells nothing about the rate).
  void end_file(std::size_t id, double pixels, bool done);

  /// Of all files together.
  [[nodiscard]] double seconds_left() const { return all_.seconds_left(); }
  [[nodiscard]] double megapixels_per_second() const { return all_.rate() / 1e6; }

 private:
  struct File {
    std::size_t number = 0;
    std::string name;
    double pixels = 0, fraction = 0;
  };
  [[nodiscard]] std::string text(const File& file) const;
  [[nodiscard]] double done_pixels() const;

  Console& console_;
  std::size_t files_, begun_ = 0, ended_ = 0;
  double total_pixels_, finished_pixels_ = 0;
  std::map<std::size_t, File> under_way_;
  Countdown all_;
  Countdown::Clock::time_point drawn_{};
};

}  // namespace nalasr::app
