// The GPU executor on emulated kernels: schedules, rings, output strips and a map in host memory on machines without a
// GPU. What it cannot see is the order of work on several streams: everything is done as soon as it is enqueued.
#include "engine/cuda/gpu_engine.h"
#include "engine/whole_image.h"
#include "unit/cuda/gpu_support.h"

extern std::size_t emulated_largest_allocation;  // runtime.cpp

namespace nalasr::test {
namespace {

void compare(const ModelSpec& spec, int width, int height, unsigned seed) {
  const auto model = random_model(spec, seed);
  const std::vector<float> rgb = random_picture(width, height, seed);
  const PictureView view = view_of(rgb, width, height);
  const std::vector<double> whole = run_whole_image(*model, width, height, std::vector<double>(rgb.begin(), rgb.end()));
  for (const Set set : {Set::plain, Set::fused}) {
    SCOPED_TRACE(name_of(set));
    const auto kernels = make_kernels(set, *model);
    ASSERT_NE(kernels, nullptr);
    const GpuOutput out = run_gpu(*kernels, spec, view, {.strip_rows = 8});
    EXPECT_EQ(out.result.outcome, RunOutcome::finished);
    EXPECT_EQ(out.result.delivered, height * spec.scale);
    EXPECT_LT(relative_error(out.rgb, whole), set == Set::plain ? 5e-6 : 1e-2);
    EXPECT_EQ(run_gpu(*kernels, spec, view, {.strip_rows = 24}).rgb, out.rgb);
  }
}

TEST(EmulatedEngine, GlobalBlocksAndGroups) { compare(gpu_spec(DirectionMap::cosine, 64, 2, {0, 0, 0}, 2), 5, 37, 1); }
TEST(EmulatedEngine, WindowsAndGlobal) {
  compare(gpu_spec(DirectionMap::relu_split, 64, 2, {32, 32, 0, 32}, 2), 3, 50, 2);
}
TEST(EmulatedEngine, SidesBeyondTheRotarySpan) {
  ModelSpec spec = gpu_spec(DirectionMap::cosine, 64, 2, {0}, 2);
  spec.rotary_span = 16;
  compare(spec, 5, 37, 7);
}
TEST(EmulatedEngine, WindowsCountEveryTokenWhereTheWholeIsBeyondTheSpan) {
  ModelSpec spec = gpu_spec(DirectionMap::cosine, 64, 2, {32, 0, 32}, 2);
  spec.rotary_span = 33;
  compare(spec, 5, 37, 9);
}
TEST(EmulatedEngine, CellsAndGlobal) {
  ModelSpec spec = gpu_spec(DirectionMap::cosine, 64, 2, {0, 0, 0}, 2);
  for (const int i : {0, 1}) spec.scopes[i].cell = 32;
  spec.rotary_span = 96;
  compare(spec, 68, 5, 11);
  compare(spec, 5, 68, 12);
}

TEST(EmulatedEngine, MapInHostMemoryChangesNoByte) {
  const ModelSpec spec = gpu_spec(DirectionMap::cosine, 64, 2, {0, 0, 0}, 2);
  const auto kernels = make_kernels(Set::fused, *random_model(spec, 3));
  const std::vector<float> rgb = random_picture(16, 72, 3);
  expect_host_map_changes_nothing(*kernels, spec, view_of(rgb, 16, 72), {.strip_rows = 8, .chunk_bytes = 4096},
                                  16 * 4096, 2);
}

TEST(EmulatedEngine, BytesAreTheRoundedFloats) {
  const ModelSpec spec = gpu_spec(DirectionMap::cosine, 64, 2, {0}, 3);
  const auto model = random_model(spec, 4);
  const std::vector<float> rgb = random_picture(13, 9, 4);
  for (const Set set : {Set::plain, Set::fused}) {
    const auto kernels = make_kernels(set, *model);
    const std::vector<float> out = run_gpu(*kernels, spec, view_of(rgb, 13, 9)).rgb;
    const auto bytes = run_gpu(*kernels, spec, view_of(rgb, 13, 9), {.sample = cuda::Sample::u8}).bytes;
    for (std::size_t i = 0; i < out.size(); ++i)
      ASSERT_EQ(bytes[i], static_cast<int>(std::min(std::max(out[i], 0.0f), 1.0f) * 255 + 0.5f)) << name_of(set);
  }
}

TEST(EmulatedEngine, OverflowIsCounted) {
  const ModelSpec spec = gpu_spec(DirectionMap::cosine, 64, 2, {0, 0}, 2);
  const auto model = random_model(spec, 5, 1e12f);
  const std::vector<float> rgb = random_picture(10, 9, 5);
  for (const Set set : {Set::plain, Set::fused})
    EXPECT_EQ(run_gpu(*make_kernels(set, *model), spec, view_of(rgb, 10, 9)).result.outcome, RunOutcome::overflowed)
        << name_of(set);
}

/// Somebody else took the memory after the plan was made: smaller strips, same bytes.
TEST(EmulatedEngine, FailedAllocationIsPlannedAgain) {
  const ModelSpec spec = gpu_spec(DirectionMap::cosine, 64, 2, {0}, 2);
  auto engine = cuda::GpuEngine::create(*random_model(spec, 6), Precision::mixed);
  ASSERT_TRUE(engine);
  const int width = 4, height = 120;
  const std::vector<float> rgb = random_picture(width, height, 6);
  PlanRequest request{.width = width, .height = height, .bits = 16, .spec = spec, .device = Device::cuda};
  request.costs = (*engine)->costs();
  const auto plan = make_plan(request);
  ASSERT_TRUE(plan);
  std::vector<float> out[2];
  for (std::vector<float>& rows : out) {
    cuda::Target target;
    target.rows = [&](int, int count, const std::byte* data, std::size_t stride) {
      for (int r = 0; r < count; ++r, data += stride)
        rows.insert(rows.end(), reinterpret_cast<const float*>(data),
                    reinterpret_cast<const float*>(data) + static_cast<std::size_t>(width) * spec.scale * 3);
    };
    const auto run = (*engine)->run(view_of(rgb, width, height), *plan, target, {}, {});
    emulated_largest_allocation = plan->device_memory.bytes / 2;
    ASSERT_TRUE(run) << run.error().message;
    EXPECT_EQ(run->outcome, RunOutcome::finished);
  }
  EXPECT_EQ(out[0], out[1]);
  emulated_largest_allocation = 1000;
  const auto refused = (*engine)->run(view_of(rgb, width, height), *plan, {}, {}, {});
  emulated_largest_allocation = std::numeric_limits<std::size_t>::max();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::out_of_memory);
}

}  // namespace
}  // namespace nalasr::test
