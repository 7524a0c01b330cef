#include "nn/safetensors.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstring>
#include <initializer_list>
#include <limits>
#include <string>
#include <string_view>

#include "base/half.h"
#include "source_folder.h"
#include "unit/nn/weight_files.h"

namespace nalasr::safetensors {
namespace {

using nalasr::testing::raw_file;
using nalasr::testing::TemporaryFolder;

TEST(Half, AllBitPatternsSurviveTheRoundTrip) {
  for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
    const auto half = static_cast<std::uint16_t>(bits);
    const float value = half_to_float(half);
    const float wide = bfloat16_to_float(half);
    if (std::isnan(value)) {
      EXPECT_TRUE(std::isnan(half_to_float(float_to_half(value))));
    } else {
      ASSERT_EQ(float_to_half(value), half) << bits;
    }
    if (std::isnan(wide)) {
      EXPECT_TRUE(std::isnan(bfloat16_to_float(float_to_bfloat16(wide))));
    } else {
      ASSERT_EQ(float_to_bfloat16(wide), half) << bits;
    }
  }
}

TEST(Half, RoundsToNearestEven) {
  EXPECT_EQ(half_to_float(float_to_half(1.0f + 0x1p-11f)), 1.0f);              // a tie goes to even
  EXPECT_EQ(half_to_float(float_to_half(1.0f + 0x1.8p-10f)), 1.0f + 0x1p-9f);  // and upwards
  EXPECT_EQ(half_to_float(float_to_half(65519.0f)), 65504.0f);                 // the largest finite half
  EXPECT_TRUE(std::isinf(half_to_float(float_to_half(65520.0f))));             // a tie to the next: infinity
  EXPECT_EQ(half_to_float(float_to_half(0x1.8p-24f)), 0x1p-23f);               // subnormal tie
  EXPECT_EQ(half_to_float(float_to_half(-0x1p-26f)), 0.0f);                    // underflow keeps the sign
  EXPECT_TRUE(std::signbit(half_to_float(float_to_half(-0x1p-26f))));
  EXPECT_EQ(bfloat16_to_float(float_to_bfloat16(1.0f + 0x1p-8f)), 1.0f);
}

TEST(Half, KnownValues) {
  EXPECT_EQ(half_to_float(0x3c00), 1.0f);
  EXPECT_EQ(half_to_float(0xc000), -2.0f);
  EXPECT_EQ(half_to_float(0x7bff), 65504.0f);
  EXPECT_EQ(half_to_float(0x0001), 0x1p-24f);
  EXPECT_TRUE(std::isinf(half_to_float(0xfc00)));
  EXPECT_EQ(bfloat16_to_float(0x4049), 3.140625f);
}

TEST(Safetensors, ReadsWhatItWritesInEveryDtype) {
  const std::array<float, 6> values = {0.0f, 1.0f, -2.5f, 0.099975586f, 0x1p-24f, -60000.0f};
  const std::array<double, 3> precise = {1.0 / 3.0, -1e300, 5e-324};
  Writer writer;
  writer.add("half", {2, 3}, values, Dtype::f16);
  writer.add("single", {6}, values);
  writer.add("double", {3, 1}, precise);
  writer.add("scalar", {}, std::span(values).first(1));
  writer.add("empty", {0, 7}, std::span<const float>());
  const std::array<float, 2> brain = {3.140625f, -0x1p100f};
  writer.add("brain", {1, 2}, brain, Dtype::bf16);
  writer.set_metadata("licence", "ünïcode \"quoted\"\n");

  const TemporaryFolder folder;
  ASSERT_TRUE(writer.write(folder / "a.safetensors"));
  const auto file = File::read(folder / "a.safetensors");
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(file->metadata().at("licence"), "ünïcode \"quoted\"\n");
  EXPECT_EQ(file->entries().size(), 6u);
  EXPECT_TRUE(file->has("half"));
  EXPECT_FALSE(file->has("hal"));

  const auto half = file->tensor("half");
  ASSERT_TRUE(half);
  EXPECT_EQ(half->shape, (std::vector<std::int64_t>{2, 3}));
  EXPECT_EQ(half->values, std::vector<float>(values.begin(), values.end()));  // chosen to be exact
  EXPECT_EQ(*file->floats("single"), std::vector<float>(values.begin(), values.end()));
  EXPECT_EQ(*file->floats("brain"), std::vector<float>(brain.begin(), brain.end()));
  EXPECT_EQ(*file->doubles("double"), std::vector<double>(precise.begin(), precise.end()));
  EXPECT_EQ(file->floats("double")->at(0), static_cast<float>(1.0 / 3.0));
  EXPECT_EQ(file->doubles("half")->at(2), -2.5);
  EXPECT_TRUE(file->tensor("scalar")->shape.empty());
  EXPECT_EQ(file->floats("scalar")->size(), 1u);
  EXPECT_TRUE(file->floats("empty")->empty());
  EXPECT_EQ(file->floats("nothing").error().code, ErrorCode::not_found);
}

TEST(Safetensors, WriterRefusesWhatCannotBeRead) {
  const std::array<float, 4> values{};
  Writer wrong_shape;
  wrong_shape.add("a", {3}, values);
  EXPECT_EQ(wrong_shape.bytes().error().code, ErrorCode::invalid_argument);
  Writer twice;
  twice.add("a", {4}, values);
  twice.add("a", {4}, values);
  EXPECT_EQ(twice.bytes().error().code, ErrorCode::invalid_argument);
  Writer good;
  good.add("a", {4}, values);
  EXPECT_EQ(good.write("/nonexistent/folder/a").error().code, ErrorCode::io);
}

TEST(Safetensors, ReadsGoldenFilesOfTheReferenceWriter) {
  for (const char* name : {"nala_cosine", "nala_relu_split"}) {
    const auto file = File::read(test::source_folder() + "/tests/golden/" + name + ".safetensors");
    ASSERT_TRUE(file) << file.error().message;
    EXPECT_EQ(file->metadata().at("height"), "9");
    EXPECT_EQ(file->tensor("q")->shape, (std::vector<std::int64_t>{2, 63, 32}));
  }
}

TEST(Safetensors, MissingAndOddFiles) {
  const TemporaryFolder folder;
  EXPECT_EQ(File::read(folder / "missing").error().code, ErrorCode::not_found);
  EXPECT_EQ(File::read(folder.path()).error().code, ErrorCode::io);
  EXPECT_EQ(File::read("/dev/zero").error().code, ErrorCode::io);
  nalasr::testing::write_file(folder / "long", raw_file("{}", 100));
  EXPECT_EQ(File::read(folder / "long", 50).error().code, ErrorCode::unsupported);
}

// A header that is wrong in one way, and the kind of error it must give.
struct Hostile {
  const char* what;
  std::string header;
  std::size_t data_bytes;
  ErrorCode code = ErrorCode::corrupt;
};

// Appends one by one: GCC 12 warns wrongly about "literal" + string (-Wrestrict).
std::string joined(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const std::string_view part : parts) text += part;
  return text;
}

