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

  // photo x2, which adds nothing to the interpolated input, and photo-sharp x2, which adds something.
  void add_sharper_pair() {
    add("photo", 2);
    add("photo-sharp", 2);
    const fs::path plain = scratch_ / "models/photo_x2.safetensors";
    write_plain_model(plain);
    manifest_["models"][0]["sha256"] = digest_of(plain);
    manifest_["models"][1]["sharpens"] = "photo";
    write_text(scratch_ / "models/manifest.json", manifest_.dump());
  }
  // The bytes of the result.
  std::string result(const Arguments& arguments) const {
    const Outcome outcome = upscale(arguments).second;
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return read_text(scratch_ / "out.png");
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

TEST_F(Models, SharpnessGoesFromOneModelToItsPartner) {
  add_sharper_pair();
  const std::string plain = result({"-m", "photo"}), sharp = result({"-m", "photo-sharp"});
  EXPECT_EQ(result({"--sharpness", "0"}), plain);
  EXPECT_EQ(result({"--sharpness", "1"}), sharp);
  const std::string half = result({"--sharpness", "0.5"});
  EXPECT_NE(half, plain);
  EXPECT_NE(half, sharp);
  EXPECT_TRUE(contains(nalasr({"models"}).out, "(sharpens photo)"));
}

TEST_F(Models, SharpnessIsToldAndForecast) {
  add_sharper_pair();
  const auto [width, outcome] = upscale({"--sharpness", "0.25", "--json"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const auto lines = lines_of(outcome.out);
  const auto begin = nlohmann::json::parse(lines.front());
  EXPECT_EQ(begin["model"], "photo");
  EXPECT_EQ(begin["sharpness"], 0.25);
  bool done = false;
  for (const std::string& line : lines) {
    const auto event = nlohmann::json::parse(line);
    if (event["event"] != "done") continue;
    done = true;
    EXPECT_EQ(event["report"]["model"], "photo_x2 blended by 0.25 with photo-sharp_x2");
  }
  EXPECT_TRUE(done) << outcome.out;
  EXPECT_EQ(upscale({"--sharpness", "0.25", "--dry-run"}).second.exit_code, 0);
}

TEST_F(Models, AnotherSharpnessMakesResultsAgain) {
  add_sharper_pair();
  save_picture(scratch_ / "in.png", 8, 4);
  const auto upscale_to_folder = [this](const Arguments& more) {
    Arguments arguments{"upscale", (scratch_ / "in.png").string(), "-o", (scratch_ / "out/").string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Outcome outcome = nalasr(arguments);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return outcome.err + outcome.out;
  };
  const std::string made = "8x4 -> 16x8";
  EXPECT_TRUE(contains(upscale_to_folder({}), made));
  EXPECT_FALSE(contains(upscale_to_folder({"--sharpness", "0"}), made));  // that is what is there
  EXPECT_TRUE(contains(upscale_to_folder({"--sharpness", "0.5", "--dry-run"}), "(replaced)"));
  EXPECT_TRUE(contains(upscale_to_folder({"--sharpness", "0.5"}), made));
  EXPECT_FALSE(contains(upscale_to_folder({"--sharpness", "0.50"}), made));
  EXPECT_TRUE(contains(upscale_to_folder({"--sharpness", "0.6"}), made));
}

TEST_F(Models, WithoutAPartnerSharpnessIsRefused) {
  add_sharper_pair();
  add("light", 2);
  for (const auto& [model, named] : {std::pair<std::string, std::string>{"light", "light (x2)"},
                                     {"photo-sharp", "photo-sharp (x2)"},
                                     {tiny_model(2), tiny_model(2)}}) {
    for (const Arguments& more : {Arguments{}, Arguments{"--dry-run"}, Arguments{"--json"}}) {
      Arguments arguments{"-m", model, "--sharpness", "0.5"};
      arguments.insert(arguments.end(), more.begin(), more.end());
      const Outcome outcome = upscale(arguments).second;
      EXPECT_EQ(outcome.exit_code, 3);
      EXPECT_EQ(outcome.err, "nalasr: the model " + named +
                                 " has no sharper weights to blend with; those that have them: photo (x2); leave out "
                                 "--sharpness\n");
      EXPECT_EQ(outcome.out, "");
    }
    EXPECT_EQ(upscale({"-m", model, "--sharpness", "0"}).second.exit_code, 0);
  }
}

TEST_F(Models, APartnerOfAnotherArchitectureIsRefused) {
  add("photo", 2);
  add("photo-sharp", 2);
  // A x4 network under the name of a x2 one.
  const fs::path wrong = scratch_ / "models/photo-sharp_x2.safetensors";
  write_text(wrong, read_text(tiny_model(4)));
  manifest_["models"][1]["sha256"] = digest_of(wrong);
  manifest_["models"][1]["sharpens"] = "photo";
  write_text(scratch_ / "models/manifest.json", manifest_.dump());
  const Outcome outcome = upscale({"--sharpness", "0.5"}).second;
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_EQ(lines_of(outcome.err).size(), 1u) << outcome.err;
  EXPECT_TRUE(contains(outcome.err, "different networks")) << outcome.err;
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
