#include "model_choice.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "console.h"
#include "units.h"

namespace nalasr::app {
namespace {

namespace fs = std::filesystem;

constexpr int kUsualScale = 4;

bool is_path(const std::string& name) {
  return name.find('/') != std::string::npos || fs::path(name).extension() == ".safetensors";
}

// How good a model of scale `have` is for `want`; smaller is better.
double unsuitability(int have, double want) {
  if (want == 0) return have == kUsualScale ? 0 : 100 - have;
  return have >= want ? have - want : 100 + want - have;
}

std::string bundled_names(const std::vector<ModelEntry>& entries) {
  std::string text;
  for (const ModelEntry& entry : entries) {
    text += (text.empty() ? "" : ", ") + printable(entry.name) + " (x" + std::to_string(entry.scale) + ")";
  }
  return text;
}

Result<ModelChoice> load(const fs::path& file, const std::string& sha256, const std::string& name, double scale) {
  auto model = Model::load(file, sha256);
  if (!model) return about(printable(file), model.error());
  ModelChoice choice{*model, file, name.empty() ? (*model)->name() : name, scale};
  if (choice.scale == 0) choice.scale = choice.model->spec().scale;
  return choice;
}

}  // namespace

const ModelEntry* best_entry(const std::vector<ModelEntry>& entries, const std::vector<std::string>& names,
                             double scale) {
  // The scale counts first, the order of the names second.
  const ModelEntry* best = nullptr;
  for (const std::string& name : names) {
    for (const ModelEntry& entry : entries) {
      if (entry.name != name) continue;
      if (best == nullptr || unsuitability(entry.scale, scale) < unsuitability(best->scale, scale)) best = &entry;
    }
  }
  return best;
}

Result<ModelChoice> choose_model(const std::string& name, double scale) {
  if (is_path(name)) return load(name, {}, {}, scale);
  const fs::path folder = default_model_folder();
  const auto entries = list_models(folder);
  if (!entries) return about(printable(folder), entries.error());
  const std::vector<std::string> names = name.empty() ? std::vector<std::string>{"photo", "light"} : std::vector{name};
  const ModelEntry* entry = best_entry(*entries, names, scale);
  if (entry == nullptr) {
    const std::string there = bundled_names(*entries);
    return Error{ErrorCode::not_found, "no model is called \"" + printable(names.back()) + "\"",
                 there.empty() ? "there are no models in " + printable(folder)
                               : "there are " + there + "; or give the path of a .safetensors file"};
  }
  return load(entry->file, entry->sha256, entry->name, scale);
}

}  // namespace nalasr::app
