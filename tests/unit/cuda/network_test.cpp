// Whole networks on the GPU: against the float64 executor and the CPU's strips, and byte for byte against themselves.
#include <thread>

#include "engine/whole_image.h"
#include "unit/cuda/gpu_support.h"

namespace nalasr::test {
namespace {

constexpr Set kSets[] = {Set::plain, Set::fused};

struct Size {
  int width, height;
};

/// Errors that whole networks may have against float64 (the CPU's mixed precision: 1e-2).
double bound_of(Set set) { return set == Set::plain ? 5e-6 : 5e-3; }

void compare(const ModelSpec& spec, const std::vector<Size>& sizes, unsigned seed) {
  NALASR_NEEDS_GPU();
  const auto model = random_model(spec, seed);
  ASSERT_NE(model, nullptr);
  for (const Size size : sizes) {
    const std::vector<float> rgb = random_picture(size.width, size.height, seed);
    const std::vector<double> whole =
        run_whole_image(*model, size.width, size.height, std::vector<double>(rgb.begin(), rgb.end()));
    for (const Set set : kSets) {
      SCOPED_TRACE(std::string(name_of(set)) + ", " + std::to_string(size.width) + "x" + std::to_string(size.height));
      const auto kernels = make_kernels(set, *model);
      if (!kernels) continue;
      const PictureView view = view_of(rgb, size.width, size.height);
      const GpuOutput first = run_gpu(*kernels, spec, view);
      EXPECT_EQ(first.result.outcome, RunOutcome::finished);
      EXPECT_LT(relative_error(first.rgb, whole), bound_of(set));
      for (const int rows : {8, 16, 24, 1000})
        EXPECT_EQ(run_gpu(*kernels, spec, view, {.strip_rows = rows}).rgb, first.rgb) << "strips of " << rows;
    }
  }
}

const std::vector<Size> kSizes = {{1, 1}, {7, 13}, {1, 19}, {65, 5}, {3, 70}, {67, 41}};

TEST(CudaNetwork, CosineDim64) { compare(gpu_spec(DirectionMap::cosine, 64, 2, {0, 0, 0}, 2), kSizes, 1); }
TEST(CudaNetwork, SplitDim64) { compare(gpu_spec(DirectionMap::relu_split, 64, 2, {0, 0}, 4), kSizes, 2); }
TEST(CudaNetwork, CosineDim48) { compare(gpu_spec(DirectionMap::cosine, 48, 3, {0, 0}, 3), kSizes, 3); }
TEST(CudaNetwork, CosineDim48OneHead) { compare(gpu_spec(DirectionMap::cosine, 48, 1, {0}, 4), {{67, 41}}, 4); }
TEST(CudaNetwork, CosineDim96) { compare(gpu_spec(DirectionMap::cosine, 96, 2, {0, 0}, 2), {{7, 13}, {67, 41}}, 5); }
TEST(CudaNetwork, HeadDim24) { compare(gpu_spec(DirectionMap::cosine, 96, 4, {0, 0}, 3), {{7, 13}, {67, 41}}, 6); }
TEST(CudaNetwork, WindowsAndGlobal) {
  compare(gpu_spec(DirectionMap::cosine, 64, 2, {32, 32, 0, 32, 32, 32}, 2), {{7, 13}, {67, 41}, {40, 100}}, 7);
}
TEST(CudaNetwork, WindowsOnly) { compare(gpu_spec(DirectionMap::cosine, 64, 2, {32, 32}, 2), {{67, 41}}, 8); }
TEST(CudaNetwork, LargeWindows) { compare(gpu_spec(DirectionMap::cosine, 64, 2, {96, 96, 0}, 2), {{150, 120}}, 15); }
TEST(CudaNetwork, OddWindows) {
  compare(gpu_spec(DirectionMap::cosine, 16, 1, {8, 8, 0, 8}, 2), {{21, 30}, {9, 33}}, 9);
}
TEST(CudaNetwork, WithoutRotaryEmbedding) {
  ModelSpec spec = gpu_spec(DirectionMap::cosine, 64, 2, {0, 32, 0}, 4);
  spec.rotary = RotaryEmbedding::none;
  compare(spec, {{7, 13}, {67, 41}}, 10);
}
TEST(CudaNetwork, SidesBeyondTheRotarySpan) {
  ModelSpec spec = gpu_spec(DirectionMap::cosine, 64, 2, {0, 0}, 4);
  spec.rotary_span = 16;
  compare(spec, {{7, 13}, {67, 41}}, 12);
}
TEST(CudaNetwork, WindowsCountEveryTokenWhereTheWholeIsBeyondTheSpan) {
  ModelSpec spec = gpu_spec(DirectionMap::cosine, 64, 2, {32, 0, 32, 0}, 4);
  spec.rotary_span = 33;
  compare(spec, {{7, 13}, {67, 41}}, 14);
}

TEST(CudaNetwork, CellsAndGlobal) {
  ModelSpec spec = gpu_spec(DirectionMap::cosine, 64, 2, {0, 0, 0, 0}, 1);
  for (const int i : {0, 1, 3}) spec.scopes[i].cell = 32;
  spec.rotary_span = 96;
  compare(spec, {{1, 1}, {7, 13}, {67, 41}, {110, 100}}, 16);
}
TEST(CudaNetwork, SmallCells) {
  ModelSpec spec = gpu_spec(DirectionMap::relu_split, 48, 3, {0, 0, 0}, 3);
  for (AttentionScope& scope : spec.scopes) scope.cell = 16;
  compare(spec, {{7, 13}, {67, 41}}, 17);
}

/// Grey, alpha and 16 bits, and output rounded to bytes, as the CPU's rows would be.
TEST(CudaNetwork, SampleLayouts) {
  NALASR_NEEDS_GPU();
  const ModelSpec spec = gpu_spec(DirectionMap::cosine, 64, 2, {0, 0}, 4);
  const auto model = random_model(spec, 11);
  const PackedNetwork packed(*model);
  ThreadPool pool(2);
  const int width = 37, height = 21;
  std::mt19937 generator(11);
  for (const int bits : {8, 16})
    for (const int channels : {1, 2, 3, 4})
      for (const SampleSource source : {SampleSource::color, SampleSource::alpha}) {
        if (source == SampleSource::alpha && channels % 2 == 1) continue;
        std::vector<unsigned char> samples(static_cast<std::size_t>(width) * height * channels * (bits / 8));
        for (unsigned char& s : samples) s = static_cast<unsigned char>(generator());
        const PictureView view{.data = reinterpret_cast<const std::byte*>(samples.data()),
                               .width = width,
                               .height = height,
                               .channels = channels,
                               .bits = bits,
                               .stride = samples.size() / height,
                               .source = source};
        std::vector<float> cpu_rgb;
        run_network(packed, view, 8, pool,
                    [&](int, int rows, const float* rgb) {
                      cpu_rgb.insert(cpu_rgb.end(), rgb, rgb + static_cast<std::size_t>(rows) * width * 4 * 3);
                    },
                    {}, {});
        for (const Set set : kSets) {
          SCOPED_TRACE(std::string(name_of(set)) + ", " + std::to_string(channels) + " channels of " +
                       std::to_string(bits) + " bits");
          const auto kernels = make_kernels(set, *model);
          if (!kernels) continue;
          const std::vector<float> rgb = run_gpu(*kernels, spec, view).rgb;
          EXPECT_LT(relative_error(rgb, cpu_rgb), bound_of(set));
          const std::vector<unsigned char> bytes = run_gpu(*kernels, spec, view, {.sample = cuda::Sample::u8}).bytes;
          for (std::size_t i = 0; i < rgb.size(); ++i) {
            const int expected = static_cast<int>(std::min(std::max(rgb[i], 0.0f), 1.0f) * 255 + 0.5f);
            ASSERT_LE(std::abs(bytes[i] - expected), 0) << "sample " << i << ", " << rgb[i] * 255;
          }
        }
      }
}

/// A picture whose map is several chunks: part of them in host memory, whatever the strips, changes no byte.
TEST(CudaNetwork, MapInHostMemoryChangesNoByte) {
  NALASR_NEEDS_GPU();
  const ModelSpec spec = gpu_spec(DirectionMap::cosine, 64, 2, {0, 0, 0, 0}, 2);
  const auto model = random_model(spec, 12);
  const int width = 210, height = 700;
  const std::vector<float> rgb = random_picture(width, height, 12);
  const PictureView view = view_of(rgb, width, height);
  for (const Set set : kSets) {
    const auto kernels = make_kernels(set, *model);
    if (!kernels) continue;
    SCOPED_TRACE(name_of(set));
    expect_host_map_changes_nothing(*kernels, spec, view, {.strip_rows = 16}, 4 << 20, 4);
  }
}

TEST(CudaNetwork, TenRunsAreTheSameBytes) {
  NALASR_NEEDS_GPU();
  const ModelSpec spec = gpu_spec(DirectionMap::cosine, 64, 2, {0, 32, 0}, 4);
  const auto model = random_model(spec, 13);
  const std::vector<float> rgb = random_picture(301, 203, 13);
  const PictureView view = view_of(rgb, 301, 203);
  for (const Set set : kSets) {
    const auto kernels = make_kernels(set, *model);
    const std::vector<float> first = run_gpu(*kernels, spec, view).rgb;
    for (int i = 0; i < 9; ++i) EXPECT_EQ(run_gpu(*kernels, spec, view).rgb, first) << name_of(set);
  }
}

TEST(CudaNetwork, PicturesOnConcurrentStreams) {
  NALASR_NEEDS_GPU();
  const ModelSpec spec = gpu_spec(DirectionMap::cosine, 64, 2, {0, 0}, 4);
  const auto model = random_model(spec, 14);
  for (const Set set : kSets) {
    const auto kernels = make_kernels(set, *model);
    std::vector<std::vector<float>> pictures, alone, together(4);
    for (int i = 0; i < 4; ++i) {
      pictures.push_back(random_picture(100 + 31 * i, 150 - 17 * i, 14 + i));
      alone.push_back(run_gpu(*kernels, spec, view_of(pictures[i], 100 + 31 * i, 150 - 17 * i)).rgb);
    }
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
      threads.emplace_back([&, i] {
        for (int run = 0; run < 3; ++run)
          together[i] = run_gpu(*kernels, spec, view_of(pictures[i], 100 + 31 * i, 150 - 17 * i)).rgb;
      });
    for (std::thread& t : threads) t.join();
    for (int i = 0; i < 4; ++i) EXPECT_EQ(together[i], alone[i]) << name_of(set) << ", picture " << i;
  }
}

TEST(CudaNetwork, StopsAndTellsProgress) {
  NALASR_NEEDS_GPU();
  const ModelSpec spec = gpu_spec(DirectionMap::cosine, 64, 2, {0, 0, 0, 0}, 4);
  const auto kernels = make_kernels(Set::plain, *random_model(spec, 15));
  const std::vector<float> rgb = random_picture(64, 1600, 15);
  const PictureView view = view_of(rgb, 64, 1600);
  double last = 0;
  const auto monotonic = [&](int, double fraction) {
    EXPECT_GE(fraction, last);
    last = fraction;
  };
  EXPECT_EQ(run_gpu(*kernels, spec, view, {.strip_rows = 8}, monotonic).result.outcome, RunOutcome::finished);
  EXPECT_EQ(last, 1.0);
  std::stop_source source;
  last = 0;
  const GpuOutput stopped = run_gpu(
      *kernels, spec, view, {.strip_rows = 8},
      [&](int, double fraction) {
        last = fraction;
        if (fraction > 0.3) source.request_stop();
      },
      source.get_token());
  EXPECT_EQ(stopped.result.outcome, RunOutcome::stopped);
  EXPECT_LT(last, 0.6);
}

/// Weights that overflow give an outcome of their own, not a black picture.
TEST(CudaNetwork, OverflowIsCounted) {
  NALASR_NEEDS_GPU();
  const ModelSpec spec = gpu_spec(DirectionMap::cosine, 64, 2, {0, 0}, 2);
  const auto model = random_model(spec, 16, 1e12f);
  const std::vector<float> rgb = random_picture(50, 40, 16);
  for (const Set set : kSets)
    EXPECT_EQ(run_gpu(*make_kernels(set, *model), spec, view_of(rgb, 50, 40)).result.outcome, RunOutcome::overflowed);
}

/// The device's free memory shrinks by what the plan said.
TEST(CudaNetwork, PredictedMemoryIsMeasured) {
  NALASR_NEEDS_GPU();
  const ModelSpec spec = gpu_spec(DirectionMap::cosine, 64, 2, {0, 0}, 4);
  const auto kernels = make_kernels(Set::fused, *random_model(spec, 17));
  if (!kernels) GTEST_SKIP() << "no fused kernels";
  const std::vector<float> rgb = random_picture(1000, 800, 17);
  const PictureView view = view_of(rgb, 1000, 800);
  const std::uint64_t predicted = gpu_plan(*kernels, spec, view, {})->memory.bytes - kernels->weight_bytes();
  const std::uint64_t measured = run_gpu(*kernels, spec, view).result.device_bytes;
  EXPECT_NEAR(static_cast<double>(measured) / static_cast<double>(predicted), 1.0, 0.05);
}

}  // namespace
}  // namespace nalasr::test
