#include <gtest/gtest.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <optional>

#include "nalasr/model.h"
#include "source_folder.h"
#include "unit/nn/weight_files.h"

namespace nalasr {
namespace {

using nlohmann::json;
using testing::TemporaryFolder;

json good_manifest() {
  return {
      {"format", 1},
      {"models",
       {{{"name", "light"},
         {"file", "light_x4.safetensors"},
         {"sha256", std::string(64, 'a')},
         {"scale", 4},
         {"parameters", 645616},
         {"spec", {{"architecture", "nalasr"}, {"scale", 4}}},
         {"sharpens", "soft"},
         {"title", "Light"},
         {"description", "For photographs"},
         {"licence", "MIT"},
         {"training_data", "DIV2K"},
         {"metrics", {{{"dataset", "Set5"}, {"degradation", "bicubic"}, {"psnr_y", 31.95}, {"ssim_y", 0.8912}}}}}}}};
}

Result<std::vector<ModelEntry>> list(const std::string& manifest) {
  const TemporaryFolder folder;
  testing::write_file(folder / "manifest.json",
                      {reinterpret_cast<const std::uint8_t*>(manifest.data()), manifest.size()});
  return list_models(folder.path());
}

TEST(Manifest, ReadsEveryField) {
  const TemporaryFolder folder;
  const std::string text = good_manifest().dump(2);
  testing::write_file(folder / "manifest.json", {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  const auto models = list_models(folder.path());
  ASSERT_TRUE(models) << models.error().message;
  ASSERT_EQ(models->size(), 1u);
  const ModelEntry& light = models->front();
  EXPECT_EQ(light.name, "light");
  EXPECT_EQ(light.file, folder / "light_x4.safetensors");
  EXPECT_EQ(light.sha256, std::string(64, 'a'));
  EXPECT_EQ(light.scale, 4);
  EXPECT_EQ(light.parameters, 645616);
  EXPECT_EQ(light.sharpens, "soft");
  EXPECT_EQ(light.title, "Light");
  EXPECT_EQ(light.description, "For photographs");
  EXPECT_EQ(light.licence, "MIT");
  EXPECT_EQ(light.training_data, "DIV2K");
  ASSERT_EQ(light.metrics.size(), 1u);
  EXPECT_EQ(light.metrics[0].dataset, "Set5");
  EXPECT_EQ(light.metrics[0].degradation, "bicubic");
  EXPECT_EQ(light.metrics[0].psnr_y, 31.95);
  EXPECT_EQ(light.metrics[0].ssim_y, 0.8912);
}

TEST(Manifest, MissingFolder) {
  const auto models = list_models("/nonexistent");
  ASSERT_FALSE(models);
  EXPECT_EQ(models.error().code, ErrorCode::not_found);
  EXPECT_FALSE(models.error().hint.empty());
}

TEST(Manifest, NoFileOutsideTheFolder) {
  for (const char* file : {"../x.safetensors", "/etc/passwd", "a/../../x", "a/../b", "..", "", "a/", "/"}) {
    json manifest = good_manifest();
    manifest["models"][0]["file"] = file;
    const auto models = list(manifest.dump());
    ASSERT_FALSE(models) << file;
    EXPECT_EQ(models.error().code, ErrorCode::corrupt) << file;
  }
  json nested = good_manifest();
  nested["models"][0]["file"] = "more/x..y.safetensors";
  EXPECT_TRUE(list(nested.dump()));
}

TEST(Manifest, DamageIsAnError) {
  const std::vector<std::pair<const char*, json>> changes = {{"name", ""},
                                                             {"name", 3},
                                                             {"name", nullptr},
                                                             {"file", 3},
                                                             {"sha256", "abc"},
                                                             {"sha256", std::string(64, 'g')},
                                                             {"scale", 0},
                                                             {"scale", 9},
                                                             {"scale", "4"},
                                                             {"scale", 2},  // not that of the spec
                                                             {"parameters", -1},
                                                             {"parameters", 1.5},
                                                             {"title", 7},
                                                             {"sharpens", 7},
                                                             {"metrics", 7},
                                                             {"metrics", {7}},
                                                             {"metrics", {{{"dataset", "Set5"}, {"psnr_y", "high"}}}},
                                                             {"spec", 7},
                                                             {"spec", {{"architecture", "nalasr"}, {"scale", -4}}}};
  for (const auto& [key, value] : changes) {
    json manifest = good_manifest();
    manifest["models"][0][key] = value;
    const auto models = list(manifest.dump());
    ASSERT_FALSE(models) << manifest.dump();
    EXPECT_EQ(models.error().code, ErrorCode::corrupt) << manifest.dump();
  }
  for (const char* key : {"name", "file", "sha256", "scale"}) {
    json manifest = good_manifest();
    manifest["models"][0].erase(key);
    EXPECT_FALSE(list(manifest.dump())) << key;
  }
  json twice = good_manifest();
  twice["models"].push_back(twice["models"][0]);
  EXPECT_FALSE(list(twice.dump()));
  json ambiguous = good_manifest();  // which of the two is the sharper partner of "soft"?
  ambiguous["models"].push_back(ambiguous["models"][0]);
  ambiguous["models"][1]["name"] = "other";
  EXPECT_FALSE(list(ambiguous.dump()));
  ambiguous["models"][1].erase("sharpens");
  EXPECT_TRUE(list(ambiguous.dump()));
  for (const std::string& text :
       {std::string(), std::string("{"), std::string("[]"), std::string("{}"), std::string(R"({"format":2})"),
        std::string(R"({"format":1})"), std::string(R"({"format":1,"models":{}})"),
        std::string(R"({"format":1,"models":[3]})"), std::string(100'000, '['), std::string("\xff\xfe")}) {
    const auto models = list(text);
    ASSERT_FALSE(models) << text.substr(0, 40);
    EXPECT_EQ(models.error().code, ErrorCode::corrupt) << text.substr(0, 40);
  }
}

/// Sets an environment variable for the length of a test.
class ScopedVariable {
 public:
  ScopedVariable(const char* name, const char* value) : name_(name) {
    if (const char* old = std::getenv(name)) old_ = old;
    value != nullptr ? ::setenv(name, value, 1) : ::unsetenv(name);
  }
  ~ScopedVariable() { old_ ? ::setenv(name_, old_->c_str(), 1) : ::unsetenv(name_); }
  ScopedVariable(const ScopedVariable&) = delete;
  ScopedVariable& operator=(const ScopedVariable&) = delete;

 private:
  const char* name_;
  std::optional<std::string> old_;
};

TEST(Manifest, DefaultFolder) {
  {
    const ScopedVariable chosen("NALASR_MODELS", "/some/where");
    EXPECT_EQ(default_model_folder(), "/some/where");
  }
  const ScopedVariable unset("NALASR_MODELS", nullptr);
  EXPECT_EQ(default_model_folder(), test::source_folder() + "/models");  // this test is not installed beside models
}

// What is shipped must load: hash, spec and parameter count as the manifest says.
TEST(Manifest, BundledModelsLoad) {
  const auto models = list_models(test::source_folder() + "/models");
  if (!models && models.error().code == ErrorCode::not_found) GTEST_SKIP() << "no bundled models yet";
  ASSERT_TRUE(models) << models.error().message;
  for (const ModelEntry& entry : *models) {
    const auto model = Model::load(entry.file, entry.sha256);
    ASSERT_TRUE(model) << entry.name << ": " << model.error().message;
    EXPECT_EQ((*model)->spec().scale, entry.scale) << entry.name;
    EXPECT_EQ((*model)->parameter_count(), entry.parameters) << entry.name;
    EXPECT_FALSE(entry.licence.empty()) << entry.name;
  }
}

}  // namespace
}  // namespace nalasr
