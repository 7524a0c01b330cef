// What the tests of the CUDA engine share: both kernel sets, maps on the device, and runs over pictures.
#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <limits>

#include "engine/cuda/device_plan.h"
#include "engine/cuda/executor.h"
#include "engine/folded_network.h"
#include "kernels/cuda/memory.h"
#include "kernels/cuda/state.h"
#include "unit/engine/network_support.h"

namespace nalasr::test {

/// Skips the test where there is no device.
#define NALASR_NEEDS_GPU() \
  if (const std::string reason = cuda::unavailable_reason(); !reason.empty()) GTEST_SKIP() << reason

inline ModelSpec gpu_spec(DirectionMap map, int dim, int heads, std::vector<int> windows, int scale) {
  ModelSpec s;
  s.scale = scale;
  s.dim = dim;
  s.heads = heads;
  s.blocks = static_cast<int>(windows.size());
  s.group = 2;
  s.direction_map = map;
  for (const int w : windows) s.scopes.push_back({w});
  return s;
}

enum class Set { plain, fused };
inline const char* name_of(Set set) { return set == Set::plain ? "plain" : "fused"; }

/// Null where the fused set does not have the shape.
inline std::unique_ptr<cuda::Kernels> make_kernels(Set set, const Model& model) {
  const FoldedNetwork folded = fold(model);
  return set == Set::plain ? cuda::make_plain_kernels(folded) : cuda::make_fused_kernels(folded);
}

/// Device memory with `bytes` of 0xff: NaN as float16, bfloat16, float32 and float64.
inline cuda::DeviceBuffer poisoned(std::size_t bytes) {
  cuda::DeviceBuffer buffer(bytes);
  const std::vector<unsigned char> ones(bytes, 0xff);
  const cuda::OwnedStream stream;
  cuda::copy(buffer.data(), ones.data(), bytes, stream.get());
  stream.synchronize();
  return buffer;
}

template <typename T>
std::vector<T> download(const void* from, std::size_t count) {
  std::vector<T> values(count);
  const cuda::OwnedStream stream;
  cuda::copy(values.data(), from, count * sizeof(T), stream.get());
  stream.synchronize();
  return values;
}

/// A whole feature map on the device, as float16 or float32.
class DeviceMap {
 public:
  DeviceMap(int height, int width, int channels, std::size_t element)
      : height_(height),
        count_(static_cast<std::size_t>(height) * width * channels),
        element_(element),
        memory_(poisoned((count_ + 16) * element)) {}

  [[nodiscard]] cuda::Rows rows() const { return {memory_.data(), height_}; }

  void set(const std::vector<float>& values) {
    const cuda::OwnedStream stream;
    std::vector<std::uint16_t> half = to_half(values);
    const void* from = element_ == 2 ? static_cast<const void*>(half.data()) : values.data();
    cuda::copy(memory_.data(), from, count_ * element_, stream.get());
    stream.synchronize();
  }
  [[nodiscard]] std::vector<float> get() const {
    if (element_ == 4) return download<float>(memory_.data(), count_);
    return from_half(download<std::uint16_t>(memory_.data(), count_ + 16));
  }
  /// What the map can hold of `values`.
  [[nodiscard]] std::vector<float> rounded(const std::vector<float>& values) const {
    return element_ == 4 ? values : from_half(to_half(values));
  }

 private:
  [[nodiscard]] std::vector<std::uint16_t> to_half(std::vector<float> values) const {
    values.resize(count_ / 16 * 16 + 16);
    std::vector<std::uint16_t> half(values.size());
    cpu::kernels().to_half(values.data(), values.size(), half.data());
    return half;
  }
  [[nodiscard]] std::vector<float> from_half(std::vector<std::uint16_t> half) const {
    half.resize(count_ / 16 * 16 + 16);
    std::vector<float> values(half.size());
    cpu::kernels().from_half(half.data(), half.size(), values.data());
    values.resize(count_);
    return values;
  }

