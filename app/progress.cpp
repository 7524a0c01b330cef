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

}  // namespace

void Countdown::update(double done, double total, Clock::time_point now) {
  if (done < kStart * total) return;
  if (first_done_ < 0) {
    first_done_ = done;
    first_time_ = now;
    return;
  }
  const double elapsed = std::chrono::duration<double>(now - first_time_).count();
  if (done <= first_done_ || elapsed <= 0) return;
  rate_ = (done - first_done_) / elapsed;
  left_ = std::max(0.0, total - done) / rate_;
}

ProgressLine::ProgressLine(Console& console, std::size_t files, double pixels)
    : console_(console), files_(files), total_pixels_(std::max(pixels, 1.0)) {}

double ProgressLine::done_pixels() const {
  double done = finished_pixels_;
  for (const auto& [id, file] : under_way_) done += file.pixels * file.fraction;
  return done;
}

void ProgressLine::begin_file(std::size_t id, std::string name, double pixels) {
  File& file = under_way_[id] = {++begun_, std::move(name), pixels, 0};
  drawn_ = Countdown::Clock::now();
  console_.progress(text(file));
}

void ProgressLine::update(std::size_t id, double fraction) {
  const auto found = under_way_.find(id);
  if (found == under_way_.end()) return;
  const auto now = Countdown::Clock::now();
  found->second.fraction = std::clamp(fraction, found->second.fraction, 1.0);
  all_.update(done_pixels(), total_pixels_, now);
  if (now - drawn_ < kRedraw) return;
  drawn_ = now;
  console_.progress(text(found->second));
}

void ProgressLine::end_file(std::size_t id, double pixels, bool done) {
  under_way_.erase(id);
  ++ended_;
  if (done)
    finished_pixels_ += pixels;
  else
    total_pixels_ = std::max(total_pixels_ - pixels, 1.0);
}

// Remaining time of a single file is that of all.
std::string ProgressLine::text(const File& file) const {
  std::string facts = "  " + percent(file.fraction);
  std::string count;
  if (files_ > 1) {
    count = std::to_string(file.number) + "/" + std::to_string(files_) + "  ";
    facts += "  (" + std::to_string(ended_) + " done, all " + percent(done_pixels() / total_pixels_) + ")";
  }
  if (all_.seconds_left() >= 0) {
    char rate[32];
    std::snprintf(rate, sizeof rate, ", %.3g MP/s, ", megapixels_per_second());
    facts += rate + clock(all_.seconds_left()) + " left";
  }
  // The name gives way, not the numbers.
  const int room = console_.columns() - 1 - display_width(count) - display_width(facts);
  return count + shortened(file.name, room) + facts;
}

}  // namespace nalasr::app
