// Plan and Upscaler on real files: plans, budgets, alpha, grey, depth, orientation.
#include <gtest/gtest.h>

#include <filesystem>

#include "exif_block.h"
#include "nalasr/upscaler.h"
#include "source_folder.h"
#include "unit/engine/network_support.h"

namespace nalasr::test {
namespace {

namespace fs = std::filesystem;

class UpscalerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("nalasr_upscaler_" + std::to_string(::getpid()));
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  static std::shared_ptr<const Model> small_model(int scale = 2) {
    ModelSpec spec;
    spec.scale = scale;
    spec.dim = 32;
    spec.heads = 1;
    spec.blocks = 2;
    spec.group = 2;
    spec.scopes.assign(2, {});
    return random_model(spec, 21);
  }
  static std::shared_ptr<const Model> light_model() {
    ModelSpec spec;
    spec.scopes.assign(spec.blocks, {});
    return random_model(spec, 22);
  }

  /// The kinds of network that are shipped: all global, and three windowed blocks of four.
  static std::shared_ptr<const Model> shipped(const char* name) {
    return *Model::load(source_folder() + "/models/" + name + ".safetensors");
  }

  /// Writes a PNG whose samples come from `sample(x, y, c)`, in units of the full range.
  template <typename F>
  fs::path picture(const std::string& name, int width, int height, int channels, int bits, F&& sample,
                   const Metadata& metadata = {}) {
    ImageInfo info;
    info.width = width;
    info.height = height;
    info.channels = channels;
    info.bits = bits;
    const fs::path path = folder_ / name;
    auto writer = ImageWriter::create(path, ImageFormat::png, info, metadata, {.png_compression = 1});
    EXPECT_TRUE(writer);
    std::vector<std::byte> row(info.row_bytes());
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x)
        for (int c = 0; c < channels; ++c) {
          const double v = sample(x, y, c);
          const std::size_t i = static_cast<std::size_t>(x) * channels + c;
          if (bits == 16) {
            reinterpret_cast<std::uint16_t*>(row.data())[i] = static_cast<std::uint16_t>(v * 65535 + 0.5);
          } else {
            row[i] = static_cast<std::byte>(static_cast<int>(v * 255 + 0.5));
          }
        }
      EXPECT_TRUE((*writer)->write_rows({row.data(), width, 1, row.size()}));
    }
    EXPECT_TRUE((*writer)->commit());
    return path;
  }

  struct Decoded {
    ImageInfo info;
    std::vector<std::byte> rows;
    [[nodiscard]] int sample(int x, int y, int c) const {
      const std::size_t i = (static_cast<std::size_t>(y) * info.width + x) * info.channels + c;
      return info.bits == 16 ? reinterpret_cast<const std::uint16_t*>(rows.data())[i] : static_cast<int>(rows[i]);
    }
  };
  static Decoded decode(const fs::path& path) {
    auto reader = ImageReader::open(path);
    EXPECT_TRUE(reader) << reader.error().message;
    Decoded d{(*reader)->info(), {}};
    d.rows.resize(d.info.row_bytes() * d.info.height);
    EXPECT_TRUE((*reader)->read_rows({d.rows.data(), d.info.width, d.info.height, d.info.row_bytes()}));
    return d;
  }

  fs::path folder_;
};

double wave(int x, int y, int c) { return 0.5 + 0.4 * std::sin(x * 0.3 + c) * std::cos(y * 0.2 - c); }

/// Windows must not cost rings as high as they are: the picture that the map holds serves.
TEST_F(UpscalerTest, WindowedBlocksNeedLittleMoreThanTheMap) {
  for (const char* name : {"light_x4", "photo_x4"}) {
    const auto at = [&](int width, int height) {
      return *make_plan({.width = width, .height = height, .spec = shipped(name)->spec(), .threads = 2});
    };
    const Plan small = at(640, 480), large = at(640, 4800);
    EXPECT_LT(small.map_bytes + small.working_bytes, 60u << 20) << name;
    const double tokens = 640.0 * (4800 - 480);
    EXPECT_LT((large.map_bytes + large.working_bytes - small.map_bytes - small.working_bytes) / tokens, 130) << name;
  }
}

