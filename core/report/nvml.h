// The GPU as its driver sees it, through NVIDIA's management library, loaded when first asked for: programs start
// without it.
//
// Thread safety: may be called from several threads.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace nalasr {

struct DriverMemory {
  std::uint64_t total = 0, used = 0;  ///< bytes, by all programs
};
/// Of GPU `index` as programs count it (CUDA_VISIBLE_DEVICES is obeyed). Empty without the library or that GPU. Does
/// not wake the GPU up or create a context.
std::optional<DriverMemory> driver_memory(int index);

struct DriverNames {
  std::string device, driver;  ///< "NVIDIA H200", "580.159.04"
};
std::optional<DriverNames> driver_names(int index);

}  // namespace nalasr
