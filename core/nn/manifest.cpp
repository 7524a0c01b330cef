// models/manifest.json: which weight files there are, what they hold and how good they are.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <set>
#include <system_error>
#include <utility>

#include "nalasr/model.h"
#include "nn/spec.h"
#include "nn/text.h"

namespace nalasr {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr const char* kManifest = "manifest.json";
constexpr std::uint64_t kMaxManifestBytes = 4'000'000;

Error corrupt(const std::string& message) {
  return {ErrorCode::corrupt, std::string(kManifest) + ": " + message, "reinstall or regenerate the model folder"};
}

Result<std::string> text_of(const json& object, const char* key, bool required) {
  const auto found = object.find(key);
  if (found == object.end() && !required) return std::string();
  if (found == object.end() || !found->is_string() || (required && found->get_ref<const std::string&>().empty())) {
    return corrupt(std::string("a model's '") + key + "' is not a text");
  }
  return found->get<std::string>();
}

Result<void> read_text(const json& object, const char* key, bool required, std::string& out) {
  auto text = text_of(object, key, required);
  if (!text) return text.error();
  out = *std::move(text);
  return {};
}

// The manifest may come from elsewhere: it must not lead out of its folder.
Result<fs::path> inside(const fs::path& folder, const std::string& file) {
  const fs::path relative(file);
  const bool escapes = relative.is_absolute() || relative.has_root_path() ||
                       std::any_of(relative.begin(), relative.end(), [](const fs::path& part) { return part == ".."; });
  if (escapes || relative.filename().empty() || file.find('\0') != std::string::npos) {
    return corrupt("file " + in_quotes(file) + " is not inside the folder");
  }
  return folder / relative;
}

bool is_digest(const std::string& text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
}

Result<ModelEntry::Metric> read_metric(const json& value) {
  if (!value.is_object()) return corrupt("a metric is not an object");
  ModelEntry::Metric metric;
  if (const auto read = read_text(value, "dataset", true, metric.dataset); !read) return read.error();
  if (const auto read = read_text(value, "degradation", false, metric.degradation); !read) return read.error();
  for (const auto& [key, out] : {std::pair{"psnr_y", &metric.psnr_y}, std::pair{"ssim_y", &metric.ssim_y}}) {
    const auto number = value.find(key);
    if (number == value.end()) continue;
    if (!number->is_number() || !std::isfinite(number->get<double>())) {
      return corrupt(std::string("a metric's '") + key + "' is not a number");
    }
    *out = number->get<double>();
  }
  return metric;
}

// The spec is repeated in the manifest for readers of the file; here it only has to be sound and to agree.
Result<void> check_manifest_spec(const json& value, const ModelEntry& entry) {
  const auto found = value.find("spec");
  if (found == value.end()) return {};
  const auto spec = parse_spec(found->is_string() ? found->get<std::string>() : found->dump());
  if (!spec) return spec.error();
  if (spec->scale != entry.scale) return corrupt("scale of " + in_quotes(entry.name) + " is not that of its spec");
  return {};
}

Result<ModelEntry> read_entry(const json& value, const fs::path& folder) {
  if (!value.is_object()) return corrupt("a model is not an object");
  ModelEntry entry;
  std::string file;
  for (const auto& [key, out, required] :
       {std::tuple{"name", &entry.name, true}, std::tuple{"file", &file, true},
        std::tuple{"sha256", &entry.sha256, true}, std::tuple{"title", &entry.title, false},
        std::tuple{"description", &entry.description, false}, std::tuple{"licence", &entry.licence, false},
        std::tuple{"training_data", &entry.training_data, false}, std::tuple{"sharpens", &entry.sharpens, false}}) {
    if (const auto read = read_text(value, key, required, *out); !read) return read.error();
  }
  if (!is_digest(entry.sha256)) return corrupt("sha256 of " + in_quotes(entry.name) + " is not 64 hexadecimal digits");
  auto path = inside(folder, file);
  if (!path) return path.error();
  entry.file = *std::move(path);

  const auto scale = value.find("scale"), parameters = value.find("parameters"), metrics = value.find("metrics");
  if (scale == value.end() || !scale->is_number_integer() || *scale < 1 || *scale > 8) {
    return corrupt("scale of " + in_quotes(entry.name) + " is not a whole number from 1 to 8");
  }
  entry.scale = scale->get<int>();
  if (parameters != value.end()) {
    if (!parameters->is_number_unsigned() || *parameters > 1'000'000'000'000) {
      return corrupt("parameters of " + in_quotes(entry.name) + " is not a count");
    }
    entry.parameters = parameters->get<std::int64_t>();
  }
  if (const auto check = check_manifest_spec(value, entry); !check) return check.error();
  if (metrics == value.end()) return entry;
  if (!metrics->is_array()) return corrupt("metrics of " + in_quotes(entry.name) + " is not an array");
  for (const json& item : *metrics) {
    auto metric = read_metric(item);
    if (!metric) return metric.error();
    entry.metrics.push_back(*std::move(metric));
  }
  return entry;
}

}  // namespace

Result<std::vector<ModelEntry>> list_models(const fs::path& folder) {
  const auto bytes = read_bytes(folder / kManifest, kMaxManifestBytes);
  if (!bytes && bytes.error().code == ErrorCode::not_found) {
    return Error{ErrorCode::not_found, std::string("the folder has no ") + kManifest,
                 "point $NALASR_MODELS to a folder of models"};
  }
  if (!bytes) return corrupt(bytes.error().message);
  const auto root = parse_json({reinterpret_cast<const char*>(bytes->data()), bytes->size()}, 16);
  if (!root) return corrupt(root.error().message);
  if (!root->is_object() || root->value("format", json()) != 1) return corrupt("its format is not 1");
  const auto models = root->find("models");
  if (models == root->end() || !models->is_array()) return corrupt("no array 'models'");

  std::vector<ModelEntry> entries;
  std::set<std::pair<std::string, int>> seen, sharpened;
  for (const json& value : *models) {
    auto entry = read_entry(value, folder);
    if (!entry) return entry.error();
    if (!seen.emplace(entry->name, entry->scale).second)
      return corrupt("model " + in_quotes(entry->name) + " comes twice");
    if (!entry->sharpens.empty() && !sharpened.emplace(entry->sharpens, entry->scale).second)
      return corrupt("two models sharpen " + in_quotes(entry->sharpens));
    entries.push_back(*std::move(entry));
  }
  return entries;
}

fs::path default_model_folder() {
  if (const char* chosen = std::getenv("NALASR_MODELS"); chosen != nullptr && *chosen != '\0') return chosen;
  std::error_code failure;
  const fs::path program = fs::read_symlink("/proc/self/exe", failure);
  if (!failure) {
    fs::path installed = (program.parent_path() / "../share/nalasr/models").lexically_normal();
    if (fs::exists(installed / kManifest, failure)) return installed;
  }
  return NALASR_SOURCE_MODELS;
}

}  // namespace nalasr
