// Memory over time: a thread that looks every few milliseconds.
//
//     MemorySampler sampler(/*gpu=*/0);      // before anything touches the GPU: its use now is the zero line
//     sampler.restart();                     // a run begins
//     ... work ...
//     sampler.stop(); sampler.timeline(); sampler.device_peak();
//
// Thread safety: one thread calls; the sampling thread is its own.
#pragma once

#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>
#include <vector>

#include "nalasr/comparison.h"

namespace nalasr {

class MemorySampler {
 public:
  /// `gpu`: the device to watch through its driver; negative: host memory only.
  explicit MemorySampler(int gpu);
  ~MemorySampler();
  MemorySampler(const MemorySampler&) = delete;
  MemorySampler& operator=(const MemorySampler&) = delete;

  /// Forgets the timeline and begins a new one; host memory counts from here.
  void restart();
  void stop();
  /// At most 120 moments since restart(); of several that are drawn together, the highest.
  [[nodiscard]] std::vector<MemorySample> timeline() const;
  /// Growth of the GPU's use since construction, at its highest. Bytes; what other programs took counts too.
  [[nodiscard]] std::uint64_t device_peak() const { return device_peak_; }

 private:
  void watch();
  [[nodiscard]] std::uint64_t device_use() const;

  using Clock = std::chrono::steady_clock;
  int gpu_;
  std::uint64_t device_start_ = 0, host_start_ = 0;
  std::atomic<std::uint64_t> device_peak_{0};
  std::atomic<bool> stopped_{false};
  mutable std::mutex mutex_;  // guards what follows
  Clock::time_point start_;
  std::vector<MemorySample> samples_;
  std::thread thread_;
};

}  // namespace nalasr
