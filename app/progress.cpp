#include "progress.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "units.h"

namespace nalasr::app {
namespace {

constexpr auto kRedraw = std::chrono::milliseconds(100);

std::string percent(double done) {
  char text[16];
  // Rounded down: 100% means that nothing is left.
  std::snprintf(text, sizeof text, "%3d%%", static_cast<int>(std::clamp(done, 0.0, 1.0) * 100));
  return text;
}

std::string left(const Countdown& countdown) {
  return countdown.seconds_left() < 0 ? "" : ", " + clock(countdown.seconds_left()) + " left";
}

}  // namespace

void Countdown::update(double done, Clock::time_point now) {
  if (done < kStart) return;
  if (first_done_ < 0) {
    first_done_ = done;
    first_time_ = now;
    return;
  }
  const double elapsed = std::chrono::duration<double>(now - first_time_).count();
  if (done > first_done_ && elapsed > 0) left_ = (1 - done) * elapsed / (done - first_done_);
}

ProgressLine::ProgressLine(Console& console, std::size_t files, double work)
    : console_(console), files_(files), total_work_(std::max(work, 1.0)) {}

void ProgressLine::begin_file(std::size_t number, std::string name, double work) {
  number_ = number;
  name_ = std::move(name);
  file_work_ = work;
  file_done_ = 0;
  file_countdown_ = {};
  drawn_ = Countdown::Clock::now();
  console_.progress(text());
}

void ProgressLine::update(const Progress& progress) {
  if (!console_.interactive()) return;
  const auto now = Countdown::Clock::now();
  file_done_ = std::clamp(progress.fraction, file_done_, 1.0);
  file_countdown_.update(file_done_, now);
  all_countdown_.update((finished_work_ + file_work_ * file_done_) / total_work_, now);
  if (now - drawn_ < kRedraw) return;
  drawn_ = now;
  console_.progress(text());
}

void ProgressLine::end_file(bool done) {
  if (done)
    finished_work_ += file_work_;
  else
    total_work_ = std::max(total_work_ - file_work_, 1.0);
  file_work_ = file_done_ = 0;
}

std::string ProgressLine::text() const {
  std::string facts = "  " + percent(file_done_) + left(file_countdown_);
  std::string count;
  if (files_ > 1) {
    count = std::to_string(number_) + "/" + std::to_string(files_) + "  ";
    facts += "  (all " + percent((finished_work_ + file_work_ * file_done_) / total_work_) + left(all_countdown_) + ")";
  }
  // The name gives way, not the numbers.
  const int room = console_.columns() - 1 - display_width(count) - display_width(facts);
  return count + shortened(name_, room) + facts;
}

}  // namespace nalasr::app
