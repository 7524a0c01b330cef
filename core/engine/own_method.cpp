// Our own executors as methods of a comparison. Apart from method_run.cpp, so that a program with LibTorch in it gets
// no second CUDA runtime.
#include <algorithm>
#include <cstring>
#include <memory>

#include "engine/method_run.h"
#include "engine/network_runner.h"

namespace nalasr {
namespace {

std::uint8_t round8(float v) { return static_cast<std::uint8_t>((v > 0 ? std::min(v, 255.0F) : 0.0F) + 0.5F); }

PictureView view_of(const MethodPicture& picture) {
  return {.data = reinterpret_cast<const std::byte*>(picture.rgb.data()),
          .width = picture.width,
          .height = picture.height,
          .channels = 3,
          .bits = 8,
          .stride = static_cast<std::size_t>(picture.width) * 3};
}

/// One of our executors, and what it says of its last run.
struct OwnMethod {
  NetworkRunner network;
  Method method;
  Plan plan{};
  std::uint64_t device_peak = 0;

  Result<void> run(const MethodPicture& picture, std::span<std::uint8_t> result) {
    PlanRequest wanted{.width = picture.width, .height = picture.height};
    if (method == Method::nala_whole) wanted.strip_rows = picture.height;
    const auto planned = network.plan(wanted);
    if (!planned) return planned.error();
    plan = *planned;
    const std::size_t row = static_cast<std::size_t>(picture.width) * network.spec().scale * 3;
    const RowTarget target{.floats =
                               [&](int first, int rows, const float* rgb) {
                                 for (std::size_t i = 0; i < rows * row; ++i)
                                   result[first * row + i] = round8(rgb[i] * 255);
                               },
                           .bytes =
                               [&](int first, int rows, const std::byte* rgb, std::size_t stride) {
                                 for (int r = 0; r < rows; ++r)
                                   std::memcpy(&result[(first + r) * row], rgb + r * stride, row);
                               }};
    const auto done = network.run(view_of(picture), plan, target, {}, {});
    if (!done) return done.error();
    if (done->outcome != RunOutcome::finished)
      return Error{ErrorCode::internal, "the network's values overflowed on this picture", "try --precision fp32"};
    device_peak = std::max(device_peak, done->device_peak_bytes);
    return {};
  }
};

}  // namespace

Result<MethodRun> run_own_method(const std::shared_ptr<const Model>& model, const MethodRequest& request) {
  if (!is_ours(request.method)) return Error{ErrorCode::invalid_argument, "LibTorch runs this method", ""};
  // The sampler of measure_method must see the GPU before anything of ours is on it: the engine comes with the first
  // run.
  std::unique_ptr<OwnMethod> own;
  const auto step = [&](const MethodPicture& picture, std::span<std::uint8_t> result) {
    if (!own) {
      const UpscalerOptions options{request.device, 0, request.precision, request.threads};
      own.reset(new OwnMethod{NetworkRunner(model, options), request.method});
    }
    return own->run(picture, result);
  };
  Result<MethodRun> run = measure_method(request, model->spec().scale, step, [&] { own->device_peak = 0; });
  if (!run) return run;
  run->code = own->network.code_path(own->plan);
  run->precision = request.precision == Precision::mixed ? "mixed" : "fp32";
  run->device_allocated = run->device_reserved = own->device_peak;
  // The plan is about what a run takes beside picture and result; the picture does not count here, the result does.
  const std::uint64_t result_bytes =
      static_cast<std::uint64_t>(own->plan.output_width) * static_cast<std::uint64_t>(own->plan.output_height) * 3;
  run->predicted_peak = request.device == Device::cuda
                            ? own->plan.device_memory.bytes
                            : own->plan.predicted_peak - own->plan.input_bytes + result_bytes;
  return run;
}

}  // namespace nalasr
