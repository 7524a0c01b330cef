// Which model is taken, and what happens where there is none.
#include <gtest/gtest.h>

#include <cstdint>
#include <nlohmann/json.hpp>

#include "integration/cli_support.h"
#include "nn/sha256.h"

namespace nalasr::test {
namespace {

namespace fs = std::filesystem;

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::string digest_of(const fs::path& file) {
  const std::string text = read_text(file);
  return sha256_hex({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

// A folder of models made of the two small ones.
class Models : public testing::Test {
 protected:
  void add(const std::string& name, int scale) {
    const std::string file = name + "_x" + std::to_string(scale) + ".safetensors";
    fs::create_directories(scratch_ / "models");
    fs::copy_file(tiny_model(scale), scratch_ / ("models/" + file));
    manifest_["models"].push_back({{"name", name},
                                   {"file", file},
                                   {"scale", scale},
                                   {"sha256", digest_of(tiny_model(scale))},
                                   {"parameters", 60000},
                                   {"title", "A small " + name},
                                   {"metrics", {{{"dataset", "Set5"}, {"psnr_y", 31.95}, {"ssim_y", 0.8912}}}}});
    write_text(scratch_ / "models/manifest.json", manifest_.dump());
  }

  Outcome nalasr(const Arguments& arguments) const {
    return run(arguments, {.environment = {{"NALASR_MODELS", (scratch_ / "models").string()}}});
  }
  // The output's width for an 8 x 4 input, and what was said.
  std::pair<int, Outcome> upscale(Arguments arguments) const {
    save_picture(scratch_ / "in.png", 8, 4);
    arguments.insert(arguments.begin(),
                     {"upscale", (scratch_ / "in.png").string(), "--overwrite", "-o", (scratch_ / "out.png").string()});
    Outcome outcome = nalasr(arguments);
    return {outcome.exit_code == 0 ? load(scratch_ / "out.png").info.width : 0, std::move(outcome)};
  }

  Scratch scratch_;
  nlohmann::json manifest_{{"format", 1}, {"models", nlohmann::json::array()}};
};

TEST_F(Models, AreListed) {
  add("light", 2);
  add("photo", 4);
  const Outcome outcome = nalasr({"models"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  const auto lines = lines_of(outcome.out);
  ASSERT_EQ(lines.size(), 3u) << outcome.out;
  EXPECT_EQ(lines[0].rfind("NAME ", 0), 0u);
  for (const char* part : {"light", "x2", "0.06M", "A small light", "light_x2.safetensors", "Set5 31.95 dB / 0.8912"}) {
    EXPECT_TRUE(contains(lines[1], part)) << lines[1];
  }
}

TEST_F(Models, TheBlindProtocolIsOneFigure) {
  add("photo", 4);
  manifest_["models"][0]["metrics"] = {{{"dataset", "Set14"}, {"degradation", "b1.6_n0"}, {"psnr_y", 27.4}},
                                       {{"dataset", "Set14"}, {"degradation", "blind"}, {"psnr_y", 26.3}}};
  write_text(scratch_ / "models/manifest.json", manifest_.dump());
  const std::string text = nalasr({"models"}).out;
  EXPECT_TRUE(contains(text, "Set14 (blind) 26.30 dB")) << text;
  EXPECT_FALSE(contains(text, "b1.6")) << text;
}

TEST_F(Models, TheDefaultIsPhotoAtFour) {
  add("light", 4);
  add("photo", 4);
  add("photo", 2);
  EXPECT_EQ(upscale({}).first, 32);
  EXPECT_TRUE(contains(nalasr({"info", (scratch_ / "in.png").string()}).out, "x4 by photo: 32 x 16"));
}

TEST_F(Models, TheScaleCountsMoreThanTheName) {
  add("photo", 4);
  add("light", 2);
  EXPECT_EQ(upscale({"-s", "2"}).first, 16);
  EXPECT_TRUE(contains(nalasr({"info", "-s", "2", (scratch_ / "in.png").string()}).out, "x2 by light"));
  EXPECT_TRUE(contains(nalasr({"info", "-s", "3", (scratch_ / "in.png").string()}).out, "x3 by photo"));
  EXPECT_TRUE(contains(nalasr({"info", "-s", "8", (scratch_ / "in.png").string()}).out, "x8 by photo"));
}

TEST_F(Models, AnyScaleComesFromTheNextLargerModel) {
  add("light", 2);
  add("light", 4);
  for (const auto& [scale, width] :
       {std::pair{"1", 8}, {"1.5", 12}, {"2", 16}, {"2.5", 20}, {"3", 24}, {"4", 32}, {"6.3", 50}, {"8", 64}}) {
    EXPECT_EQ(upscale({"-s", scale}).first, width) << scale;
  }
}

TEST_F(Models, ByNameOrPath) {
  add("light", 4);
  add("art", 2);
  EXPECT_EQ(upscale({"-m", "art"}).first, 16);
  EXPECT_EQ(upscale({"-m", tiny_model(2)}).first, 16);
  const auto [width, outcome] = upscale({"-m", "nothing"});
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_EQ(outcome.err,
            "nalasr: no model is called \"nothing\"; there are light (x4), art (x2); or give the path of a "
            ".safetensors file\n");
}

TEST_F(Models, UnavailableOnesAreExitCodeThree) {
  write_text(scratch_ / "models/empty", "");
  for (const Arguments& arguments :
       {Arguments{}, Arguments{"-m", "light"}, Arguments{"-m", (scratch_ / "gone.safetensors").string()},
        Arguments{"-m", (scratch_ / "in.png").string()}, Arguments{"-m", scratch_.path().string() + "/"}}) {
    const auto [width, outcome] = upscale(arguments);
    EXPECT_EQ(outcome.exit_code, 3) << outcome.err;
    EXPECT_EQ(lines_of(outcome.err).size(), 1u) << outcome.err;
  }
  EXPECT_EQ(nalasr({"models"}).exit_code, 3);

  add("light", 2);
  write_text(scratch_ / "models/light_x2.safetensors", read_text(tiny_model(4)));  // not what the manifest says
  const auto [width, outcome] = upscale({});
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_TRUE(contains(outcome.err, "SHA-256")) << outcome.err;
}

TEST_F(Models, InfoDescribesPicturesWithoutThem) {
  save_picture(scratch_ / "in.png", 8, 4);
  fs::create_directories(scratch_ / "models");
  const Outcome outcome = nalasr({"info", (scratch_ / "in.png").string()});
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_TRUE(contains(outcome.out, "8 x 4")) << outcome.out;
  EXPECT_EQ(lines_of(outcome.err).size(), 1u) << outcome.err;
}

}  // namespace
}  // namespace nalasr::test
