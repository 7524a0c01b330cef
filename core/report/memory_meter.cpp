#include "report/memory_meter.h"

#include <malloc.h>

#include <fstream>
#include <string>

namespace nalasr {
namespace {

/// A "Name:   123 kB" line of /proc/self/status, in bytes; 0 where there is none.
std::uint64_t status_bytes(const std::string& name) {
  std::ifstream status("/proc/self/status");
  std::string line;
  while (std::getline(status, line))
    if (line.starts_with(name)) return std::stoull(line.substr(name.size())) * 1024;
  return 0;
}

}  // namespace

std::uint64_t MemoryMeter::resident() { return status_bytes("VmRSS:"); }

MemoryMeter::MemoryMeter() {
  malloc_trim(0);                               // what earlier work freed must not hide what this work takes
  std::ofstream("/proc/self/clear_refs") << 5;  // resets VmHWM; harmless where it is not allowed
  start_ = resident();
}

std::uint64_t MemoryMeter::peak_above_start() const {
  const std::uint64_t highest = peak();
  return highest > start_ ? highest - start_ : 0;
}

std::uint64_t MemoryMeter::peak() { return status_bytes("VmHWM:"); }

}  // namespace nalasr
