#include "engine/method_run.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <memory>
#include <new>
#include <random>

#include "base/buffer.h"
#include "engine/network_runner.h"
#include "image/picture.h"
#include "report/memory_meter.h"
#include "report/memory_sampler.h"
#include "report/nvml.h"

namespace nalasr {
namespace {

constexpr int kSmallSide = 16, kGpu = 0;

std::uint8_t round8(float v) { return static_cast<std::uint8_t>((v > 0 ? std::min(v, 255.0F) : 0.0F) + 0.5F); }

MethodPicture made_up(int width, int height) {
  MethodPicture picture{width, height, std::vector<std::uint8_t>(static_cast<std::size_t>(width) * height * 3)};
  std::mt19937 generator(1);
  std::size_t i = 0;
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      for (int c = 0; c < 3; ++c) {
        const double wave = std::sin(0.05 * x + c) + std::cos(0.03 * y - c);
        picture.rgb[i++] = static_cast<std::uint8_t>(118 + 50 * wave + generator() % 32);
      }
  return picture;
}

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
                                 for (std::size_t i = 0; i < rows * row; ++i) result[first * row + i] = round8(rgb[i] * 255);
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

Result<MethodPicture> method_picture(const MethodRequest& request) {
  if (request.input.empty()) return made_up(request.width, request.height);
  auto reader = ImageReader::open(request.input);
  if (!reader) return reader.error();
  const auto picture = read_picture(**reader);
  if (!picture) return picture.error();
  const ImageInfo& info = picture->info;
  MethodPicture out{info.width, info.height, {}};
  out.rgb.resize(static_cast<std::size_t>(info.width) * info.height * 3);
  const PictureView view{picture->row(0), info.width, info.height, info.channels, info.bits, info.row_bytes()};
  std::vector<float> row(static_cast<std::size_t>(info.width) * 3);
  for (int y = 0; y < info.height; ++y) {
    view.row(y, row.data());
    std::transform(row.begin(), row.end(), &out.rgb[y * row.size()], [](float v) { return round8(v * 255); });
  }
  return out;
}

Result<MethodRun> measure_method(const MethodRequest& request, int scale, const MethodStep& step,
                                 const std::function<void()>& before_meters) {
  MemorySampler sampler(request.device == Device::cuda ? kGpu : -1);
  const auto picture = method_picture(request);
  if (!picture) return picture.error();
  MethodRun run{.method = request.method, .width = picture->width, .height = picture->height, .device = request.device};
  run.threads = request.threads;
  run.warm_up = request.warm_up;
  const auto once = [&](const MethodPicture& p) -> Result<void> {
    try {
      Buffer<std::uint8_t> result(p.rgb.size() * scale * scale);
      return step(p, {result.data(), result.size()});
    } catch (const std::bad_alloc&) { return Error{ErrorCode::out_of_memory, "out of memory", ""}; }
  };
  if (const auto done = once(made_up(kSmallSide, kSmallSide)); !done) return done.error();
  if (before_meters) before_meters();
  const MemoryMeter meter;
  for (int i = 0; i < request.warm_up + request.repeat; ++i) {
    sampler.restart();
    const auto start = std::chrono::steady_clock::now();
    if (const auto done = once(*picture); !done) return done.error();
    if (i < request.warm_up) continue;
    run.seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  sampler.stop();
  run.host_peak = meter.peak_above_start();
  run.host_total = MemoryMeter::peak();
  run.device_driver = sampler.device_peak();
  run.timeline = sampler.timeline();
  if (const auto names = request.device == Device::cuda ? driver_names(kGpu) : std::nullopt)
    run.device_name = names->device;
  return run;
}

Result<MethodRun> run_own_method(const std::shared_ptr<const Model>& model, const MethodRequest& request) {
  if (!is_ours(request.method)) return Error{ErrorCode::invalid_argument, "LibTorch runs this method", ""};
  // The sampler of measure_method must see the GPU before anything of ours is on it: the engine comes with the first run.
  std::unique_ptr<OwnMethod> own;
  const auto step = [&](const MethodPicture& picture, std::span<std::uint8_t> result) {
    if (!own) {
      const UpscalerOptions options{request.device, kGpu, request.precision, request.threads};
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

std::optional<GpuState> gpu_state() {
  const auto names = driver_names(kGpu);
  const auto memory = driver_memory(kGpu);
  if (!names || !memory) return {};
  return GpuState{names->device, names->driver, memory->total, memory->used};
}

}  // namespace nalasr
