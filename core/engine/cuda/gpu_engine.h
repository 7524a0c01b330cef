// One network on one GPU: its kernels and weights on the device, and runs over pictures.
//
//     auto gpu = cuda::GpuEngine::create(model, Precision::mixed);
//     if (!gpu) fall_back(gpu.error());
//
// Builds without CUDA have this header too: create() says so there.
// Thread safety: run() may be called from several threads at once; each run has streams and memory of its own.
#pragma once

#include <memory>
#include <stop_token>
#include <string>

#include "engine/cuda/output_queue.h"
#include "engine/picture_rows.h"
#include "engine/sweep.h"
#include "nalasr/plan.h"

namespace nalasr::cuda {

struct GpuRun {
  RunOutcome outcome = RunOutcome::finished;
  bool fp32_redone = false;        ///< values overflowed: the rest of the picture came from the float32 kernels
  std::uint64_t device_bytes = 0;  ///< measured peak of device memory, weights included
  float milliseconds = 0;          ///< of the device, first kernel to last
};

class GpuEngine {
 public:
  /// On GPU `index`. Errors: device_unavailable, out_of_memory.
  static Result<std::unique_ptr<GpuEngine>> create(const Model& model, Precision precision, int index = 0);
  virtual ~GpuEngine() = default;

  /// With the memory that is free now.
  [[nodiscard]] virtual DeviceCosts costs() const = 0;
  /// "cuda fused sm_90", "cuda plain sm_90".
  [[nodiscard]] virtual std::string kernels_name() const = 0;
  /// "NVIDIA H200".
  [[nodiscard]] virtual std::string device_name() const = 0;

  /// Computes `picture` as planned; smaller where memory went to somebody else meanwhile. Errors: out_of_memory,
  /// internal.
  virtual Result<GpuRun> run(const PictureView& picture, const Plan& plan, const Target& target,
                             const std::function<void(int sweep, double fraction)>& progress,
                             const std::stop_token& stop) = 0;
};

}  // namespace nalasr::cuda