  int height_;
  std::size_t count_, element_;
  cuda::DeviceBuffer memory_;
};

struct GpuOptions {
  int strip_rows = 0;
  std::optional<std::uint64_t> budget{};
  cuda::Sample sample = cuda::Sample::f32;
  std::uint64_t chunk_bytes = DeviceCosts{}.chunk_bytes;
};

inline DeviceCosts costs_with(const cuda::Kernels& kernels, const GpuOptions& options) {
  DeviceCosts costs = cuda::costs_of(kernels);
  costs.chunk_bytes = options.chunk_bytes;
  return costs;
}

/// The plan that a run with `options` gets.
inline Result<cuda::DeviceChoice> gpu_plan(const cuda::Kernels& kernels, const ModelSpec& spec, const PictureView& view,
                                           const GpuOptions& options) {
  return cuda::plan_device({.spec = spec,
                            .width = view.width,
                            .height = view.height,
                            .picture_row_bytes = view.width * view.channels * (view.bits / 8),
                            .sample = options.sample,
                            .strip_rows = options.strip_rows,
                            .costs = costs_with(kernels, options),
                            .budget = options.budget});
}

/// Output rows as they come, packed; every element starts as NaN (float) or 0xa5.
struct GpuOutput {
  cuda::RunResult result;
  std::vector<float> rgb;
  std::vector<unsigned char> bytes;
};

inline GpuOutput run_gpu(const cuda::Kernels& kernels, const ModelSpec& spec, const PictureView& view,
                         const GpuOptions& options = {}, const std::function<void(int, double)>& progress = {},
                         const std::stop_token& stop = {}) {
  const auto plan = gpu_plan(kernels, spec, view, options);
  if (!plan) throw std::runtime_error(plan.error().message);
  const cuda::RunShape shape(spec, view.width, view.height, view.width * view.channels * (view.bits / 8),
                             options.sample, true, plan->strip_rows);
  const std::size_t samples = static_cast<std::size_t>(view.width) * spec.scale * 3, rows = view.height * spec.scale;
  GpuOutput out;
  out.rgb.assign(options.sample == cuda::Sample::f32 ? samples * rows : 0, std::numeric_limits<float>::quiet_NaN());
  out.bytes.assign(options.sample == cuda::Sample::u8 ? samples * rows : 0, 0xa5);
  cuda::Target target;
  target.sample = options.sample;
  target.rows = [&](int first, int count, const std::byte* data, std::size_t stride) {
    for (int r = 0; r < count; ++r, data += stride)
      if (options.sample == cuda::Sample::f32) {
        std::memcpy(&out.rgb[(first + r) * samples], data, samples * sizeof(float));
      } else {
        std::memcpy(&out.bytes[(first + r) * samples], data, samples);
      }
  };
  out.result =
      cuda::run_network(kernels, shape, costs_with(kernels, options), plan->memory, view, target, progress, stop);
  return out;
}

/// `runs` with ever more of the map in host memory, `step` bytes at a time, give the bytes of a run without.
inline void expect_host_map_changes_nothing(const cuda::Kernels& kernels, const ModelSpec& spec,
                                            const PictureView& view, GpuOptions options, std::uint64_t step, int runs) {
  const std::vector<float> whole = run_gpu(kernels, spec, view, options).rgb;
  options.budget = gpu_plan(kernels, spec, view, options)->memory.bytes;
  int streamed = 0;
  for (int i = 0; i < runs; ++i) {
    *options.budget -= step;
    const auto plan = gpu_plan(kernels, spec, view, options);
    if (!plan) break;
    SCOPED_TRACE(std::to_string(plan->memory.host_chunks) + " of " + std::to_string(plan->memory.map_chunks) +
                 " chunks on the host, ring of " + std::to_string(plan->memory.ring_chunks));
    streamed += plan->memory.host_chunks > plan->memory.ring_chunks;
    EXPECT_EQ(run_gpu(kernels, spec, view, options).rgb, whole);
  }
  EXPECT_GT(streamed, 0) << "no plan made chunks take turns";
}

}  // namespace nalasr::test
