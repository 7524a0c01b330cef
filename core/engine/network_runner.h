// One network on the device that its user asked for, GPU or CPU: what Upscaler and Evaluator run.
//
//     NetworkRunner runner(model, {.device = Device::automatic});
//     auto plan = runner.plan({.width = 1920, .height = 1080});
//     auto done = runner.run(view, *plan, {.floats = use}, {}, {});
//
// Thread safety: one run at a time; plan() beside it.
#pragma once

#include <memory>
#include <string>

#include "engine/cuda/gpu_engine.h"
#include "engine/packed_network.h"
#include "engine/picture_rows.h"
#include "engine/sweep.h"
#include "nalasr/upscaler.h"

namespace nalasr {

/// Where finished rows go.
struct RowTarget {
  RowSink floats;
  /// Takes rows of 8-bit RGB instead, rounded by the GPU; empty: floats are wanted. `stride`: bytes from row to row.
  std::function<void(int first, int rows, const std::byte* rgb, std::size_t stride)> bytes{};
};

/// What a run says beside its rows.
struct RunnerReport {
  RunOutcome outcome = RunOutcome::finished;
  bool fp32_redone = false;             ///< the GPU's values overflowed, float32 kernels made the rest
  std::uint64_t device_peak_bytes = 0;  ///< measured GPU memory, weights included
};

class NetworkRunner {
 public:
  NetworkRunner(std::shared_ptr<const Model> model, const UpscalerOptions& options);

  [[nodiscard]] const ModelSpec& spec() const { return model_->spec(); }
  [[nodiscard]] const Model& model() const { return *model_; }
  [[nodiscard]] int threads() const { return pool_.size(); }

  /// The plan for `request`, whose spec, device, precision, threads and costs are filled in here. Device::automatic
  /// takes the CPU where there is no GPU, or too little memory on it. Errors: as make_plan; device_unavailable.
  [[nodiscard]] Result<Plan> plan(PlanRequest request) const;
  /// Runs as planned. Errors: out_of_memory and internal, of the GPU.
  Result<RunnerReport> run(const PictureView& picture, const Plan& plan, const RowTarget& target,
                           const std::function<void(int sweep, double fraction)>& progress,
                           const std::stop_token& stop);

  /// Which code a plan runs: "AVX3 + BF16", "cuda fused sm_90".
  [[nodiscard]] std::string code_path(const Plan& plan) const;
  /// The GPU's name where the plan is for it; where the CPU stands in for it, why.
  [[nodiscard]] std::string device_note(const Plan& plan) const;

 private:
  [[nodiscard]] bool bf16_products() const { return options_.precision == Precision::mixed && cpu::has_bf16(); }

  std::shared_ptr<const Model> model_;
  UpscalerOptions options_;
  ThreadPool pool_;
  std::unique_ptr<cuda::GpuEngine> gpu_;
  Error no_gpu_;                            ///< why gpu_ is null, if it was wanted
  std::unique_ptr<PackedNetwork> network_;  ///< for the CPU, packed when first needed
};

}  // namespace nalasr
