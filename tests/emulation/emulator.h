// Runs CUDA kernels on the host, thread by thread, so that their very source is tested where there is no GPU.
//
// CMake turns each .cu file into C++: `kernel<<<a, b, c, d>>>(args)` becomes emulation::Launch(Config(a, b, c, d),
// kernel)(args), and shared memory becomes memory of the one block that runs. Threads are fibers that yield where the
// hardware would wait: at __syncthreads and where a warp exchanges values. Slow (a thousandth of a CPU kernel) and
// exact about what a test wants to know: indices, fragment layouts, barriers that are missing in one branch. Built with
// ThreadSanitizer (scripts/race-check) it also finds data races within a block, in shared and in device memory.
#pragma once

#include <cuda_runtime.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <functional>

#undef __global__
#undef __device__
#undef __host__
#undef __shared__
#undef __forceinline__
#undef __launch_bounds__
#undef __align__
#undef __restrict__
#define __global__ static
#define __device__
#define __host__
#define __shared__ static
#define __forceinline__ inline
#define __launch_bounds__(...)
#define __align__(bytes) alignas(bytes)
#define __restrict__

namespace emulation {

struct Indices {
  uint3 thread, block;
  dim3 threads, blocks;
};
extern Indices current;  ///< of the thread that runs
inline int linear_thread() {
  return static_cast<int>(current.thread.x +
                          current.threads.x * (current.thread.y + current.threads.y * current.thread.z));
}
inline int lane() { return linear_thread() % 32; }

/// All threads of the block reach this, or none goes on.
void block_barrier();
/// All lanes of the warp reach this, and what they wrote before is there for all of them. Exchanges promise only the
/// former.
void warp_barrier();
/// Every lane of the warp gives `size` bytes (at most 64) and gets those of all 32 lanes.
void warp_exchange(const void* mine, std::size_t size, void* all);
template <typename T>
void exchange(const T& mine, T (&all)[32]) {
  warp_exchange(&mine, sizeof(T), all);
}
unsigned char* dynamic_shared();

struct Config {
  dim3 blocks, threads;
  std::size_t shared = 0;
  Config(dim3 b, dim3 t, std::size_t s = 0, void* = nullptr) : blocks(b), threads(t), shared(s) {}
};
void run(const Config& config, const std::function<void()>& thread);
/// Launch(config, kernel)(args): the blocks one after the other, when this returns they are done.
template <typename Kernel>
struct Launch {
  Config config;
  Kernel kernel;
  Launch(const Config& c, Kernel k) : config(c), kernel(k) {}
  template <typename... Args>
  void operator()(const Args&... args) const {
    run(config, [&] { kernel(args...); });
  }
};
}  // namespace emulation

#define threadIdx (emulation::current.thread)
#define blockIdx (emulation::current.block)
#define blockDim (emulation::current.threads)
#define gridDim (emulation::current.blocks)

inline void __syncthreads() { emulation::block_barrier(); }
inline float __shfl_xor_sync(unsigned, float v, int mask) {
  float all[32];
  emulation::exchange(v, all);
  return all[emulation::lane() ^ mask];
}
inline void __syncwarp() { emulation::warp_barrier(); }
template <typename T>
T __ldg(const T* p) {
  return *p;
}
template <typename T>
T __ldcg(const T* p) {
  return *p;
}
inline unsigned atomicAdd(unsigned* p, unsigned v) { return __atomic_fetch_add(p, v, __ATOMIC_RELAXED); }
inline unsigned atomicMax(unsigned* p, unsigned v) {
  unsigned old = __atomic_load_n(p, __ATOMIC_RELAXED);
  while (old < v && !__atomic_compare_exchange_n(p, &old, v, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {}
  return old;
}
inline void __threadfence() {}
inline float rsqrtf(float v) { return 1.0f / std::sqrt(v); }
inline int min(int a, int b) { return std::min(a, b); }
inline int max(int a, int b) { return std::max(a, b); }
using std::isfinite;
