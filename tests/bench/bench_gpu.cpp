// Our network on a GPU, alone: picture and result (8-bit RGB) lie on the device. Prints one JSON object.
//   bench_gpu --model models/light_x4.safetensors --size 1920x1080 --size 7680x4320 [--budget MiB] [--strip-rows N]
//   bench_gpu --model models/light_x4.safetensors --size 264x268 --layer
// --layer times one attention layer alone: from a feature map to the next one, sums over the picture included.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <random>

#include "engine/cuda/gpu_engine.h"
#include "engine/folded_network.h"
#include "kernels/cuda/memory.h"
#include "kernels/cuda/state.h"

using namespace nalasr;
using nlohmann::json;

namespace {

struct Options {
  std::string model;
  std::vector<std::string> sizes;
  double budget_mib = 0;
  int repeat = 10, strip_rows = 0;
  bool fp32 = false, to_host = false, layer = false;
};

double median(std::vector<double>& values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/// Keys and values of block 0's input, their sums, and what its queries make of them. Memory: both maps and all else.
json measure_layer(const Model& model, int width, int height, const Options& options) {
  const FoldedNetwork folded = fold(model);
  const auto kernels = options.fp32 ? cuda::make_plain_kernels(folded) : cuda::make_fused_kernels(folded);
  if (!kernels) return {{"error", "no fused kernels for this model"}};
  const std::size_t map_bytes = static_cast<std::size_t>(width) * height * model.spec().dim * kernels->element_bytes();
  const std::size_t floats = cuda::sum_floats(NalaParams::of(model.spec()));
  const int units = cuda::unit_count(width, height, height, 0);
  const std::uint64_t free_before = cuda::device_memory().free;
  const cuda::DeviceBuffer x(map_bytes), x1(map_bytes), sums(floats * units * sizeof(float));
  const cuda::DeviceBuffer totals(cuda::total_bytes(NalaParams::of(model.spec()))),
      state(cuda::state_floats(NalaParams::of(model.spec())) * sizeof(float)), overflows(sizeof(std::uint32_t));
  const cuda::DeviceBuffer scratch(kernels->scratch_bytes(width, height));
  const std::uint64_t bytes = free_before - cuda::device_memory().free;
  const cuda::OwnedStream stream;
  // Zeros: what the kernels do does not depend on values. Without rotary tables, which are read from caches anyway.
  for (const cuda::DeviceBuffer* b : {&x, &x1, &totals, &overflows})
    cuda::fill_zero(b->data(), b->size(), stream.get());
  const cuda::Kernels::Picture picture{
      width, height, {}, scratch.data(), reinterpret_cast<std::uint32_t*>(overflows.data())};
  const cuda::Rows rows{x.data(), height}, rows1{x1.data(), height};
  const cuda::Span all{0, height};
  std::vector<double> ms;
  for (int i = 0; i < options.repeat + 2; ++i) {
    const cuda::Event begin, end;
    begin.record(stream.get());
    kernels->barrier(picture, 0, rows, rows1, all, reinterpret_cast<float*>(sums.data()), stream.get());
    auto* of_all = reinterpret_cast<float*>(state.data());
    cuda::reduce_sums(NalaParams::of(model.spec()), picture, reinterpret_cast<const float*>(sums.data()), all,
                      totals.data(), of_all, stream.get());
    kernels->attend(picture, 0, rows1, rows, all, of_all, 0, 0, stream.get());
    end.record(stream.get());
    end.synchronize();
    if (i >= 2) ms.push_back(end.milliseconds_since(begin));
  }
  return {{"size", std::to_string(width) + "x" + std::to_string(height)},
          {"tokens", width * height},
          {"ms", median(ms)},
          {"device_mib", bytes / 1048576.0}};
}

json measure(cuda::GpuEngine& engine, const Model& model, int width, int height, const Options& options) {
  const int s = model.spec().scale;
  const std::size_t in_bytes = static_cast<std::size_t>(width) * height * 3, out_bytes = in_bytes * s * s;
  std::vector<unsigned char> pixels(in_bytes);
  std::mt19937 generator(1);
  for (unsigned char& p : pixels) p = static_cast<unsigned char>(generator());
  const cuda::DeviceBuffer in(in_bytes), out(options.to_host ? 0 : out_bytes);
  const cuda::OwnedStream stream;
  cuda::copy(in.data(), pixels.data(), in_bytes, stream.get());
  stream.synchronize();
  const PictureView picture{.data = in.data(),
                            .width = width,
                            .height = height,
                            .channels = 3,
                            .bits = 8,
                            .stride = static_cast<std::size_t>(width) * 3,
                            .source = SampleSource::color};
  std::size_t delivered = 0;
  const cuda::Target target{.sample = cuda::Sample::u8,
                            .rows = [&](int, int count, const std::byte*, std::size_t) { delivered += count; },
                            .device = out.data()};
  std::optional<std::uint64_t> budget;
  if (options.budget_mib > 0) budget = static_cast<std::uint64_t>(options.budget_mib * 1024 * 1024);
  PlanRequest request{.width = width, .height = height, .spec = model.spec(), .device = Device::cuda};
  request.precision = options.fp32 ? Precision::fp32 : Precision::mixed;
  request.budget = budget;
  request.strip_rows = options.strip_rows;
  request.costs = engine.costs();
  const Result<Plan> plan = make_plan(request);
  const std::string size = std::to_string(width) + "x" + std::to_string(height);
  if (!plan) return {{"size", size}, {"error", plan.error().message}};

  std::vector<double> ms;
  std::uint64_t bytes = 0;
  for (int i = 0; i < options.repeat + 2; ++i) {
    const Result<cuda::GpuRun> run = engine.run(picture, *plan, target, {}, {});
    if (!run) return {{"size", size}, {"error", run.error().message}};
    if (run->fp32_redone || run->outcome != RunOutcome::finished)
      return {{"size", size}, {"error", "values overflowed"}};
    if (i >= 2) ms.push_back(run->milliseconds);  // the first two load modules and warm the clocks up
    bytes = run->device_bytes;
  }
  const double tokens = static_cast<double>(width) * height, middle = median(ms);
  const std::uint64_t pictures = in.size() + out.size();
  return {{"size", size},
          {"ms", middle},
          {"ms_min", ms.front()},
          {"ms_max", ms.back()},
          {"ns_per_token", middle * 1e6 / tokens},
          {"strip_rows", plan->strip_rows},
          {"device_mib", bytes / 1048576.0},
          {"device_mib_with_pictures", (bytes + pictures) / 1048576.0},
          {"bytes_per_token", static_cast<double>(bytes + pictures) / tokens},
          {"predicted_mib", plan->device_memory.bytes / 1048576.0},
          {"pinned_mib", plan->device_memory.pinned_bytes / 1048576.0}};
}

}  // namespace

int main(int argc, char** argv) {
  Options o;
  CLI::App app("Times our network on a GPU");
  app.add_option("--model", o.model)->required();
  app.add_option("--size", o.sizes, "WxH, several")->required();
  app.add_option("--budget", o.budget_mib, "MiB of device memory");
  app.add_option("--repeat", o.repeat);
  app.add_option("--strip-rows", o.strip_rows);
  app.add_flag("--fp32", o.fp32, "The plain float32 kernels");
  app.add_flag("--layer", o.layer, "One attention layer alone");
  app.add_flag("--to-host", o.to_host, "Results go to host memory, as in the program");
  CLI11_PARSE(app, argc, argv);

  const auto model = Model::load(o.model);
  if (!model) return std::fprintf(stderr, "%s\n", model.error().message.c_str()), 1;
  auto engine = cuda::GpuEngine::create(**model, o.fp32 ? Precision::fp32 : Precision::mixed);
  if (!engine) return std::fprintf(stderr, "%s\n", engine.error().message.c_str()), 1;
  json runs = json::array();
  for (const std::string& size : o.sizes) {
    int width = 0, height = 0;
    if (std::sscanf(size.c_str(), "%dx%d", &width, &height) != 2) return 2;
    runs.push_back(o.layer ? measure_layer(**model, width, height, o) : measure(**engine, **model, width, height, o));
  }
  const json out = {{"model", (*model)->name()},
                    {"device", (*engine)->device_name()},
                    {"kernels", (*engine)->kernels_name()},
                    {"repeat", o.repeat},
                    {"runs", runs}};
  std::printf("%s\n", out.dump(1).c_str());
}