TEST_F(UpscalerTest, OrientationIsAppliedOnceAndReset) {
  Upscaler upscaler(small_model(), {.device = Device::cpu, .threads = 1});
  const fs::path in = picture(
      "in.png", 40, 20, 3, 8, [](int x, int, int) { return x < 20 ? 0.1 : 0.9; }, {.exif = exif_with_orientation(6)});
  ASSERT_TRUE(upscaler.run({.input = in, .output = folder_ / "out.png"}));
  const Decoded out = decode(folder_ / "out.png");
  EXPECT_EQ(out.info.width, 40);
  EXPECT_EQ(out.info.height, 80);
  EXPECT_EQ(out.info.orientation, 1);
}

TEST_F(UpscalerTest, BudgetPicksStripsAndThenRefuses) {
  const auto model = light_model();
  PlanRequest request{.width = 1000, .height = 800, .spec = model->spec(), .threads = 2};
  const auto free = make_plan(request);
  ASSERT_TRUE(free);
  request.budget = free->predicted_peak - 1;
  const auto tight = make_plan(request);
  ASSERT_TRUE(tight);
  EXPECT_LT(tight->strip_rows, free->strip_rows);
  EXPECT_LE(tight->predicted_peak, *request.budget);
  request.budget = free->map_bytes;
  const auto refused = make_plan(request);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::out_of_memory);
  // The bytes it names are enough.
  const std::string& message = refused.error().message;
  request.budget = std::stoull(message.substr(message.find('(') + 1));
  EXPECT_TRUE(make_plan(request));
  request.budget = *request.budget - 1;
  EXPECT_FALSE(make_plan(request));
}

TEST_F(UpscalerTest, BudgetChangesNoPixel) {
  Upscaler upscaler(small_model(), {.device = Device::cpu, .threads = 2});
  const fs::path in = picture("in.png", 300, 200, 3, 8, wave);
  ASSERT_TRUE(upscaler.run({.input = in, .output = folder_ / "free.png"}));
  auto reader = ImageReader::open(in);
  UpscaleRequest request{.input = in, .output = folder_ / "tight.png"};
  request.strip_rows = 1;
  request.memory_budget = upscaler.plan(**reader, request)->predicted_peak + (2 << 20);
  request.strip_rows = 0;
  const auto tight = upscaler.run(request);
  ASSERT_TRUE(tight) << tight.error().message;
  EXPECT_LE(tight->predicted_peak, *request.memory_budget);
  EXPECT_EQ(decode(folder_ / "free.png").rows, decode(folder_ / "tight.png").rows);
}

TEST_F(UpscalerTest, DepthGreyAndAlphaAreKept) {
  Upscaler upscaler(small_model(), {.device = Device::cpu, .threads = 2});
  for (const int bits : {8, 16})
    for (const int channels : {1, 2, 3, 4}) {
      SCOPED_TRACE(std::to_string(channels) + " channels, " + std::to_string(bits) + " bit");
      const auto sample = [&](int x, int y, int c) {
        const bool alpha = channels % 2 == 0 && c == channels - 1;
        return alpha ? (x < 20 ? 0.0 : 1.0) : wave(x, y, c);
      };
      const fs::path in = picture("in.png", 41, 23, channels, bits, sample);
      const auto report = upscaler.run({.input = in, .output = folder_ / "out.png"});
      ASSERT_TRUE(report) << report.error().message;
      const Decoded out = decode(folder_ / "out.png");
      EXPECT_EQ(out.info.width, 82);
      EXPECT_EQ(out.info.height, 46);
      EXPECT_EQ(out.info.channels, channels);
      EXPECT_EQ(out.info.bits, bits);
    }
}