std::string tensor(std::string_view name, std::string_view fields) { return joined({"\"", name, "\":{", fields, "}"}); }
std::string f32(std::string_view name, std::string_view shape, std::string_view offsets) {
  return tensor(name, joined({R"("dtype":"F32","shape":)", shape, R"(,"data_offsets":)", offsets}));
}
// A header of these tensors.
std::string header(std::initializer_list<std::string_view> tensors) {
  std::string text = "{";
  for (const std::string_view item : tensors) text.append(text.size() > 1 ? "," : "").append(item);
  return text + "}";
}

std::vector<Hostile> hostile_headers() {
  const std::string nested(100'000, '[');
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += "{\"a\":";
  return {
      {"no JSON", "hello", 0},
      {"empty", "", 0},
      {"byte order mark", "\xef\xbb\xbf{}", 0},
      {"space before", " {}", 0},
      {"array", "[]", 0},
      {"cut off", R"({"a":{"dtype":"F32")", 0},
      {"text after", "{} {}", 0},
      {"not UTF-8", "{\"\xff\xfe\":{}}", 0},
      {"overlong UTF-8", "{\"\xc0\xaf\":{}}", 0},
      {"lone surrogate", R"({"\ud800":{}})", 0},
      {"NUL in the text", std::string("{\"a\0\":{}}", 9), 0},
      {"null tensor", R"({"a":null})", 0},
      {"number tensor", R"({"a":1})", 0},
      {"boolean tensor", R"({"a":true})", 0},
      {"string tensor", R"({"a":"b"})", 0},
      {"array tensor", R"({"a":[]})", 0},
      {"empty tensor", R"({"a":{}})", 0},
      {"no dtype", header({tensor("a", R"("shape":[1],"data_offsets":[0,4])")}), 4},
      {"no shape", header({tensor("a", R"("dtype":"F32","data_offsets":[0,4])")}), 4},
      {"no offsets", header({tensor("a", R"("dtype":"F32","shape":[1])")}), 4},
      {"field twice", header({tensor("a", R"("shape":[1],"shape":[1],"dtype":"F32","data_offsets":[0,4])")}), 4},
      {"unknown field", header({tensor("a", R"("dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1)")}), 4},
      {"name twice", header({f32("a", "[1]", "[0,4]"), f32("a", "[1]", "[4,8]")}), 8},
      {"integer dtype", header({tensor("a", R"("dtype":"I32","shape":[1],"data_offsets":[0,4])")}), 4,
       ErrorCode::unsupported},
      {"dtype of nonsense", header({tensor("a", R"("dtype":"\u0007","shape":[1],"data_offsets":[0,4])")}), 4,
       ErrorCode::unsupported},
      {"dtype a number", header({tensor("a", R"("dtype":32,"shape":[1],"data_offsets":[0,4])")}), 4},
      {"dtype an array", header({tensor("a", R"("dtype":["F32"],"shape":[1],"data_offsets":[0,4])")}), 4},
      {"shape a number", header({f32("a", "1", "[0,4]")}), 4},
      {"shape a string", header({f32("a", "\"1\"", "[0,4]")}), 4},
      {"shape of strings", header({f32("a", "[\"1\"]", "[0,4]")}), 4},
      {"nested shape", header({f32("a", "[[1]]", "[0,4]")}), 4},
      {"negative dimension", header({f32("a", "[-1]", "[0,4]")}), 4},
      {"two negative dimensions", header({f32("a", "[-1,-1]", "[0,4]")}), 4},
      {"fractional dimension", header({f32("a", "[1.0]", "[0,4]")}), 4},
      {"dimension over 63 bits", header({f32("a", "[9223372036854775808]", "[0,4]")}), 4},
      {"dimension over 64 bits", header({f32("a", "[36893488147419103233]", "[0,4]")}), 4},
      {"dimension over everything", header({f32("a", "[1e999]", "[0,4]")}), 4},
      {"product overflow", header({f32("a", "[4294967296,4294967296]", "[0,4]")}), 4},
      {"product overflow to the right size", header({f32("a", "[2305843009213693952,2]", "[0,0]")}), 0},
      {"nine dimensions", header({f32("a", "[1,1,1,1,1,1,1,1,1]", "[0,4]")}), 4, ErrorCode::unsupported},
      {"shape too large", header({f32("a", "[2]", "[0,4]")}), 4},
      {"shape too small", header({f32("a", "[1]", "[0,8]")}), 8},
      {"odd bytes", header({f32("a", "[1]", "[0,5]")}), 5},
      {"one offset", header({f32("a", "[1]", "[0]")}), 4},
      {"three offsets", header({f32("a", "[1]", "[0,4,4]")}), 4},
      {"negative offset", header({f32("a", "[1]", "[-4,0]")}), 4},
      {"offsets swapped", header({f32("a", "[1]", "[4,0]")}), 4},
      {"beyond the file", header({f32("a", "[2]", "[0,8]")}), 4},
      {"far beyond the file", header({f32("a", "[1]", "[18446744073709551612,18446744073709551615]")}), 4},
      {"huge claim", header({f32("a", "[1000000000000]", "[0,4000000000000]")}), 4},
      {"overlap", header({f32("a", "[2]", "[0,8]"), f32("b", "[2]", "[4,12]")}), 12},
      {"same place", header({f32("a", "[1]", "[0,4]"), f32("b", "[1]", "[0,4]")}), 4},
      {"gap", header({f32("a", "[1]", "[0,4]"), f32("b", "[1]", "[8,12]")}), 12},
      {"gap at the start", header({f32("a", "[1]", "[4,8]")}), 8},
      {"bytes left over", header({f32("a", "[1]", "[0,4]")}), 5},
      {"data without tensors", "{}", 1},
      {"metadata a string", R"({"__metadata__":"x"})", 0},
      {"metadata of numbers", R"({"__metadata__":{"a":1}})", 0},
      {"metadata nested", R"({"__metadata__":{"a":{}}})", 0},
      {"metadata twice", R"({"__metadata__":{},"__metadata__":{}})", 0},
      {"metadata key twice", R"({"__metadata__":{"a":"1","a":"2"}})", 0},
      {"deep arrays", joined({"{\"a\":", nested}), 0},
      {"deep objects", objects, 0},
  };
}

TEST(Safetensors, HostileHeadersGiveOneClearLine) {
  for (const Hostile& hostile : hostile_headers()) {
    const auto file = File::parse(raw_file(hostile.header, hostile.data_bytes));
    ASSERT_FALSE(file) << hostile.what;
    EXPECT_EQ(file.error().code, hostile.code) << hostile.what << ": " << file.error().message;
    EXPECT_FALSE(file.error().message.empty()) << hostile.what;
    EXPECT_LT(file.error().message.size(), 250u) << hostile.what;
    for (const char c : file.error().message) EXPECT_TRUE(c >= 0x20 && c < 0x7f) << hostile.what;
  }
}

TEST(Safetensors, EmptyFilesAreValid) {
  EXPECT_TRUE(File::parse(raw_file("{}", 0)));
  EXPECT_TRUE(File::parse(raw_file("{}      ", 0)));  // the reference writer pads with spaces
  EXPECT_TRUE(File::parse(raw_file(R"({"__metadata__":{}})", 0)));
  EXPECT_TRUE(File::parse(raw_file(header({f32("a", "[0]", "[0,0]"), f32("b", "[0]", "[0,0]")}), 0)));
}

TEST(Safetensors, HostileHeaderLengths) {
  auto bytes = raw_file(header({f32("a", "[1]", "[0,4]")}), 4);
  ASSERT_TRUE(File::parse(bytes));
  for (const std::uint64_t length :
       {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{bytes.size() - 7}, File::kMaxHeaderBytes,
        File::kMaxHeaderBytes + 1, std::uint64_t{1} << 63, std::numeric_limits<std::uint64_t>::max()}) {
    std::memcpy(bytes.data(), &length, sizeof(length));
    const auto file = File::parse(bytes);
    ASSERT_FALSE(file) << length;
    EXPECT_EQ(file.error().code, ErrorCode::corrupt) << length;
  }
}

nalasr::testing::Bytes typical_file() {
  const std::array<float, 3> values = {1, 2, 3};
  Writer writer;
  writer.set_metadata("format", "nalasr-1");
  writer.add("a.weight", {3, 1}, values);
  writer.add("a.bias", {3}, values, Dtype::f16);
  writer.add("b", {}, std::span(values).first(1), Dtype::bf16);
  return *writer.bytes();
}

TEST(Safetensors, TruncationAtEveryByteIsAnError) {
  const auto bytes = typical_file();
  ASSERT_TRUE(File::parse(bytes));
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    const auto file = File::parse({bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length)});
    ASSERT_FALSE(file) << length;
    EXPECT_EQ(file.error().code, ErrorCode::corrupt) << length;
  }
}

TEST(Safetensors, RandomDamageNeverCrashes) {
  const auto good = typical_file();
  std::mt19937 random(5);
  const auto below = [&random](std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random); };
  int accepted = 0;
  for (int round = 0; round < 20'000; ++round) {
    auto bytes = good;
    for (std::size_t i = 0, flips = 1 + below(4); i < flips; ++i) {
      bytes[below(bytes.size())] ^= static_cast<std::uint8_t>(1u << below(8));
    }
    const auto file = File::parse(std::move(bytes));
    if (!file) continue;
    ++accepted;
    for (const auto& [name, entry] : file->entries()) { EXPECT_EQ(file->floats(name)->size(), entry.count()); }
  }
  EXPECT_GT(accepted, 0);  // flips in the data do no harm to the format
}

}  // namespace
}  // namespace nalasr::safetensors
