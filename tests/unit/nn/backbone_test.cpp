// The paper's four backbones: that block and attention build them, with the published number of parameters.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "nn/torch/eager_network.h"

namespace nalasr::eager {
namespace {

std::vector<float> random_pictures(int batch, int size, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> uniform(-1, 1);
  std::vector<float> pictures(static_cast<std::size_t>(batch * 3 * size * size));
  for (float& value : pictures) value = uniform(random);
  return pictures;
}

struct Published {
  char variant;
  double millions;  // parameters
  int size;         // of the picture in this test
};

class BackboneTest : public ::testing::TestWithParam<Published> {};

TEST_P(BackboneTest, HasThePublishedSizeAndRuns) {
  const auto& [variant, millions, size] = GetParam();
  const auto spec = published_backbone(variant);
  ASSERT_TRUE(spec) << spec.error().message;
  const auto backbone = Backbone::create(*spec, 1);
  ASSERT_TRUE(backbone) << backbone.error().message;
  EXPECT_NEAR(static_cast<double>(backbone->parameter_count()) / 1e6, millions, 0.05);
  const auto logits = backbone->run(random_pictures(1, size, 2), 1, size, size);
  ASSERT_TRUE(logits) << logits.error().message;
  ASSERT_EQ(logits->size(), 1000u);
  double spread = 0;
  for (const float value : *logits) {
    ASSERT_TRUE(std::isfinite(value));
    spread = std::max(spread, std::abs(double{value} - double{logits->front()}));
  }
  EXPECT_GT(spread, 1e-3);  // not all the same: something came through
}

INSTANTIATE_TEST_SUITE_P(Published, BackboneTest,
                         ::testing::Values(Published{'T', 15.9, 224}, Published{'S', 25.7, 64},
                                           Published{'B', 52.0, 64}, Published{'L', 95.4, 64}),
                         [](const auto& instance) { return std::string(1, instance.param.variant); });

BackboneSpec small() {
  BackboneSpec spec;
  spec.dims = {16, 16, 32, 32};
  spec.depths = {1, 1, 1, 1};
  spec.heads = {1, 2, 4, 8};
  spec.ffn_ratio = 2;
  spec.projection = 24;
  spec.classes = 10;
  return spec;
}

TEST(Backbone, SoftmaxLayerScaleAndDirectionMapAreChoices) {
  const auto pictures = random_pictures(2, 48, 3);
  std::vector<std::vector<float>> answers;
  const auto add = [&](const BackboneSpec& spec) {
    const auto backbone = Backbone::create(spec, 1);
    ASSERT_TRUE(backbone) << backbone.error().message;
    const auto logits = backbone->run(pictures, 2, 48, 48);
    ASSERT_TRUE(logits) << logits.error().message;
    ASSERT_EQ(logits->size(), 20u);
    for (const float value : *logits) ASSERT_TRUE(std::isfinite(value));
    answers.push_back(*logits);
  };
  BackboneSpec spec = small();
  add(spec);
  spec.attention[2] = spec.attention[3] = AttentionKind::softmax;  // as in the released code
  add(spec);
  spec.direction_map = DirectionMap::cosine;
  add(spec);
  ASSERT_EQ(answers.size(), 3u);
  EXPECT_NE(answers[0], answers[1]);
  EXPECT_NE(answers[1], answers[2]);

  // Layer scale adds two factors per channel and block.
  const auto with = Backbone::create(small(), 1);
  spec = small();
  spec.layer_scale = false;
  const auto without = Backbone::create(spec, 1);
  ASSERT_TRUE(with && without);
  EXPECT_EQ(with->parameter_count() - without->parameter_count(), 2 * (16 + 16 + 32 + 32));
}

TEST(Backbone, PicturesOfABatchDoNotMix) {
  const auto backbone = Backbone::create(small(), 1, {.precision = Precision::fp64});
  ASSERT_TRUE(backbone);
  const auto pictures = random_pictures(2, 32, 4);
  const std::vector<float> second(pictures.begin() + 3 * 32 * 32, pictures.end());
  const auto both = backbone->run(pictures, 2, 32, 32), alone = backbone->run(second, 1, 32, 32);
  ASSERT_TRUE(both && alone);
  for (std::size_t i = 0; i < 10; ++i) EXPECT_NEAR(both->at(10 + i), alone->at(i), 1e-5);
}

TEST(Backbone, WrongRequestsAreErrors) {
  EXPECT_EQ(published_backbone('X').error().code, ErrorCode::invalid_argument);
  BackboneSpec spec = small();
  spec.heads[1] = 3;
  EXPECT_EQ(Backbone::create(spec, 1).error().code, ErrorCode::invalid_argument);
  const auto backbone = Backbone::create(small(), 1);
  ASSERT_TRUE(backbone);
  EXPECT_EQ(backbone->run(std::vector<float>(5), 1, 32, 32).error().code, ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace nalasr::eager
