#include "nn/torch/device_memory.h"

#include <ATen/ATen.h>
#include <c10/core/CachingDeviceAllocator.h>
#include <torch/headeronly/version.h>

namespace nalasr::eager {
namespace {

constexpr auto kAll = static_cast<std::size_t>(c10::CachingAllocator::StatType::AGGREGATE);

// Asked for through the interface that all device allocators share: no header of CUDA is needed.
c10::DeviceAllocator* allocator() { return at::hasCUDA() ? c10::getDeviceAllocator(c10::DeviceType::CUDA) : nullptr; }

}  // namespace

DevicePeak device_peak(int index) {
  auto* const cuda = allocator();
  if (cuda == nullptr || !cuda->initialized()) return {};
  const auto stats = cuda->getDeviceStats(static_cast<c10::DeviceIndex>(index));
  return {static_cast<std::uint64_t>(stats.allocated_bytes[kAll].peak),
          static_cast<std::uint64_t>(stats.reserved_bytes[kAll].peak)};
}

void reset_device_peak(int index) {
  auto* const cuda = allocator();
  if (cuda == nullptr || !cuda->initialized()) return;
  cuda->emptyCache();
  cuda->resetPeakStats(static_cast<c10::DeviceIndex>(index));
}

std::string torch_version() { return TORCH_VERSION; }

}  // namespace nalasr::eager
