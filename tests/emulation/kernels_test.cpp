// Both kernel sets, run by the emulator, through a whole network: against the float64 executor.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "engine/folded_network.h"
#include "engine/whole_image.h"
#include "kernels/cuda/kernels.h"
#include "kernels/cuda/memory.h"
#include "kernels/cuda/state.h"
#include "unit/engine/network_support.h"

namespace nalasr::test {
namespace {

/// Tables as the executor makes them: [length][d/4] pairs (cos, sin).
std::vector<float> table(const NalaParams& p, int length) {
  std::vector<float> out;
  for (int i = 0; i < length; ++i)
    for (int pair = 0; pair < p.head_dim / 4; ++pair) {
      const double angle = i * rotary_frequency(p, pair);
      out.push_back(static_cast<float>(std::cos(angle)));
      out.push_back(static_cast<float>(std::sin(angle)));
    }
  return out;
}

/// The network without strips or rings of its own: every map has all rows, and `strip` rows are made per call.
std::vector<float> run(const cuda::Kernels& kernels, const ModelSpec& spec, int width, int height,
                       const std::vector<float>& rgb, int strip) {
  const NalaParams nala = NalaParams::of(spec);
  const std::size_t map_bytes = static_cast<std::size_t>(width) * height * spec.dim * kernels.element_bytes();
  const cuda::DeviceBuffer a(map_bytes), b(map_bytes), c(map_bytes), scratch(kernels.scratch_bytes(width, height) + 1);
  const auto rows = [&](const cuda::DeviceBuffer& buffer) { return cuda::Rows{buffer.data(), height}; };
  const std::vector<float> row_table = table(nala, height), column_table = table(nala, width);
  std::uint32_t overflows = 0;
  cuda::Kernels::Picture picture{width, height, {}, scratch.data(), &overflows};
  if (spec.rotary == RotaryEmbedding::axial) picture.rotary = {row_table.data(), column_table.data()};
  const cuda::Input input{rgb.data(), 3, 32, width * 3 * sizeof(float), false};
  const auto strips = [&](const auto& make) {
    for (int y = 0; y < height; y += strip) make(cuda::Span{y, std::min(height, y + strip)});
  };

  cuda::Rows x = rows(a), x1 = rows(b), x2 = rows(c);
  strips([&](cuda::Span s) { kernels.head(picture, input, x, s, nullptr); });
  for (int block = 0; block < spec.blocks; ++block) {
    const int window = spec.scopes[block].window, shift = window_shift(spec, block);
    if (window == 0) {
      std::vector<double> totals(cuda::total_bytes(nala) / sizeof(double));
      std::vector<float> state(cuda::state_floats(nala));
      strips([&](cuda::Span s) {
        const int units = cuda::unit_count(width, height, s.last - s.first, 0);
        std::vector<float> sums(cuda::sum_floats(nala) * units, std::nanf(""));
        kernels.barrier(picture, block, x, x1, s, sums.data(), nullptr);
        cuda::reduce_sums(nala, picture, sums.data(), s, totals.data(), state.data(), nullptr);
      });
      strips([&](cuda::Span s) { kernels.attend(picture, block, x1, x2, s, state.data(), 0, 0, nullptr); });
    } else {
      const int across = (width + shift + window - 1) / window;
      const auto rows_of_windows = [&](const auto& make) {
        for (int first = 0, last; first < height; first = last) {
          last = std::min(height, ((first + shift) / window + 1) * window - shift);
          make(cuda::Span{first, last});
        }
      };
      std::vector<std::vector<float>> states;
      rows_of_windows([&](cuda::Span s) {
        std::vector<float> sums(cuda::sum_floats(nala) * across, std::nanf(""));
        states.emplace_back(cuda::state_floats(nala) * across);
        kernels.windows(picture, block, window, shift, x, x1, s, sums.data(), nullptr);
        cuda::finalise_states(nala, sums.data(), across, window * window, states.back().data(), &overflows, nullptr);
      });
      auto state = states.begin();  // attention reads two rows beyond its own, so x₁ is whole by now
      rows_of_windows(
          [&](cuda::Span s) { kernels.attend(picture, block, x1, x2, s, (state++)->data(), window, shift, nullptr); });
    }
    strips([&](cuda::Span s) { kernels.ffn(picture, block, x2, x, s, nullptr); });
    if (spec.closes_group(block)) {
      strips([&](cuda::Span s) { kernels.group_conv(picture, block / spec.group, x, x2, s, nullptr); });
      std::swap(x, x2);
    }
  }
  const std::size_t stride = static_cast<std::size_t>(width) * spec.scale * 3;
  std::vector<float> out(stride * height * spec.scale, std::nanf(""));
  strips([&](cuda::Span s) {
    const std::size_t row_bytes = (stride * sizeof(float) + 15) / 16 * 16;
    std::vector<std::byte> part(row_bytes * (s.last - s.first) * spec.scale);
    kernels.tail(picture, input, x, {part.data(), row_bytes, cuda::Sample::f32}, s, nullptr);
    for (int r = 0; r < (s.last - s.first) * spec.scale; ++r)
      std::memcpy(&out[(s.first * spec.scale + r) * stride], &part[r * row_bytes], stride * sizeof(float));
  });
  EXPECT_EQ(overflows, 0u);
  return out;
}

ModelSpec spec_of(int dim, int heads, std::vector<int> windows, int scale) {
  ModelSpec s;
  s.scale = scale;
  s.dim = dim;
  s.heads = heads;
  s.blocks = static_cast<int>(windows.size());
  s.group = 2;
  for (int w : windows) s.scopes.push_back({w});
  return s;
}

void compare(const ModelSpec& spec, int width, int height, unsigned seed) {
  SCOPED_TRACE("dim " + std::to_string(spec.dim) + " heads " + std::to_string(spec.heads) + " " +
               std::to_string(width) + "x" + std::to_string(height));
  const auto model = random_model(spec, seed);
  ASSERT_NE(model, nullptr);
  const FoldedNetwork folded = fold(*model);
  const std::vector<float> rgb = random_picture(width, height, seed);
  const std::vector<double> whole = run_whole_image(*model, width, height, std::vector<double>(rgb.begin(), rgb.end()));
  const auto plain = cuda::make_plain_kernels(folded);
  EXPECT_LT(relative_error(run(*plain, spec, width, height, rgb, 8), whole), 1e-5);
  const auto fused = cuda::make_fused_kernels(folded);
  ASSERT_NE(fused, nullptr);
  const std::vector<float> out = run(*fused, spec, width, height, rgb, 8);
  EXPECT_LT(relative_error(out, whole), 1e-2);
  EXPECT_GT(relative_error(out, whole), 1e-6) << "nothing was rounded: these are not the fused kernels";
  ::testing::Test::RecordProperty("relative_error", std::to_string(relative_error(out, whole)));
  EXPECT_EQ(run(*fused, spec, width, height, rgb, 16), out);
}

TEST(EmulatedKernels, LightShape) { compare(spec_of(64, 2, {0, 0}, 4), 19, 11, 1); }
TEST(EmulatedKernels, ReluSplit) {
  ModelSpec spec = spec_of(64, 2, {0, 0}, 2);
  spec.direction_map = DirectionMap::relu_split;
  compare(spec, 19, 9, 2);
}
TEST(EmulatedKernels, WithoutRotaryEmbedding) {
  ModelSpec spec = spec_of(64, 2, {0}, 3);
  spec.rotary = RotaryEmbedding::none;
  compare(spec, 67, 3, 3);
}
TEST(EmulatedKernels, ShiftedWindows) { compare(spec_of(64, 2, {32, 32}, 2), 35, 19, 4); }
TEST(EmulatedKernels, OtherHeadDims) {
  compare(spec_of(64, 4, {0}, 2), 17, 9, 5);
  compare(spec_of(64, 1, {0}, 2), 17, 9, 6);
  compare(spec_of(48, 3, {0}, 2), 17, 9, 7);
  compare(spec_of(48, 1, {0}, 2), 17, 9, 8);
}
TEST(EmulatedKernels, WideShape) { compare(spec_of(96, 3, {0}, 4), 17, 9, 9); }
// 6 tiles of 8 rows on the emulator's 3 places are two rounds, 3 of 10 rows are one; in strips of 8 rows there are no
// tall ones.
TEST(EmulatedKernels, TallTiles) { compare(spec_of(64, 2, {0}, 2), 41, 10, 11); }
TEST(EmulatedKernels, OnePixel) { compare(spec_of(64, 2, {0}, 4), 1, 1, 10); }

}  // namespace
}  // namespace nalasr::test
