#include "nn/spec.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace nalasr {
namespace {

using nlohmann::json;

TEST(Spec, DefaultsAreThoseOfTheLightNetwork) {
  const auto spec = parse_spec(R"({"architecture":"nalasr"})");
  ASSERT_TRUE(spec) << spec.error().message;
  ModelSpec expected;
  expected.scopes.resize(12);
  EXPECT_EQ(*spec, expected);
  std::int64_t parameters = 0;
  for (const auto& [name, shape] : expected_tensors(*spec)) {
    std::int64_t count = 1;
    for (const std::int64_t dimension : shape) count *= dimension;
    parameters += count;
  }
  EXPECT_EQ(parameters, 645'616);  // what PyTorch counts for the same network
}

TEST(Spec, SurvivesTheRoundTrip) {
  ModelSpec spec;
  spec.scale = 3;
  spec.dim = 48;
  spec.heads = 3;
  spec.blocks = 5;
  spec.group = 2;
  spec.ffn_ratio = 1.5;
  spec.direction_map = DirectionMap::relu_split;
  spec.lambda = 2.5;
  spec.tau = 0.25;
  spec.alpha = 7;
  spec.rotary = RotaryEmbedding::none;
  spec.rotary_base = 100;
  spec.scopes = {{0}, {32}, {16}, {0}, {8}};
  const auto read = parse_spec(spec_json(spec));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, spec);
}

TEST(Spec, RotarySpanComesBack) {
  ModelSpec spec;
  spec.rotary_span = 96;
  spec.scopes.resize(12);
  const auto read = parse_spec(spec_json(spec));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, spec);
}

TEST(Spec, EveryOtherWindowedBlockIsShifted) {
  ModelSpec spec;
  spec.scopes = {{0}, {32}, {0}, {16}, {32}, {8}};
  std::vector<int> shifts;
  for (int i = 0; i < 6; ++i) shifts.push_back(window_shift(spec, i));
  EXPECT_EQ(shifts, (std::vector<int>{0, 0, 0, 8, 0, 4}));
}

TEST(Spec, ExpectedTensorsHaveTheStateDictNames) {
  ModelSpec spec;
  spec.scale = 2;
  spec.dim = 8;
  spec.heads = 1;
  spec.blocks = 3;
  spec.group = 2;
  spec.scopes.resize(3);
  const auto tensors = expected_tensors(spec);
  using Shape = std::vector<std::int64_t>;
  EXPECT_EQ(tensors.size(), 2u + 3 * 24 + 2 * 2 + 2);
  EXPECT_EQ(tensors.at("head.weight"), (Shape{8, 3, 3, 3}));
  EXPECT_EQ(tensors.at("blocks.2.qkvg.weight"), (Shape{32, 8}));
  EXPECT_EQ(tensors.at("blocks.0.lepe.weight"), (Shape{8, 1, 5, 5}));
  EXPECT_EQ(tensors.at("blocks.1.fc2.weight"), (Shape{8, 16}));
  EXPECT_EQ(tensors.at("blocks.1.fc2.bias"), (Shape{8}));
  EXPECT_EQ(tensors.at("groups.1.weight"), (Shape{8, 8, 3, 3}));
  EXPECT_EQ(tensors.at("tail.bias"), (Shape{12}));
  EXPECT_FALSE(tensors.contains("groups.2.weight"));
}

