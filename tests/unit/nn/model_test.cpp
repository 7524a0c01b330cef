#include "nalasr/model.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "nn/sha256.h"
#include "source_folder.h"
#include "unit/nn/weight_files.h"

namespace nalasr {
namespace {

using safetensors::Dtype;
using testing::model_writer;
using testing::random_tensors;
using testing::small_spec;
using testing::TemporaryFolder;

const std::string kGolden = test::source_folder() + "/tests/golden/";

/// The error of a model file with these tensors; fails the test where there is none.
Error error_of(const safetensors::Writer& writer) {
  const auto parts = read_model(*writer.bytes());
  EXPECT_FALSE(parts);
  return parts ? Error{} : parts.error();
}

TEST(Model, LoadsEveryDtype) {
  const auto tensors = random_tensors(small_spec(), 1);
  const TemporaryFolder folder;
  for (const Dtype dtype : {Dtype::f64, Dtype::f32, Dtype::f16, Dtype::bf16}) {
    const auto path = folder / (std::string("small_") + safetensors::name_of(dtype) + ".safetensors");
    ASSERT_TRUE(model_writer(small_spec(), tensors, dtype).write(path));
    const auto model = Model::load(path);
    ASSERT_TRUE(model) << model.error().message;
    EXPECT_EQ((*model)->name(), std::string("small_") + safetensors::name_of(dtype));
    EXPECT_EQ((*model)->spec(), small_spec());
    EXPECT_EQ((*model)->tensors().size(), tensors.size());
    const auto& read = (*model)->tensor("blocks.1.qkvg.weight").values;
    const auto& written = tensors.at("blocks.1.qkvg.weight").values;
    for (std::size_t i = 0; i < read.size(); ++i) {
      EXPECT_NEAR(read[i], written[i], dtype == Dtype::bf16 ? 0x1p-8 * 2 : dtype == Dtype::f16 ? 0x1p-11 * 2 : 0);
    }
  }
}

TEST(Model, LoadsGoldenFilesOfTheTrainingPackage) {
  const auto two = Model::load(kGolden + "tiny_x2.safetensors"), four = Model::load(kGolden + "tiny_x4.safetensors");
  ASSERT_TRUE(two) << two.error().message;
  ASSERT_TRUE(four) << four.error().message;
  EXPECT_EQ((*two)->spec().scale, 2);
  EXPECT_EQ((*two)->spec().direction_map, DirectionMap::relu_split);
  EXPECT_EQ((*two)->parameter_count(), 58'380);
  EXPECT_EQ((*four)->spec().direction_map, DirectionMap::cosine);
  EXPECT_EQ((*four)->parameter_count(), 68'784);
}

TEST(Model, ChecksTheHash) {
  const TemporaryFolder folder;
  const auto path = folder / "small.safetensors";
  const auto bytes = *model_writer(small_spec(), random_tensors(small_spec(), 1)).bytes();
  testing::write_file(path, bytes);
  const std::string digest = sha256_hex(bytes);
  EXPECT_TRUE(Model::load(path, digest));
  std::string upper = digest;
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  EXPECT_TRUE(Model::load(path, upper));
  for (const std::string& wrong : {std::string(64, '0'), digest.substr(1), digest + "0", std::string("x")}) {
    const auto model = Model::load(path, wrong);
    ASSERT_FALSE(model);
    EXPECT_EQ(model.error().code, ErrorCode::corrupt);
    EXPECT_NE(model.error().message.find("SHA-256"), std::string::npos);
  }
}

TEST(Model, BlendsTwoOfOneArchitecture) {
  const auto plain = testing::random_model(small_spec(), 1), sharp = testing::random_model(small_spec(), 2);
  const auto none = Model::blend(plain, *sharp, 0), quarter = Model::blend(plain, *sharp, 0.25),
             all = Model::blend(plain, *sharp, 1);
  ASSERT_TRUE(none && quarter && all);
  EXPECT_EQ(*none, plain);  // not a copy: whatever is made with it is what it always was
  EXPECT_EQ((*quarter)->spec(), small_spec());
  ASSERT_EQ((*quarter)->tensors().size(), plain->tensors().size());
  for (const auto& [name, tensor] : (*quarter)->tensors()) {
    const auto &from = plain->tensor(name).values, &to = sharp->tensor(name).values;
    EXPECT_EQ((*all)->tensor(name).values, to);
    EXPECT_EQ(tensor.shape, plain->tensor(name).shape);
    for (std::size_t i = 0; i < from.size(); ++i) EXPECT_NEAR(tensor.values[i], 0.75 * from[i] + 0.25 * to[i], 1e-6);
  }
  // Each blend has a name of its own to tell its results by.
  const auto half = Model::blend(plain, *sharp, 0.5);
  ASSERT_TRUE(half);
  const std::set<std::string> digests{plain->sha256(), sharp->sha256(), (*quarter)->sha256(), (*half)->sha256(),
                                      (*all)->sha256()};
  EXPECT_EQ(digests.size(), 5u);
  EXPECT_EQ((*half)->sha256().size(), 64u);
  EXPECT_EQ((*half)->name(), "random blended by 0.5 with random");
}

TEST(Model, BlendsNothingElse) {
  const auto plain = testing::random_model(small_spec(), 1);
  ModelSpec other = small_spec();
  other.scale = 4;
  for (const auto& blend :
       {Model::blend(plain, *testing::random_model(other, 2), 0.5), Model::blend(plain, *plain, -0.1),
        Model::blend(plain, *plain, 1.1), Model::blend(plain, *plain, std::nan(""))}) {
    ASSERT_FALSE(blend);
    EXPECT_EQ(blend.error().code, ErrorCode::invalid_argument);
    EXPECT_FALSE(blend.error().message.empty());
  }
}

TEST(Model, MissingFile) {
  EXPECT_EQ(Model::load("/nonexistent/model.safetensors").error().code, ErrorCode::not_found);
  EXPECT_EQ(Model::load("/").error().code, ErrorCode::io);
}

TEST(Model, TensorsMustMatchTheSpec) {
  const auto good = random_tensors(small_spec(), 1);
  for (const auto& [name, tensor] : good) {
    auto missing = good;
    missing.erase(name);
    EXPECT_EQ(error_of(model_writer(small_spec(), missing)).message, "lacks tensor '" + name + "'");
  }
  auto extra = good;
  extra["blocks.2.gamma1"] = extra.at("blocks.1.gamma1");
  EXPECT_EQ(error_of(model_writer(small_spec(), extra)).code, ErrorCode::corrupt);

  auto transposed = good;
  transposed.at("blocks.0.fc1.weight").shape = {8, 16};
  EXPECT_EQ(error_of(model_writer(small_spec(), transposed)).message,
            "tensor 'blocks.0.fc1.weight' has shape [8, 16], not [16, 8]");
  auto flat = good;
  flat.at("head.weight").shape = {8 * 27};
  EXPECT_EQ(error_of(model_writer(small_spec(), flat)).code, ErrorCode::corrupt);
}

TEST(Model, ValuesMustBeFinite) {
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
                          -std::numeric_limits<float>::infinity()}) {
    auto tensors = random_tensors(small_spec(), 1);
    tensors.at("tail.bias").values.back() = bad;
    EXPECT_EQ(error_of(model_writer(small_spec(), tensors)).message, "tensor 'tail.bias' holds NaN or infinity");
  }
}

TEST(Model, MetadataMustSayWhatItIs) {
  const auto tensors = random_tensors(small_spec(), 1);
  safetensors::Writer plain;
  EXPECT_EQ(error_of(plain).code, ErrorCode::unsupported);
  auto newer = model_writer(small_spec(), tensors);
  newer.set_metadata("format", "nalasr-2");
  EXPECT_EQ(error_of(newer).code, ErrorCode::unsupported);
  auto broken = model_writer(small_spec(), tensors);
  broken.set_metadata("spec", "{");
  EXPECT_EQ(error_of(broken).code, ErrorCode::corrupt);
  auto other = model_writer(small_spec(), tensors);  // a spec that asks for far more than the file holds
  other.set_metadata("spec", R"({"architecture":"nalasr","dim":2048,"heads":1,"blocks":512})");
  EXPECT_EQ(error_of(other).code, ErrorCode::corrupt);
}

TEST(Model, TruncatedAndDamagedFiles) {
  const auto bytes = *model_writer(small_spec(), random_tensors(small_spec(), 1)).bytes();
  ASSERT_TRUE(read_model(bytes));
  std::mt19937 random(9);
  for (int i = 0; i < 300; ++i) {
    const auto length = std::uniform_int_distribution<std::ptrdiff_t>(0, std::ssize(bytes) - 1)(random);
    EXPECT_FALSE(read_model({bytes.begin(), bytes.begin() + length}));
    auto damaged = bytes;
    damaged[static_cast<std::size_t>(length)] ^= static_cast<std::uint8_t>(1u << (i % 8));
    (void)read_model(damaged);  // any answer but a crash
  }
}

}  // namespace
}  // namespace nalasr
