#include <fstream>
#include <string>

#include "nalasr/memory.h"
#include "report/memory_meter.h"

namespace nalasr {

MemoryUse memory_use() { return {.host = MemoryMeter::resident()}; }

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
