// Measures one of our own methods on one picture, in this process: `nalasr compare` starts a fresh one for each.
//
//     auto run = nalasr::run_own_method(model, {.method = nalasr::Method::nala_strips, .width = 640, .height = 480});
//
// Thread safety: a process should do this once and nothing beside it, else the memory of both is counted.
#pragma once

#include <filesystem>
#include <memory>

#include "nalasr/comparison.h"

namespace nalasr {

struct MethodRequest {
  Method method = Method::nala_strips;
  std::filesystem::path input{};  ///< a picture; empty: a made-up one of width × height
  int width = 0, height = 0;
  Device device = Device::cpu;  ///< of several GPUs the first: CUDA_VISIBLE_DEVICES chooses
  Precision precision = Precision::mixed;
  int threads = 1;
  int repeat = 1;   ///< timed runs
  int warm_up = 0;  ///< full-size runs before them
};

/// With this exit code a measuring process says that memory ran out.
inline constexpr int kMethodOutOfMemory = 4;

/// From the 8-bit picture in host memory to the 8-bit result in host memory. Errors: invalid_argument (not one of
/// ours), those of ImageReader and make_plan, device_unavailable, out_of_memory.
Result<MethodRun> run_own_method(const std::shared_ptr<const Model>& model, const MethodRequest& request);

/// What the driver says of the GPU that computes; empty where there is none.
struct GpuState {
  std::string name, driver;
  std::uint64_t total = 0, used = 0;  ///< bytes
};
std::optional<GpuState> gpu_state();

}  // namespace nalasr