/// White on transparent black: the edge must not darken. A network whose residual is 0 isolates the handling.
TEST_F(UpscalerTest, TransparentBlackLeavesNoDarkFringe) {
  ModelSpec spec;
  spec.scale = 2;
  spec.dim = 16;
  spec.heads = 1;
  spec.blocks = 1;
  spec.group = 1;
  spec.scopes.assign(1, {});
  safetensors::Writer zero;
  for (const auto& [name, shape] : expected_tensors(spec)) {
    std::int64_t count = 1;
    for (const std::int64_t n : shape) count *= n;
    zero.add(name, shape, std::span<const float>(std::vector<float>(count, 0.0f)));
  }
  zero.set_metadata("format", "nalasr-1");
  zero.set_metadata("spec", spec_json(spec));
  ASSERT_TRUE(zero.write(folder_ / "zero.safetensors"));
  const auto model = Model::load(folder_ / "zero.safetensors");
  ASSERT_TRUE(model) << model.error().message;
  Upscaler upscaler(*model, {.device = Device::cpu, .threads = 1});
  const fs::path in = picture("in.png", 40, 30, 4, 8, [](int x, int, int) { return x < 20 ? 0.0 : 1.0; });
  ASSERT_TRUE(upscaler.run({.input = in, .output = folder_ / "out.png"}));
  const Decoded out = decode(folder_ / "out.png");
  for (int x = 0; x < out.info.width; ++x)
    for (int c = 0; c < 3 && out.sample(x, 30, 3) > 0; ++c) EXPECT_GE(out.sample(x, 30, c), 254) << x;
  EXPECT_EQ(out.sample(0, 30, 3), 0);
  EXPECT_EQ(out.sample(79, 30, 3), 255);
}

TEST_F(UpscalerTest, AnyScaleGivesTheRoundedSize) {
  Upscaler upscaler(small_model(), {.device = Device::cpu, .threads = 2});
  const fs::path in = picture("in.png", 37, 29, 3, 8, wave);
  for (const double scale : {0.5, 1.0, 1.37, 2.0, 2.5, 5.0}) {
    ASSERT_TRUE(upscaler.run({.input = in, .output = folder_ / "out.png", .scale = scale}));
    const Decoded out = decode(folder_ / "out.png");
    EXPECT_EQ(out.info.width, std::lround(37 * scale));
    EXPECT_EQ(out.info.height, std::lround(29 * scale));
  }
}

TEST_F(UpscalerTest, CancelledRunLeavesNothing) {
  Upscaler upscaler(small_model(), {.device = Device::cpu, .threads = 2});
  const fs::path in = picture("in.png", 200, 200, 3, 8, wave);
  std::stop_source source;
  const auto report = upscaler.run({.input = in, .output = folder_ / "out" / "out.png"}, {}, source.get_token());
  EXPECT_FALSE(report);  // no such folder
  const auto cancelled = upscaler.run(
      {.input = in, .output = folder_ / "out.png"},
      [&](const Progress& p) {
        if (p.fraction > 0.3) source.request_stop();
      },
      source.get_token());
  ASSERT_FALSE(cancelled);
  EXPECT_EQ(cancelled.error().code, ErrorCode::cancelled);
  int files = 0;
  for ([[maybe_unused]] const auto& entry : fs::directory_iterator(folder_)) ++files;
  EXPECT_EQ(files, 1) << "only the input may remain";
}

TEST_F(UpscalerTest, ProgressIsMonotonicAndReachesOne) {
  Upscaler upscaler(small_model(), {.device = Device::cpu, .threads = 1});
  const fs::path in = picture("in.png", 60, 50, 4, 8, wave);
  double last = 0;
  ASSERT_TRUE(upscaler.run({.input = in, .output = folder_ / "out.png"}, [&](const Progress& p) {
    EXPECT_GE(p.fraction, last);
    last = p.fraction;
  }));
  EXPECT_EQ(last, 1.0);
}

}  // namespace
}  // namespace nalasr::test
