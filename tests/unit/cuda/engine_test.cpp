// GpuEngine and Upscaler on the GPU: what happens when 16 bits or device memory do not suffice, and files of all kinds.
// Small enough for emulated kernels (tests/emulation), too.
#include <filesystem>

#include "engine/cuda/gpu_engine.h"
#include "engine/whole_image.h"
#include "nalasr/pipeline.h"
#include "nalasr/upscaler.h"
#include "unit/cuda/gpu_support.h"

namespace nalasr::test {
namespace {

namespace fs = std::filesystem;

/// A plan and a run of `engine` on a float picture; the rows it delivered.
struct EngineRun {
  cuda::GpuRun run;
  std::vector<float> rgb;
};
EngineRun run_engine(cuda::GpuEngine& engine, const ModelSpec& spec, const std::vector<float>& rgb, int width,
                     int height) {
  PlanRequest request{.width = width, .height = height, .bits = 16, .spec = spec, .device = Device::cuda};
  request.costs = engine.costs();
  const auto plan = make_plan(request);
  EXPECT_TRUE(plan) << plan.error().message;
  EngineRun out;
  const std::size_t row = static_cast<std::size_t>(width) * spec.scale * 3;
  out.rgb.assign(row * height * spec.scale, std::numeric_limits<float>::quiet_NaN());
  int next = 0;
  cuda::Target target;
  target.rows = [&](int first, int count, const std::byte* data, std::size_t stride) {
    EXPECT_EQ(first, next) << "rows come in order, once";
    next = first + count;
    for (int r = 0; r < count; ++r) std::memcpy(&out.rgb[(first + r) * row], data + r * stride, row * sizeof(float));
  };
  const auto run = engine.run(view_of(rgb, width, height), *plan, target, {}, {});
  EXPECT_TRUE(run) << run.error().message;
  if (run) out.run = *run;
  return out;
}

/// Values beyond float16, far inside float32: the picture comes from the float32 kernels, and is right.
TEST(CudaEngine, OverflowOf16BitsIsRedoneInFloat32) {
  NALASR_NEEDS_GPU();
  const ModelSpec spec = gpu_spec(DirectionMap::cosine, 64, 2, {0}, 2);
  const auto model = random_model(spec, 21, 200.0f);
  const std::vector<float> rgb = random_picture(11, 9, 21);
  auto engine = cuda::GpuEngine::create(*model, Precision::mixed);
  ASSERT_TRUE(engine) << engine.error().message;
  ASSERT_NE((*engine)->kernels_name().find("fused"), std::string::npos);
  const EngineRun out = run_engine(**engine, spec, rgb, 11, 9);
  EXPECT_EQ(out.run.outcome, RunOutcome::finished);
  EXPECT_TRUE(out.run.fp32_redone);
  EXPECT_LT(relative_error(out.rgb, run_whole_image(*model, 11, 9, {rgb.begin(), rgb.end()})), 1e-4);
}

class CudaUpscaler : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("nalasr_cuda_" + std::to_string(::getpid()));
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path picture(int width, int height, int channels, int bits) const {
    ImageInfo info;
    info.width = width;
    info.height = height;
    info.channels = channels;
    info.bits = bits;
    const fs::path path = folder_ / "in.png";
    auto writer = ImageWriter::create(path, ImageFormat::png, info, {}, {});
    std::vector<std::byte> rows(info.row_bytes() * height);
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<std::byte>(i * i % 251);
    EXPECT_TRUE((*writer)->write_rows({rows.data(), width, height, info.row_bytes()}));
    EXPECT_TRUE((*writer)->commit());
    return path;
  }
  static std::vector<int> decode(const fs::path& path) {
    auto reader = ImageReader::open(path);
    EXPECT_TRUE(reader) << reader.error().message;
    const ImageInfo info = (*reader)->info();
    std::vector<std::byte> rows(info.row_bytes() * info.height);
    EXPECT_TRUE((*reader)->read_rows({rows.data(), info.width, info.height, info.row_bytes()}));
    std::vector<int> samples;
    for (std::size_t i = 0; i < rows.size(); i += info.bits / 8)
      samples.push_back(info.bits == 16 ? *reinterpret_cast<const std::uint16_t*>(&rows[i])
                                        : static_cast<int>(rows[i]));
    return samples;
  }

