// Every call of both kernel sets against float64, on outputs poisoned with NaN.
#include "unit/cuda/folded_reference.h"
#include "unit/cuda/gpu_support.h"

namespace nalasr::test {
namespace {

using cuda::Kernels;
using cuda::Span;

/// Relative errors that each set may have. Fused: float16 maps (11 bits), 16-bit operands.
struct Bounds {
  double map, sums;
};
Bounds bounds_of(Set set) { return set == Set::plain ? Bounds{2e-6, 2e-6} : Bounds{2e-3, 6e-3}; }

std::vector<float> random_values(std::size_t count, unsigned seed) {
  std::mt19937 generator(seed);
  std::normal_distribution<float> normal;
  std::vector<float> values(count);
  for (float& v : values) v = normal(generator);
  return values;
}

/// One network on one picture size, with the device memory that kernel calls need.
struct Bench {
  ModelSpec spec;
  std::shared_ptr<const Model> model;
  FoldedNetwork folded;
  std::unique_ptr<Kernels> kernels;
  int width, height;
  cuda::DeviceBuffer scratch, rotary, overflows;
  Kernels::Picture picture;
  cuda::OwnedStream stream;

  Bench(Set set, const ModelSpec& s, int w, int h, unsigned seed)
      : spec(s),
        model(random_model(s, seed)),
        folded(fold(*model)),
        kernels(make_kernels(set, *model)),
        width(w),
        height(h) {
    if (!kernels) return;
    scratch = poisoned(std::max<std::size_t>(kernels->scratch_bytes(w, h), 16));
    const NalaParams p = NalaParams::of(s);
    const int pairs = p.head_dim / 4;
    std::vector<float> tables;
    for (const int length : {h, w})
      for (int i = 0; i < length; ++i)
        for (int pair = 0; pair < pairs; ++pair) {
          tables.push_back(static_cast<float>(std::cos(i * rotary_frequency(p, pair))));
          tables.push_back(static_cast<float>(std::sin(i * rotary_frequency(p, pair))));
        }
    rotary = cuda::DeviceBuffer(tables.size() * sizeof(float));
    overflows = cuda::DeviceBuffer(16);
    cuda::copy(rotary.data(), tables.data(), rotary.size(), stream.get());
    cuda::fill_zero(overflows.data(), 16, stream.get());
    stream.synchronize();
    const auto* table = reinterpret_cast<const float*>(rotary.data());
    picture = {w,
               h,
               {table, table + static_cast<std::size_t>(h) * pairs * 2},
               scratch.data(),
               reinterpret_cast<std::uint32_t*>(overflows.data())};
  }

