#include "jobs/eta.h"

#include <algorithm>

namespace nalasr::gui {

void Eta::start(qint64 now) {
  *this = {};
  started_ = now;
}

void Eta::pause(qint64 now) {
  if (paused_ < 0) paused_ = now;
}

void Eta::resume(qint64 now) {
  if (paused_ >= 0) paused_total_ += now - paused_;
  paused_ = -1;
}

double Eta::elapsed(qint64 now) const {
  return static_cast<double>((paused_ >= 0 ? paused_ : now) - started_ - paused_total_) / 1000;
}

void Eta::update(double fraction, qint64 now) {
  last_seconds_ = elapsed(now);
  fraction_ = std::max(fraction_, fraction);
  // Decoding and loading come before the first strip and say nothing about the pace.
  if (first_seconds_ < 0 && fraction > 0) {
    first_seconds_ = last_seconds_;
    first_fraction_ = fraction;
  }
}

std::optional<double> Eta::seconds_left(qint64 now) const {
  const double worked = last_seconds_ - first_seconds_, done = fraction_ - first_fraction_;
  if (first_seconds_ < 0 || worked < 0.7 || done <= 0) return {};
  const double left_then = (1 - fraction_) * worked / done;
  return std::max(0.0, left_then - (elapsed(now) - last_seconds_));
}

}  // namespace nalasr::gui
