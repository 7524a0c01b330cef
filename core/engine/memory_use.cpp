#include <fstream>
#include <string>

#include "nalasr/memory.h"
#include "report/memory_meter.h"

#ifdef NALASR_HAS_CUDA
#include "kernels/cuda/memory.h"
#endif

namespace nalasr {

MemoryUse memory_use([[maybe_unused]] Device device) {
  MemoryUse use{.host = MemoryMeter::resident()};
#ifdef NALASR_HAS_CUDA
  if (device == Device::cuda) {
    try {
      const cuda::DeviceMemory memory = cuda::device_memory();
      use.device = memory.total - memory.free;
    } catch (const cuda::Failure&) {  // a device that is gone holds nothing that could be told
    }
  }
#endif
  return use;
}

MachineMemory machine_memory() {
  MachineMemory memory;
  std::ifstream info("/proc/meminfo");
  std::string name, unit;
  std::uint64_t kibibytes = 0;
  while (info >> name >> kibibytes) {
    if (name == "MemTotal:") memory.total = kibibytes * 1024;
    if (name == "MemAvailable:") memory.available = kibibytes * 1024;
    std::getline(info, unit);
  }
  return memory;
}

}  // namespace nalasr