  [[nodiscard]] DeviceMap map() const { return {height, width, spec.dim, kernels->element_bytes()}; }
  [[nodiscard]] Span all() const { return {0, height}; }
  [[nodiscard]] std::size_t state_bytes() const { return cuda::state_floats(NalaParams::of(spec)) * sizeof(float); }
  [[nodiscard]] Map64 wide(const std::vector<float>& values) const { return {height, width, spec.dim, values}; }
  void expect_no_overflow() const {
    stream.synchronize();
    cuda::check_launches();
    EXPECT_EQ(download<std::uint32_t>(overflows.data(), 1)[0], 0u);
  }
};

struct Case {
  Set set;
  DirectionMap map;
  int dim, heads, width, height;
};

std::string case_name(const ::testing::TestParamInfo<Case>& info) {
  const Case& c = info.param;
  return std::string(name_of(c.set)) + (c.map == DirectionMap::cosine ? "_cosine_" : "_split_") +
         std::to_string(c.dim) + "x" + std::to_string(c.heads) + "_" + std::to_string(c.width) + "x" +
         std::to_string(c.height);
}

std::vector<Case> cases() {
  std::vector<Case> all;
  for (const Set set : {Set::plain, Set::fused})
    for (const DirectionMap map : {DirectionMap::cosine, DirectionMap::relu_split})
      for (const auto& [dim, heads] : {std::pair{48, 3}, {48, 1}, {64, 2}, {64, 4}, {96, 2}, {96, 3}, {96, 4}})
        for (const auto& [w, h] : {std::pair{1, 1}, {13, 7}, {67, 21}}) all.push_back({set, map, dim, heads, w, h});
  // As many tokens as a large GPU takes at once and somewhat more: units of 24 and of 32 columns, tall tiles of the
  // FFN.
  all.push_back({Set::fused, DirectionMap::cosine, 64, 2, 264, 268});
  all.push_back({Set::fused, DirectionMap::cosine, 64, 2, 270, 300});
  all.push_back({Set::plain, DirectionMap::cosine, 40, 1, 33, 9});
  all.push_back({Set::plain, DirectionMap::cosine, 128, 1, 9, 9});
  all.push_back({Set::plain, DirectionMap::relu_split, 24, 6, 70, 9});
  return all;
}

class CudaKernels : public ::testing::TestWithParam<Case> {};
INSTANTIATE_TEST_SUITE_P(Shapes, CudaKernels, ::testing::ValuesIn(cases()), case_name);

#define NALASR_BENCH(name, windows)                                                                   \
  NALASR_NEEDS_GPU();                                                                                 \
  const Case& c = GetParam();                                                                         \
  Bench name(c.set, gpu_spec(c.map, c.dim, c.heads, windows, 2), c.width, c.height, c.dim + c.width); \
  if (!name.kernels) GTEST_SKIP() << "the fused set has no such shape"

TEST_P(CudaKernels, BarrierAddsUpKeysAndValues) {
  NALASR_BENCH(b, {0});
  DeviceMap in = b.map(), out = b.map();
  const std::vector<float> x = in.rounded(random_values(in.get().size(), 1));
  in.set(x);
  const int units = cuda::unit_count(c.width, c.height, c.height, 0);
  const std::size_t floats = cuda::sum_floats(NalaParams::of(b.spec));
  const cuda::DeviceBuffer sums = poisoned(floats * units * sizeof(float));
  const cuda::DeviceBuffer totals(cuda::total_bytes(NalaParams::of(b.spec)));
  cuda::fill_zero(totals.data(), totals.size(), b.stream.get());
  b.kernels->barrier(b.picture, 0, in.rows(), out.rows(), b.all(), reinterpret_cast<float*>(sums.data()),
                     b.stream.get());
  const cuda::DeviceBuffer state = poisoned(b.state_bytes());
  cuda::reduce_sums(NalaParams::of(b.spec), b.picture, reinterpret_cast<const float*>(sums.data()), b.all(),
                    totals.data(), reinterpret_cast<float*>(state.data()), b.stream.get());
  b.expect_no_overflow();
  const std::vector<float> x1 = out.get();
  EXPECT_LT(relative_error(x1, depthwise(b.folded.blocks[0].cpe1, b.wide(x)).values), bounds_of(c.set).map);
  const std::vector<double> sum = download<double>(totals.data(), floats);
  const std::vector<double> expected = key_value_sums(b.spec, b.folded.blocks[0], b.wide(x1));
  const std::size_t s = floats - static_cast<std::size_t>(2) * c.dim;  // S, then m
  const auto part = [](const std::vector<double>& v, std::size_t first, std::size_t last) {
    return std::vector<double>(v.begin() + static_cast<std::ptrdiff_t>(first),
                               v.begin() + static_cast<std::ptrdiff_t>(last));
  };
  EXPECT_LT(relative_error(part(sum, 0, s), part(expected, 0, s)), bounds_of(c.set).sums) << "S";
  EXPECT_LT(relative_error(part(sum, s, floats), part(expected, s, floats)), bounds_of(c.set).sums) << "m";
}

TEST_P(CudaKernels, AttendEqualsReference) {
  NALASR_BENCH(b, {0});
  DeviceMap in = b.map(), x1_map = b.map(), out = b.map();
  in.set(random_values(in.get().size(), 2));
  const int units = cuda::unit_count(c.width, c.height, c.height, 0);
  const std::size_t floats = cuda::sum_floats(NalaParams::of(b.spec));
  const cuda::DeviceBuffer sums = poisoned(floats * units * sizeof(float));
  const cuda::DeviceBuffer totals(cuda::total_bytes(NalaParams::of(b.spec)));
  const cuda::DeviceBuffer state = poisoned(b.state_bytes());
  cuda::fill_zero(totals.data(), totals.size(), b.stream.get());
  b.kernels->barrier(b.picture, 0, in.rows(), x1_map.rows(), b.all(), reinterpret_cast<float*>(sums.data()),
                     b.stream.get());
  cuda::reduce_sums(NalaParams::of(b.spec), b.picture, reinterpret_cast<const float*>(sums.data()), b.all(),
                    totals.data(), reinterpret_cast<float*>(state.data()), b.stream.get());
  b.kernels->attend(b.picture, 0, x1_map.rows(), out.rows(), b.all(), reinterpret_cast<const float*>(state.data()), 0,
                    0, b.stream.get());
  b.expect_no_overflow();
  const Map64 expected = attend(b.spec, b.folded.blocks[0], b.wide(x1_map.get()), 0, 0);
  EXPECT_LT(relative_error(out.get(), expected.values), bounds_of(c.set).map);
}

TEST_P(CudaKernels, WindowsEqualReference) {
  const int window = 32;
  NALASR_BENCH(b, {window});
  DeviceMap in = b.map(), x1_map = b.map(), out = b.map();
  in.set(random_values(in.get().size(), 3));
  for (const int shift : {0, 16}) {
    const int across = (c.width + shift + window - 1) / window, down = (c.height + shift + window - 1) / window;
    const std::size_t floats = cuda::sum_floats(NalaParams::of(b.spec));
    const cuda::DeviceBuffer sums = poisoned(floats * across * down * sizeof(float));
    const cuda::DeviceBuffer states = poisoned(b.state_bytes() * across * down);
    b.kernels->windows(b.picture, 0, window, shift, in.rows(), x1_map.rows(), b.all(),
                       reinterpret_cast<float*>(sums.data()), b.stream.get());
    auto* of_windows = reinterpret_cast<float*>(states.data());
    cuda::finalise_states(NalaParams::of(b.spec), reinterpret_cast<const float*>(sums.data()), across * down,
                          window * window, of_windows, b.picture.overflows, b.stream.get());
    b.kernels->attend(b.picture, 0, x1_map.rows(), out.rows(), b.all(), of_windows, window, shift, b.stream.get());
    b.expect_no_overflow();
    const Map64 expected = attend(b.spec, b.folded.blocks[0], b.wide(x1_map.get()), window, shift);
    EXPECT_LT(relative_error(out.get(), expected.values), bounds_of(c.set).map) << "shift " << shift;
  }
}

TEST_P(CudaKernels, FfnEqualsReference) {
  NALASR_BENCH(b, {0});
  DeviceMap in = b.map(), out = b.map();
  const std::vector<float> x = in.rounded(random_values(in.get().size(), 4));
  in.set(x);
  b.kernels->ffn(b.picture, 0, in.rows(), out.rows(), b.all(), b.stream.get());
  b.expect_no_overflow();
  EXPECT_LT(relative_error(out.get(), ffn(b.folded.blocks[0], b.wide(x)).values), bounds_of(c.set).map);
}

TEST_P(CudaKernels, GroupConvolutionEqualsReference) {
  NALASR_BENCH(b, {0});
  DeviceMap in = b.map(), out = b.map();
  const std::vector<float> x = in.rounded(random_values(in.get().size(), 5));
  in.set(x);
  b.kernels->group_conv(b.picture, 0, in.rows(), out.rows(), b.all(), b.stream.get());
  b.expect_no_overflow();
  Map64 expected = convolution(b.folded.group_convs[0], b.wide(x));
  for (std::size_t i = 0; i < x.size(); ++i) expected.values[i] += x[i];
  EXPECT_LT(relative_error(out.get(), expected.values), bounds_of(c.set).map);
}

TEST_P(CudaKernels, HeadEqualsReference) {
  NALASR_BENCH(b, {0});
  const std::vector<float> rgb = random_picture(c.width, c.height, 6);
  cuda::DeviceBuffer input(rgb.size() * sizeof(float));
  cuda::copy(input.data(), rgb.data(), input.size(), b.stream.get());
  DeviceMap out = b.map();
  b.kernels->head(b.picture, {input.data(), 3, 32, c.width * 3 * sizeof(float), false}, out.rows(), b.all(),
                  b.stream.get());
  b.expect_no_overflow();
  Map64 grey(c.height, c.width, 3, rgb);
  for (double& v : grey.values) v -= 0.5;
  EXPECT_LT(relative_error(out.get(), convolution(b.folded.head, grey).values), bounds_of(c.set).map);
}

}  // namespace
}  // namespace nalasr::test