TEST(Spec, HostileValuesAreErrors) {
  const json good = json::parse(R"({"architecture":"nalasr","dim":64,"heads":2,"blocks":2,"group":2})");
  ASSERT_TRUE(parse_spec(good.dump()));
  const std::vector<std::pair<const char*, json>> changes = {{"scale", 0},
                                                             {"scale", -1},
                                                             {"scale", 1e9},
                                                             {"scale", 2.5},
                                                             {"scale", "4"},
                                                             {"scale", nullptr},
                                                             {"dim", 0},
                                                             {"dim", -64},
                                                             {"dim", 66},
                                                             {"dim", 4096},
                                                             {"dim", 4294967360},
                                                             {"heads", 0},
                                                             {"heads", -2},
                                                             {"heads", 3},
                                                             {"heads", 32},
                                                             {"heads", 2147483648},
                                                             {"blocks", 0},
                                                             {"blocks", 100000},
                                                             {"blocks", 18446744073709551615u},
                                                             {"group", 0},
                                                             {"group", -1},
                                                             {"ffn_ratio", 0},
                                                             {"ffn_ratio", -2},
                                                             {"ffn_ratio", 1e300},
                                                             {"ffn_ratio", 0.3},
                                                             {"ffn_ratio", "2"},
                                                             {"lambda", 0},
                                                             {"lambda", -3},
                                                             {"lambda", 1e9},
                                                             {"tau", -1},
                                                             {"alpha", 0},
                                                             {"alpha", 1e12},
                                                             {"rotary_base", 0},
                                                             {"rotary_base", -1e4},
                                                             {"rotary_span", -1},
                                                             {"rotary_span", 1e9},
                                                             {"scopes", "global"},
                                                             {"scopes", {1, 2}},
                                                             {"scopes", {"global"}},
                                                             {"scopes", {"global", "window:0"}},
                                                             {"scopes", {"global", "window:-8"}},
                                                             {"scopes", {"global", "window:"}},
                                                             {"scopes", {"global", "window:8x"}},
                                                             {"scopes", {"global", "window:99999999999"}},
                                                             {"scopes", {"global", "window:5000"}}};
  for (const auto& [key, value] : changes) {
    json bad = good;
    bad[key] = value;
    const auto spec = parse_spec(bad.dump());
    ASSERT_FALSE(spec) << bad.dump();
    EXPECT_EQ(spec.error().code, ErrorCode::corrupt) << bad.dump();
  }
}

TEST(Spec, WindowsMayNotBeLargerThanTheRotarySpan) {
  const std::string common = R"({"architecture":"nalasr","blocks":2,"rotary_span":32,"scopes":["global","window:)";
  const auto fits = parse_spec(common + R"(32"]})"), larger = parse_spec(common + R"(33"]})");
  ASSERT_TRUE(fits) << fits.error().message;
  EXPECT_TRUE(near_counts_otherwise(*fits));
  EXPECT_FALSE(near_counts_otherwise(ModelSpec{}));
  ASSERT_FALSE(larger);
  EXPECT_EQ(larger.error().code, ErrorCode::corrupt);
}

TEST(Spec, CellsAreOfOneSizeAndWithinReach) {
  const auto parsed = [](const std::string& scopes) {
    return parse_spec(R"({"architecture":"nalasr","blocks":2,"rotary_span":96,"scopes":[)" + scopes + "]}");
  };
  const auto good = parsed(R"("global","around:32")");
  ASSERT_TRUE(good);
  EXPECT_EQ(cell_of(*good), 32);
  EXPECT_TRUE(good->scopes[1].needs_barrier() && !good->scopes[1].is_global() && near_counts_otherwise(*good));
  const auto again = parse_spec(spec_json(*good));
  ASSERT_TRUE(again);
  EXPECT_EQ(*again, *good);
  for (const char* bad : {R"("around:40","global")", R"("around:32","around:16")", R"("around:12","global")",
                          R"("around:","global")", R"("around:0","global")", R"("around","global")"}) {
    const auto spec = parsed(bad);
    ASSERT_FALSE(spec) << bad;
    EXPECT_EQ(spec.error().code, ErrorCode::corrupt) << bad;
  }
}

TEST(Spec, WhatANewerProgramMayKnowIsUnsupported) {
  for (const char* text :
       {R"({"architecture":"other"})", R"({"architecture":7})", R"({"architecture":"nalasr","colour":"red"})",
        R"({"architecture":"nalasr","direction_map":"sine"})", R"({"architecture":"nalasr","direction_map":3})",
        R"({"architecture":"nalasr","blocks":1,"scopes":["uniform"]})"}) {
    const auto spec = parse_spec(text);
    ASSERT_FALSE(spec) << text;
    EXPECT_EQ(spec.error().code, ErrorCode::unsupported) << text;
    EXPECT_FALSE(spec.error().hint.empty());
  }
}

TEST(Spec, TextThatIsNoSpec) {
  for (const std::string& text :
       {std::string(), std::string("{"), std::string("[]"), std::string("null"), std::string("{}"),
        std::string(R"({"architecture":"nalasr","scopes":[[[[[[]]]]]]})"), std::string(1'000'000, '['),
        R"({"architecture":")" + std::string(100'000, 'x') + "\"}", std::string("{\"\xff\":1}")}) {
    const auto spec = parse_spec(text);
    ASSERT_FALSE(spec) << text.substr(0, 50);
    EXPECT_EQ(spec.error().code, ErrorCode::corrupt) << text.substr(0, 50);
  }
}

}  // namespace
}  // namespace nalasr
