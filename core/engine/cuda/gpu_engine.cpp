#include "engine/cuda/gpu_engine.h"

#include <algorithm>
#include <mutex>

#include "engine/cuda/device_plan.h"
#include "engine/cuda/executor.h"
#include "engine/folded_network.h"
#include "kernels/cuda/memory.h"

namespace nalasr {

std::string device_unavailable_reason(Device device) {
  return device == Device::cuda ? cuda::unavailable_reason(0) : "";
}

namespace cuda {
namespace {

class Engine : public GpuEngine {
 public:
  /// On the current device.
  Engine(const Model& model, Precision precision, int index)
      : index_(index), network_(fold(model)), info_(device_info()) {
    if (precision == Precision::mixed) kernels_ = make_fused_kernels(network_);
    fused_ = kernels_ != nullptr;
    if (!fused_) kernels_ = make_plain_kernels(network_);
  }

  [[nodiscard]] DeviceCosts costs() const override {
    use_device(index_);
    return costs_of(*kernels_);
  }
  [[nodiscard]] std::string kernels_name() const override {
    return std::string("cuda ") + (fused_ ? "fused" : "plain") + " sm_" + std::to_string(info_.major) +
           std::to_string(info_.minor);
  }
  [[nodiscard]] std::string device_name() const override { return info_.name; }

  Result<GpuRun> run(const PictureView& picture, const Plan& plan, const Target& target,
                     const std::function<void(int, double)>& progress, const std::stop_token& stop) override try {
    use_device(index_);
    DeviceRequest request{.spec = network_.spec,
                          .width = picture.width,
                          .height = picture.height,
                          .picture_row_bytes = picture.width * picture.channels * (picture.bits / 8),
                          .sample = target.sample,
                          .output_strips = target.device == nullptr,
                          .costs = costs(),
                          .budget = plan.budget};
    Result<RunResult> first = run_smaller(*kernels_, request, DeviceChoice{plan.strip_rows, 0, 0, plan.device_memory},
                                          picture, target, progress, stop);
    if (!first) return first.error();
    GpuRun out{first->outcome, false, first->device_bytes + kernels_->weight_bytes(), first->milliseconds};
    if (!fused_ || first->outcome != RunOutcome::overflowed) return out;

    const Kernels& plain = plain_kernels();
    request.costs = costs_of(plain);
    const Result<DeviceChoice> choice = plan_device(request);
    if (!choice) return choice.error();
    Target rest = target;
    const int delivered = first->delivered;
    rest.rows = [&](int row, int count, const std::byte* data, std::size_t stride) {
      const int known = std::clamp(delivered - row, 0, count);
      if (known < count) target.rows(row + known, count - known, data + known * stride, stride);
    };
    const Result<RunResult> second = run_smaller(plain, request, *choice, picture, rest, {}, stop);
    if (!second) return second.error();
    out.outcome = second->outcome;
    out.fp32_redone = true;
    out.device_bytes = std::max(out.device_bytes, second->device_bytes + plain.weight_bytes());
    out.milliseconds += second->milliseconds;
    return out;
  } catch (const Failure& failure) { return Error{ErrorCode::internal, failure.what(), "try --device cpu"}; }

 private:
  /// Runs with `choice`, and with less and less device memory where an allocation fails.
  static Result<RunResult> run_smaller(const Kernels& kernels, DeviceRequest request, DeviceChoice choice,
                                       const PictureView& picture, const Target& target,
                                       const std::function<void(int, double)>& progress, const std::stop_token& stop) {
    for (;;) {
      const RunShape shape(request.spec, request.width, request.height, request.picture_row_bytes, request.sample,
                           request.output_strips, choice.strip_rows);
      try {
        return run_network(kernels, shape, request.costs, choice.memory, picture, target, progress, stop);
      } catch (const DeviceOutOfMemory&) {
        request.costs.free_bytes = device_memory().free;
        request.budget = std::min(request.budget.value_or(choice.memory.bytes), choice.memory.bytes / 8 * 7);
        const Result<DeviceChoice> smaller = plan_device(request);
        if (!smaller) return smaller.error();
        choice = *smaller;
      }
    }
  }

  /// The float32 kernels for pictures that overflow the others, made when first needed.
  const Kernels& plain_kernels() {
    const std::lock_guard lock(mutex_);
    if (!plain_) plain_ = make_plain_kernels(network_);
    return *plain_;
  }

  int index_;
  FoldedNetwork network_;
  DeviceInfo info_;
  std::unique_ptr<Kernels> kernels_, plain_;
  bool fused_ = false;
  std::mutex mutex_;
};

}  // namespace

Result<std::unique_ptr<GpuEngine>> GpuEngine::create(const Model& model, Precision precision, int index) try {
  if (const std::string reason = unavailable_reason(index); !reason.empty())
    return Error{ErrorCode::device_unavailable, reason, "use --device cpu"};
  use_device(index);
  return std::unique_ptr<GpuEngine>(std::make_unique<Engine>(model, precision, index));
} catch (const DeviceOutOfMemory& e) {
  return Error{ErrorCode::out_of_memory, e.what(), "close other programs that use the GPU, or use --device cpu"};
} catch (const Failure& failure) { return Error{ErrorCode::device_unavailable, failure.what(), "use --device cpu"}; }

}  // namespace cuda
}  // namespace nalasr
