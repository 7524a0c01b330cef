#include "nn/torch/eager_network.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "nn/safetensors.h"
#include "source_folder.h"
#include "unit/nn/weight_files.h"

namespace nalasr::eager {
namespace {

std::vector<float> random_picture(int height, int width, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> uniform;
  std::vector<float> picture(static_cast<std::size_t>(3 * height * width));
  for (float& value : picture) value = uniform(random);
  return picture;
}

double largest_difference(const std::vector<float>& a, const std::vector<float>& b) {
  EXPECT_EQ(a.size(), b.size());
  double largest = 0;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    const double difference = std::abs(double{a[i]} - double{b[i]});
    if (!(difference <= largest)) largest = difference;  // NaN counts
  }
  return largest;
}

std::vector<float> run(const EagerNetwork& network, const std::vector<float>& picture, int height, int width,
                       int scale) {
  std::vector<float> output(static_cast<std::size_t>(3 * scale * height * scale * width), NAN);
  const auto done = network.run(picture, height, width, output);
  EXPECT_TRUE(done) << done.error().message;
  return output;
}

TEST(EagerNetwork, AgreesWithGoldenValuesOfTheTrainingPackage) {
  for (const int scale : {2, 4}) {
    const std::string base = test::source_folder() + "/tests/golden/tiny_x" + std::to_string(scale);
    const auto model = Model::load(base + ".safetensors");
    ASSERT_TRUE(model) << model.error().message;
    const auto io = safetensors::File::read(base + "_io.safetensors");
    ASSERT_TRUE(io) << io.error().message;
    const auto input = io->tensor("input");
    const auto golden = io->tensor("output");
    ASSERT_TRUE(input && golden);
    const int height = static_cast<int>(input->shape[1]), width = static_cast<int>(input->shape[2]);
    for (const auto& [precision, tolerance] : {std::pair(Precision::fp64, 1e-6), std::pair(Precision::fp32, 1e-4)}) {
      const auto network = EagerNetwork::create(**model, {.precision = precision});
      ASSERT_TRUE(network) << network.error().message;
      const auto output = run(*network, input->values, height, width, scale);
      EXPECT_LT(largest_difference(output, golden->values), tolerance) << "x" << scale;
    }
  }
}

TEST(EagerNetwork, RunsEverySizeScopeAndPrecision) {
  ModelSpec spec = testing::small_spec();
  spec.blocks = 4;
  spec.group = 3;
  spec.scopes = {{0}, {4}, {4}, {0}};
  const auto model = testing::random_model(spec, 2);
  ASSERT_TRUE(model);
  for (const Precision precision : {Precision::fp64, Precision::fp32, Precision::bf16}) {
    const auto network = EagerNetwork::create(*model, {.precision = precision});
    ASSERT_TRUE(network) << network.error().message;
    for (const auto& [height, width] : {std::pair(1, 1), std::pair(7, 13), std::pair(1, 20), std::pair(9, 4)}) {
      const auto output = run(*network, random_picture(height, width, 3), height, width, 2);
      for (const float value : output) ASSERT_TRUE(std::isfinite(value)) << height << "x" << width;
    }
  }
}

TEST(EagerNetwork, FeaturesAreThoseInsideTheNetwork) {
  const auto model = testing::random_model(testing::small_spec(), 2);
  ASSERT_TRUE(model);
  const auto network = EagerNetwork::create(*model, {.precision = Precision::fp64});
  ASSERT_TRUE(network);
  const auto picture = random_picture(3, 3, 4);
  const auto map = network->features(picture, 3, 3, 0);
  ASSERT_TRUE(map) << map.error().message;
  ASSERT_EQ(map->size(), 9u * 8u);
  // The head convolution at the centre of a 3x3 picture sees every pixel once: channel 5 by hand.
  const Tensor& weight = model->tensor("head.weight");
  double expected = model->tensor("head.bias").values[5];
  for (std::size_t i = 0; i < 27; ++i) expected += double{weight.values[5 * 27 + i]} * (double{picture[i]} - 0.5);
  EXPECT_NEAR(map->at(4 * 8 + 5), expected, 1e-6);
  EXPECT_TRUE(network->features(picture, 3, 3, 2));
  EXPECT_EQ(network->features(picture, 3, 3, 3).error().code, ErrorCode::invalid_argument);
}

TEST(EagerNetwork, SoftmaxIsAChoice) {
  const auto model = testing::random_model(testing::small_spec(), 2);
  ASSERT_TRUE(model);
  const auto nala = EagerNetwork::create(*model);
  const auto softmax = EagerNetwork::create(*model, {.attention = AttentionKind::softmax});
  ASSERT_TRUE(nala && softmax);
  const auto picture = random_picture(6, 5, 4);
  const double difference = largest_difference(run(*nala, picture, 6, 5, 2), run(*softmax, picture, 6, 5, 2));
  EXPECT_GT(difference, 1e-6);
  EXPECT_TRUE(std::isfinite(difference));

  // All tokens attend to all, whatever the scopes say.
  ModelSpec windowed = testing::small_spec();
  windowed.scopes[1].window = 8;
  const auto other = testing::random_model(windowed, 2);
  ASSERT_TRUE(other);
  const auto same = EagerNetwork::create(*other, {.attention = AttentionKind::softmax});
  ASSERT_TRUE(same);
  EXPECT_EQ(largest_difference(run(*softmax, picture, 6, 5, 2), run(*same, picture, 6, 5, 2)), 0);
}

TEST(EagerNetwork, SoftmaxWithItsMatrixInMemoryIsTheSame) {
  const auto model = testing::random_model(testing::small_spec(), 2);
  ASSERT_TRUE(model);
  const auto flash = EagerNetwork::create(*model, {.precision = Precision::fp64, .attention = AttentionKind::softmax});
  const auto whole =
      EagerNetwork::create(*model, {.precision = Precision::fp64, .attention = AttentionKind::softmax_materialised});
  ASSERT_TRUE(flash && whole);
  const auto picture = random_picture(7, 9, 4);
  EXPECT_LT(largest_difference(run(*flash, picture, 7, 9, 2), run(*whole, picture, 7, 9, 2)), 1e-6);
}

TEST(EagerNetwork, SoftmaxInWindowsSeesNoMoreThanItsWindow) {
  ModelSpec spec = testing::small_spec();
  const auto model = testing::random_model(spec, 2);
  ASSERT_TRUE(model);
  const auto windows = EagerNetwork::create(*model, {.attention = AttentionKind::softmax_window});
  const auto flash = EagerNetwork::create(*model, {.attention = AttentionKind::softmax});
  ASSERT_TRUE(windows && flash);
  // 13x41: windows at the edges are only partly inside, which the mask must hide; nothing may become NaN.
  auto picture = random_picture(13, 41, 4);
  const auto before = run(*windows, picture, 13, 41, 2), all_before = run(*flash, picture, 13, 41, 2);
  for (const double value : before) ASSERT_TRUE(std::isfinite(value));
  picture[40] = 1 - picture[40];  // the right end of the first row
  const auto after = run(*windows, picture, 13, 41, 2), all_after = run(*flash, picture, 13, 41, 2);
  EXPECT_EQ(before[0], after[0]);
  EXPECT_NE(all_before[0], all_after[0]);
}

TEST(EagerNetwork, BytesAreTheRoundedFloats) {
  const auto model = testing::random_model(testing::small_spec(), 2);
  ASSERT_TRUE(model);
  const auto network = EagerNetwork::create(*model);
  ASSERT_TRUE(network);
  constexpr int height = 5, width = 6, s = 2;
  std::vector<std::uint8_t> bytes(3 * height * width), result(bytes.size() * s * s);
  std::vector<float> planes(bytes.size()), floats(result.size());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<std::uint8_t>(37 * i);
    planes[i % 3 * height * width + i / 3] = static_cast<float>(bytes[i]) / 255;
  }
  ASSERT_TRUE(network->run_rgb8(bytes, height, width, result));
  ASSERT_TRUE(network->run(planes, height, width, floats));
  for (std::size_t i = 0; i < result.size(); ++i) {
    const float value = std::clamp(floats[i % 3 * (result.size() / 3) + i / 3], 0.0F, 1.0F) * 255;
    EXPECT_NEAR(result[i], value, 0.501) << i;
  }
  EXPECT_EQ(network->run_rgb8(bytes, height, width + 1, result).error().code, ErrorCode::invalid_argument);
}

TEST(EagerNetwork, WrongRequestsAreErrors) {
  const auto model = testing::random_model(testing::small_spec(), 2);
  ASSERT_TRUE(model);
  const auto network = EagerNetwork::create(*model);
  ASSERT_TRUE(network);
  std::vector<float> picture(3 * 4 * 4), output(3 * 8 * 8);
  EXPECT_TRUE(network->run(picture, 4, 4, output));
  EXPECT_EQ(network->run(picture, 4, 5, output).error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(network->run(picture, 0, 0, output).error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(network->run(picture, -4, -4, output).error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(network->run(picture, 4, 4, picture).error().code, ErrorCode::invalid_argument);
  const auto cuda = EagerNetwork::create(*model, {.device = Device::cuda});
  EXPECT_TRUE(cuda || cuda.error().code == ErrorCode::device_unavailable);
}

}  // namespace
}  // namespace nalasr::eager
