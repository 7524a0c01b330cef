// LibTorch's own account of device memory. Names no LibTorch type.
#pragma once

#include <cstdint>
#include <string>

namespace nalasr::eager {

struct DevicePeak {
  std::uint64_t allocated = 0, reserved = 0;  ///< bytes at the highest
};
/// Since the last reset, of CUDA device `index`. Zeros where this LibTorch has no CUDA.
DevicePeak device_peak(int index);
/// Gives cached memory back and begins anew with what is in use.
void reset_device_peak(int index);
/// "2.11.0"
std::string torch_version();

}  // namespace nalasr::eager
