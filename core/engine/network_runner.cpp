#include "engine/network_runner.h"

#include <utility>

namespace nalasr {

NetworkRunner::NetworkRunner(std::shared_ptr<const Model> model, const UpscalerOptions& options)
    : model_(std::move(model)), options_(options), pool_(options.threads) {
  if (options_.device != Device::cpu) {
    auto gpu = cuda::GpuEngine::create(*model_, options_.precision, options_.device_index);
    if (gpu) {
      gpu_ = *std::move(gpu);
    } else {
      no_gpu_ = gpu.error();
    }
  }
  // Before anybody's memory meter starts: the weights belong to the loaded program.
  if (!gpu_ && options_.device != Device::cuda) network_ = std::make_unique<PackedNetwork>(*model_, options_.precision);
}

Result<Plan> NetworkRunner::plan(PlanRequest request) const {
  request.spec = spec();
  request.precision = options_.precision;
  request.threads = threads();
  if (gpu_) {
    request.device = Device::cuda;
    request.costs = gpu_->costs();
    Result<Plan> plan = make_plan(request);
    // A budget is a budget of the device that the user means; only what others left free may drive a run to the CPU.
    const bool full = !plan && plan.error().code == ErrorCode::out_of_memory && !request.budget;
    if (options_.device == Device::cuda || !full) return plan;
  } else if (options_.device == Device::cuda) {
    return no_gpu_;
  }
  request.device = Device::cpu;
  return make_plan(request);
}

Result<RunnerReport> NetworkRunner::run(const PictureView& picture, const Plan& plan, const RowTarget& target,
                                        const std::function<void(int, double)>& progress, const std::stop_token& stop) {
  if (plan.device == Device::cpu) {
    if (!network_) network_ = std::make_unique<PackedNetwork>(*model_, options_.precision);
    return RunnerReport{run_network(*network_, picture, plan.strip_rows, pool_, target.floats, progress, stop)};
  }
  cuda::Target rows{.sample = target.bytes ? cuda::Sample::u8 : cuda::Sample::f32, .rows = target.bytes};
  if (!target.bytes)
    rows.rows = [&](int first, int count, const std::byte* data, std::size_t stride) {
      for (int r = 0; r < count; ++r, data += stride)  // the GPU's rows have gaps between them
        target.floats(first + r, 1, reinterpret_cast<const float*>(data));
    };
  const Result<cuda::GpuRun> run = gpu_->run(picture, plan, rows, progress, stop);
  if (!run) return run.error();
  return RunnerReport{run->outcome, run->fp32_redone, run->device_bytes};
}

std::string NetworkRunner::code_path(const Plan& plan) const {
  if (plan.device == Device::cuda) return gpu_->kernels_name();
  return std::string(cpu::kernels().name) + (bf16_products() ? " + BF16" : "");
}

std::string NetworkRunner::device_note(const Plan& plan) const {
  if (plan.device == Device::cuda) return gpu_->device_name();
  if (options_.device != Device::automatic) return "";
  return gpu_ ? "its memory is full" : no_gpu_.message;
}

}  // namespace nalasr
