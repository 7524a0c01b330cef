// Host forms of core/kernels/cuda/chain.cuh. Found before the real one by the include path of the emulated kernels.
#pragma once

#include "emulation/emulator.h"

namespace nalasr::cuda {

inline void after_predecessor() {}  // blocks run one after the other here

template <typename... Args>
void launch_chained(void (*kernel)(Args...), dim3 blocks, dim3 threads, std::size_t shared_bytes, void*,
                    const Args&... args) {
  emulation::Launch(emulation::Config(blocks, threads, shared_bytes), kernel)(args...);
}

}  // namespace nalasr::cuda
