#include "report/memory_sampler.h"

#include <algorithm>

#include "report/memory_meter.h"
#include "report/nvml.h"

namespace nalasr {
namespace {

constexpr std::chrono::milliseconds kPause{2};
constexpr std::size_t kMostSamples = 1 << 16;  // two minutes; longer runs are thinned
constexpr std::size_t kMostMoments = 120;

/// Every group of samples becomes its highest.
std::vector<MemorySample> thinned(const std::vector<MemorySample>& samples, std::size_t moments) {
  const std::size_t group = (samples.size() + moments - 1) / moments;
  std::vector<MemorySample> out;
  for (std::size_t i = 0; i < samples.size(); i += group) {
    MemorySample highest = samples[i];
    for (std::size_t j = i; j < std::min(i + group, samples.size()); ++j) {
      highest.host = std::max(highest.host, samples[j].host);
      highest.device = std::max(highest.device, samples[j].device);
    }
    out.push_back(highest);
  }
  return out;
}

}  // namespace

MemorySampler::MemorySampler(int gpu)
    : gpu_(gpu), device_start_(device_use()), host_start_(MemoryMeter::resident()), start_(Clock::now()) {
  thread_ = std::thread([this] { watch(); });
}

MemorySampler::~MemorySampler() { stop(); }

std::uint64_t MemorySampler::device_use() const {
  const auto memory = gpu_ < 0 ? std::nullopt : driver_memory(gpu_);
  return memory ? memory->used : 0;
}

void MemorySampler::restart() {
  const std::lock_guard lock(mutex_);
  samples_.clear();
  host_start_ = MemoryMeter::resident();
  start_ = Clock::now();
}

void MemorySampler::stop() {
  stopped_ = true;
  if (thread_.joinable()) thread_.join();
}

std::vector<MemorySample> MemorySampler::timeline() const {
  const std::lock_guard lock(mutex_);
  return thinned(samples_, kMostMoments);
}

void MemorySampler::watch() {
  while (!stopped_) {
    const std::uint64_t device = device_use(), host = MemoryMeter::resident();
    const std::uint64_t grown = device > device_start_ ? device - device_start_ : 0;
    device_peak_ = std::max<std::uint64_t>(device_peak_, grown);
    {
      const std::lock_guard lock(mutex_);
      const double seconds = std::chrono::duration<double>(Clock::now() - start_).count();
      samples_.push_back({seconds, host > host_start_ ? host - host_start_ : 0, grown});
      if (samples_.size() >= kMostSamples) samples_ = thinned(samples_, kMostSamples / 2);
    }
    std::this_thread::sleep_for(kPause);
  }
}

}  // namespace nalasr
