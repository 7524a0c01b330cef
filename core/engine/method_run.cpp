#include "engine/method_run.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <new>
#include <random>

#include "base/buffer.h"
#include "engine/picture_rows.h"
#include "image/picture.h"
#include "report/memory_meter.h"
#include "report/memory_sampler.h"
#include "report/nvml.h"

namespace nalasr {
namespace {

constexpr int kSmallSide = 16, kGpu = 0;
constexpr double kEnoughSeconds = 45;

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
  double spent = 0;
  for (int i = 0; i < request.warm_up + request.repeat && spent < kEnoughSeconds; ++i) {
    sampler.restart();
    const auto start = std::chrono::steady_clock::now();
    if (const auto done = once(*picture); !done) return done.error();
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    spent += seconds;
    // What takes so long is warm soon enough: it counts at once.
    if (i >= request.warm_up || spent >= kEnoughSeconds) run.seconds.push_back(seconds);
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

std::optional<GpuState> gpu_state() {
  const auto names = driver_names(kGpu);
  const auto memory = driver_memory(kGpu);
  if (!names || !memory) return {};
  return GpuState{names->device, names->driver, memory->total, memory->used};
}

}  // namespace nalasr
