// What this process and this machine hold, for readouts while a run goes on.
//
//     nalasr::MemoryUse before = nalasr::memory_use();
//     ... a run in another thread ...
//     std::cout << nalasr::memory_use().host - before.host << " bytes more\n";
//
// Thread safety: pure reads of the operating system's figures; may be called from any thread, also during a run.
#pragma once

#include <cstdint>
#include <optional>

#include "nalasr/plan.h"

namespace nalasr {

struct MemoryUse {
  std::uint64_t host = 0;                 ///< resident bytes of this process
  std::optional<std::uint64_t> device{};  ///< bytes in use on the GPU, by all programs; empty where none takes part
};
/// `device`: where the run computes. Asking a GPU that nothing uses would wake it, so that is for Device::cuda only.
MemoryUse memory_use(Device device = Device::cpu);

struct MachineMemory {
  std::uint64_t total = 0;      ///< bytes of main memory
  std::uint64_t available = 0;  ///< bytes that a program could take now without swapping
};
MachineMemory machine_memory();

}  // namespace nalasr