  fs::path folder_;
};

TEST_F(CudaUpscaler, FilesOfAllKindsComeOutAsFromTheCpu) {
  NALASR_NEEDS_GPU();
  const auto model = random_model(gpu_spec(DirectionMap::cosine, 64, 2, {0}, 2), 22);
  Upscaler gpu(model, {.device = Device::cuda}), cpu(model, {.device = Device::cpu, .precision = Precision::fp32});
  for (const int channels : {1, 3, 4})
    for (const int bits : {8, 16})
      for (const double scale : {2.0, 1.5}) {
        SCOPED_TRACE(std::to_string(channels) + " channels, " + std::to_string(bits) + " bits, x" +
                     std::to_string(scale));
        const fs::path in = picture(13, 9, channels, bits);
        const auto expected = cpu.run({.input = in, .output = folder_ / "cpu.png", .scale = scale});
        const auto report = gpu.run({.input = in, .output = folder_ / "gpu.png", .scale = scale});
        ASSERT_TRUE(expected && report) << report.error().message;
        EXPECT_EQ(report->device, "cuda");
        EXPECT_FALSE(report->device_note.empty());
        EXPECT_EQ(report->fp32_redone, 0);
        EXPECT_GT(report->predicted_device_peak, 0u);
        const std::vector<int> a = decode(folder_ / "gpu.png"), b = decode(folder_ / "cpu.png");
        ASSERT_EQ(a.size(), b.size());
        const int unit = bits == 16 ? 257 : 1;
        for (std::size_t i = 0; i < a.size(); ++i) ASSERT_LE(std::abs(a[i] - b[i]), 3 * unit) << "sample " << i;
      }
}

TEST_F(CudaUpscaler, BudgetIsOfDeviceMemory) {
  NALASR_NEEDS_GPU();
  const auto model = random_model(gpu_spec(DirectionMap::cosine, 64, 2, {0}, 2), 23);
  Upscaler upscaler(model, {.device = Device::cuda});
  const fs::path in = picture(40, 30, 3, 8);
  const auto refused = upscaler.run({.input = in, .output = folder_ / "out.png", .memory_budget = 100'000});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::out_of_memory);
  EXPECT_NE(refused.error().message.find("GPU memory"), std::string::npos) << refused.error().message;
  EXPECT_FALSE(fs::exists(folder_ / "out.png"));
}

/// What pictures took of a GPU in Pipeline::run with `workers` at once.
struct SharedRun {
  std::uint64_t most = 0, largest_measured = 0;  ///< all at once, weights not counted; one as its report has it
  int right = 0;                                 ///< pictures with the bytes that were expected
};

/// Two pictures at once on one GPU: what each took is measured as its own, and a budget is for both together.
TEST_F(CudaUpscaler, PicturesOfOneGpuShareItsMemory) {
  NALASR_NEEDS_GPU();
  constexpr int kPictures = 4;
  const bool emulated = cuda::device_info().name == "emulated";
  const std::uint64_t grain = emulated ? 0 : 4 << 20;  // a real device gives memory in pieces
  const auto model = random_model(gpu_spec(DirectionMap::cosine, 64, 2, {0}, 2), 24);
  const fs::path in = emulated ? picture(20, 12, 3, 8) : picture(640, 480, 3, 8);
  const auto alone = Upscaler(model, {.device = Device::cuda}).run({.input = in, .output = folder_ / "alone.png"});
  ASSERT_TRUE(alone) << alone.error().message;
  const std::vector<int> expected = decode(folder_ / "alone.png");
  const auto run = [&](int workers, std::optional<std::uint64_t> budget) {
    PipelineOptions options{.devices = {static_cast<std::size_t>(workers), {.device = Device::cuda}},
                            .load = 2,
                            .save = 2,
                            .memory_budget = budget};
    Pipeline pipeline(model, options);
    const std::size_t free_before = cuda::device_memory().free;
    SharedRun out;
    int next = 0;
    PipelineEvents events;
    events.progress = [&](std::size_t, const Progress&) {
      const std::size_t free_now = cuda::device_memory().free;
      out.most = std::max<std::uint64_t>(out.most, free_before > free_now ? free_before - free_now : 0);
    };
    events.finished = [&](std::size_t id, Result<RunReport> report) {
      ASSERT_TRUE(report) << report.error().message;
      out.largest_measured = std::max(out.largest_measured, report->measured_device_peak);
      out.right += decode(folder_ / (std::to_string(id) + ".png")) == expected;
    };
    pipeline.run(
        [&]() -> std::optional<PipelineItem> {
          if (next == kPictures) return std::nullopt;
          UpscaleRequest request{.input = in, .output = folder_ / (std::to_string(next) + ".png")};
          request.memory_budget = budget;
          return PipelineItem{static_cast<std::size_t>(next++), request};
        },
        events);
    EXPECT_EQ(out.right, kPictures);
    return out;
  };
  const SharedRun single = run(1, {}), both = run(2, {}), in_turns = run(2, alone->measured_device_peak * 3 / 2);
  EXPECT_GT(single.most, 0u);
  if (emulated) { EXPECT_GT(both.most, single.most * 3 / 2) << "they were to compute at once"; }  // slow enough for it
  EXPECT_LE(both.largest_measured, single.largest_measured + grain);
  EXPECT_LE(in_turns.most, single.most + grain);
}

}  // namespace
}  // namespace nalasr::test
