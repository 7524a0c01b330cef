// The strip executor against the whole-image executor, over odd sizes, strip heights, thread counts and forms.
#include <gtest/gtest.h>

#include "engine/whole_image.h"
#include "source_folder.h"
#include "unit/engine/network_support.h"

namespace nalasr::test {
namespace {

ModelSpec small_spec(DirectionMap map, int dim, int heads, std::vector<int> windows, int scale) {
  ModelSpec s;
  s.scale = scale;
  s.dim = dim;
  s.heads = heads;
  s.blocks = static_cast<int>(windows.size());
  s.group = 2;
  s.direction_map = map;
  for (int w : windows) s.scopes.push_back({w});
  return s;
}

struct Size {
  int width, height;
};

void compare(const ModelSpec& spec, const std::vector<Size>& sizes, unsigned seed) {
  const auto model = random_model(spec, seed);
  ASSERT_NE(model, nullptr);
  const PackedNetwork network(*model);
  for (const Size size : sizes) {
    SCOPED_TRACE(std::to_string(size.width) + "x" + std::to_string(size.height));
    const std::vector<float> rgb = random_picture(size.width, size.height, seed);
    const std::vector<double> whole =
        run_whole_image(*model, size.width, size.height, std::vector<double>(rgb.begin(), rgb.end()));
    const std::vector<float> first = run_strips(network, size.width, size.height, rgb, 1, 1);
    EXPECT_LT(relative_error(first, whole), 3e-6);
    // Same bytes whatever the strip height and the number of threads.
    for (const auto& [rows, threads] : {std::pair{2, 2}, {3, 1}, {5, 3}, {16, 2}, {1000, 4}})
      EXPECT_EQ(run_strips(network, size.width, size.height, rgb, rows, threads), first) << rows << " rows";
  }
}

const std::vector<Size> kSizes = {{1, 1}, {7, 13}, {13, 7}, {1, 19}, {23, 1}, {49, 5}, {3, 50}};

TEST(Strips, GlobalCosineEqualsWholeImage) {
  compare(small_spec(DirectionMap::cosine, 32, 1, {0, 0, 0}, 2), kSizes, 1);
}
TEST(Strips, GlobalReluSplitEqualsWholeImage) {
  compare(small_spec(DirectionMap::relu_split, 32, 2, {0, 0, 0}, 4), kSizes, 2);
}
TEST(Strips, WithoutRotaryEmbedding) {
  ModelSpec spec = small_spec(DirectionMap::cosine, 32, 2, {0, 8, 0}, 4);
  spec.rotary = RotaryEmbedding::none;
  compare(spec, {{7, 13}, {50, 3}, {21, 30}}, 9);
}
TEST(Strips, SidesBeyondTheRotarySpan) {
  ModelSpec spec = small_spec(DirectionMap::cosine, 32, 2, {0, 0}, 4);
  spec.rotary_span = 16;
  compare(spec, {{7, 13}, {50, 3}, {21, 30}}, 10);
}
TEST(Strips, WindowsCountEveryTokenWhereTheWholeIsBeyondTheSpan) {
  ModelSpec spec = small_spec(DirectionMap::cosine, 32, 2, {8, 0, 8, 0}, 4);
  spec.rotary_span = 9;
  compare(spec, {{7, 13}, {50, 3}, {21, 30}}, 11);
}
/// A token attends to its cell and the eight around it; the whole beside that counts positions in fractions.
TEST(Strips, CellsAndGlobalMixed) {
  ModelSpec spec = small_spec(DirectionMap::cosine, 16, 1, {0, 0, 0, 0, 0}, 2);
  for (const int i : {0, 1, 3, 4}) spec.scopes[i].cell = 8;
  spec.rotary_span = 24;
  compare(spec, {{7, 13}, {21, 30}, {9, 33}, {50, 3}, {1, 1}, {30, 40}}, 12);
}
TEST(Strips, CellsOnly) {
  ModelSpec spec = small_spec(DirectionMap::relu_split, 32, 2, {0, 0}, 2);
  for (AttentionScope& scope : spec.scopes) scope.cell = 8;
  EXPECT_EQ(sweep_count(spec), 3);
  compare(spec, {{1, 19}, {21, 30}}, 13);
}
TEST(Strips, CellsAndWindows) {
  ModelSpec spec = small_spec(DirectionMap::cosine, 16, 1, {8, 0, 8, 0}, 2);
  spec.scopes[1].cell = spec.scopes[3].cell = 8;
  compare(spec, {{21, 30}, {9, 33}}, 14);
}
TEST(Strips, DimsThatNeedPadding) {
  compare(small_spec(DirectionMap::cosine, 40, 2, {0, 0}, 3), {{7, 13}, {50, 3}}, 3);
  compare(small_spec(DirectionMap::cosine, 24, 2, {0, 0}, 3), {{7, 13}}, 4);
}
TEST(Strips, WindowsAndGlobalMixed) {
  compare(small_spec(DirectionMap::cosine, 16, 1, {8, 8, 0, 8, 8, 8}, 2), {{7, 13}, {21, 30}, {9, 33}, {1, 1}}, 5);
}
TEST(Strips, WindowsOnlyNeedNoMap) {
  const ModelSpec spec = small_spec(DirectionMap::relu_split, 16, 1, {8, 8, 8}, 2);
  EXPECT_EQ(sweep_count(spec), 1);
  compare(spec, {{21, 30}, {9, 33}, {5, 90}}, 6);
}
/// Where a network has a map, every block begins a sweep; what a sweep computes is told once and adds up.
TEST(Strips, EveryBlockIsInOneSweep) {
  const ModelSpec mixed = small_spec(DirectionMap::cosine, 16, 1, {8, 8, 0, 8}, 2);
  const ModelSpec windows = small_spec(DirectionMap::cosine, 16, 1, {8, 8, 8}, 2);
  EXPECT_EQ(sweep_count(mixed, cpu_barriers(mixed)), 5);
  EXPECT_EQ(sweep_count(mixed), 2);
  EXPECT_EQ(sweep_count(windows, cpu_barriers(windows)), 1);
  for (const Barriers barriers : {Barriers::every_block, Barriers::global_layers}) {
    int next = 0;
    for (int i = 0; i < sweep_count(mixed, barriers); ++i) {
      const auto [first, last] = blocks_of_sweep(mixed, i, barriers);
      EXPECT_EQ(first, next);
      next = last;
    }
    EXPECT_EQ(next, mixed.blocks);
  }
}
TEST(Strips, WideRowsSpanSegments) {
  compare(small_spec(DirectionMap::cosine, 16, 1, {0, 0}, 2), {{2 * cpu::kSegment + 5, 3}}, 7);
}

/// Mixed precision rounds operands and the map (8 and 11 bits); what strips and threads do still changes no bit.
TEST(Strips, MixedPrecisionIsCloseAndReproducible) {
  const auto model = random_model(small_spec(DirectionMap::cosine, 48, 2, {0, 8, 8, 0}, 2), 10);
  const PackedNetwork network(*model, Precision::mixed);
  EXPECT_TRUE(network.half_map);
  EXPECT_EQ(network.bf16_products, cpu::has_bf16());
  const std::vector<float> rgb = random_picture(61, 23, 10);
  const std::vector<double> whole = run_whole_image(*model, 61, 23, std::vector<double>(rgb.begin(), rgb.end()));
  const std::vector<float> first = run_strips(network, 61, 23, rgb, 1, 1);
  // float16 between blocks costs 2^-11 each time; windowed blocks lie behind such a map, too.
  EXPECT_LT(relative_error(first, whole), cpu::has_bf16() ? 1e-2 : 2e-3);
  EXPECT_GT(relative_error(first, whole), 1e-5) << "the map was not rounded";
  for (const auto& [rows, threads] : {std::pair{2, 2}, {7, 3}, {100, 2}})
    EXPECT_EQ(run_strips(network, 61, 23, rgb, rows, threads), first) << rows << " rows";
}

/// A feature map beyond float16's range is clamped, not turned into infinities.
TEST(Strips, HalfMapClampsHugeValues) {
  std::vector<float> values(32, 1e9f), back(32);
  values[3] = -1e9f;
  std::vector<std::uint16_t> half(32);
  cpu::kernels().to_half(values.data(), 32, half.data());
  cpu::kernels().from_half(half.data(), 32, back.data());
  EXPECT_EQ(back[0], 65504.0f);
  EXPECT_EQ(back[3], -65504.0f);
}

TEST(Strips, StopsWithinOneStrip) {
  const ModelSpec spec = small_spec(DirectionMap::cosine, 16, 1, {0, 0}, 2);
  const PackedNetwork network(*random_model(spec, 8));
  const std::vector<float> rgb = random_picture(20, 64, 8);
  const PictureView view = view_of(rgb, 20, 64);
  ThreadPool pool(2);
  std::stop_source source;
  int calls = 0;
  double last = 0;
  const RunOutcome outcome = run_network(
      network, view, 4, pool, [](int, int, const float*) {},
      [&](int, double fraction) {
        EXPECT_GE(fraction, last);
        last = fraction;
        if (++calls == 5) source.request_stop();
      },
      source.get_token());
  EXPECT_EQ(outcome, RunOutcome::stopped);
  EXPECT_EQ(calls, 5);
}

/// Noise drives the shipped network far from pictures; it once met an exponential outside its range.
TEST(Strips, NoiseStaysFinite) {
  const auto model = Model::load(test::source_folder() + "/models/light_x4.safetensors");
  ASSERT_TRUE(model) << model.error().message;
  for (const Precision precision : {Precision::fp32, Precision::mixed}) {
    const PackedNetwork network(**model, precision);
    for (const float value : run_strips(network, 320, 200, random_picture(320, 200, 1), 8, 2))
      ASSERT_TRUE(std::isfinite(value));
  }
}

/// Weights that overflow give an outcome of their own, not a black picture.
TEST(Strips, OverflowIsReported) {
  const std::vector<float> rgb = random_picture(20, 30, 8);
  const PictureView view = view_of(rgb, 20, 30);
  ThreadPool pool(1);
  for (const AttentionScope& scope : {AttentionScope{}, AttentionScope{.window = 8}, AttentionScope{.cell = 8}}) {
    ModelSpec spec = small_spec(DirectionMap::cosine, 16, 1, {0, 0}, 2);
    spec.scopes = {scope, scope};
    const PackedNetwork network(*random_model(spec, 10, 1e12f));
    EXPECT_EQ(RunOutcome::overflowed, run_network(network, view, 4, pool, [](int, int, const float*) {}, {}, {}))
        << scope.window << ' ' << scope.cell;
  }
}

TEST(Strips, ProgressEndsAtOne) {
  const PackedNetwork network(*random_model(small_spec(DirectionMap::cosine, 16, 1, {0, 0}, 2), 9));
  const std::vector<float> rgb = random_picture(20, 30, 8);
  const PictureView view = view_of(rgb, 20, 30);
  ThreadPool pool(1);
  double last = 0;
  EXPECT_EQ(RunOutcome::finished, run_network(
                                      network, view, 4, pool, [](int, int, const float*) {},
                                      [&](int, double fraction) { last = fraction; }, {}));
  EXPECT_NEAR(last, 1.0, 1e-9);
}

/// Goldens come from the PyTorch package (models/training): an independent implementation.
TEST(Golden, TinyNetworks) {
  for (const std::string name : {"tiny_x2", "tiny_x4"}) {
    SCOPED_TRACE(name);
    const std::string folder = test::source_folder() + "/tests/golden/";
    auto model = Model::load(folder + name + ".safetensors");
    ASSERT_TRUE(model) << model.error().message;
    auto io = safetensors::File::read(folder + name + "_io.safetensors");
    ASSERT_TRUE(io) << io.error().message;
    const Tensor input = *io->tensor("input"), output = *io->tensor("output");
    const int height = static_cast<int>(input.shape[1]), width = static_cast<int>(input.shape[2]);
    const auto interleave = [](const Tensor& t) {
      const std::size_t plane = t.values.size() / 3;
      std::vector<float> out(t.values.size());
      for (std::size_t i = 0; i < out.size(); ++i) out[i] = t.values[i % 3 * plane + i / 3];
      return out;
    };
    const std::vector<float> rgb = interleave(input), expected = interleave(output);
    const PackedNetwork network(**model);
    EXPECT_LT(relative_error(run_strips(network, width, height, rgb, 4, 2), expected), 2e-6);
    EXPECT_LT(relative_error(run_whole_image(**model, width, height, {rgb.begin(), rgb.end()}), expected), 1e-6);
  }
}

}  // namespace
}  // namespace nalasr::test
