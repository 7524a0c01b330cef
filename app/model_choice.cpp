#include "model_choice.h"

#include <algorithm>
#include <iterator>
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

// The entry whose weights make those of `plain` sharper; nullptr where nobody trained such.
const ModelEntry* sharper_entry(const std::vector<ModelEntry>& entries, const ModelEntry& plain) {
  const auto found = std::find_if(entries.begin(), entries.end(), [&plain](const ModelEntry& entry) {
    return entry.sharpens == plain.name && entry.scale == plain.scale;
  });
  return found == entries.end() ? nullptr : &*found;
}

Error no_sharper(const std::string& name, const std::vector<ModelEntry>& entries) {
  std::vector<ModelEntry> with;
  std::copy_if(entries.begin(), entries.end(), std::back_inserter(with),
               [&entries](const ModelEntry& entry) { return sharper_entry(entries, entry) != nullptr; });
  return {ErrorCode::not_found, "the model " + name + " has no sharper weights to blend with",
          (with.empty() ? "no bundled model has them" : "those that have them: " + bundled_names(with)) +
              "; leave out --sharpness"};
}

// Blends `choice`, which is `plain` loaded, with its partner.
Result<ModelChoice> sharpened(ModelChoice choice, const ModelEntry& plain, const std::vector<ModelEntry>& entries,
                              double sharpness) {
  const ModelEntry* partner = sharper_entry(entries, plain);
  if (partner == nullptr) return no_sharper(bundled_names({plain}), entries);
  const auto sharp = load(partner->file, partner->sha256, partner->name, choice.scale);
  if (!sharp) return sharp.error();
  auto blend = Model::blend(choice.model, *sharp->model, sharpness);
  if (!blend) return about(printable(partner->file), blend.error());
  choice.model = *std::move(blend);
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

Result<ModelChoice> choose_model(const std::string& name, double scale, double sharpness) {
  const bool by_path = is_path(name);
  if (by_path && sharpness == 0) return load(name, {}, {}, scale);
  const fs::path folder = default_model_folder();
  const auto entries = list_models(folder);
  if (!entries) return about(printable(folder), entries.error());
  if (by_path) return no_sharper(printable(name), *entries);
  const std::vector<std::string> names = name.empty() ? std::vector<std::string>{"photo", "light"} : std::vector{name};
  const ModelEntry* entry = best_entry(*entries, names, scale);
  if (entry == nullptr) {
    const std::string there = bundled_names(*entries);
    return Error{ErrorCode::not_found, "no model is called \"" + printable(names.back()) + "\"",
                 there.empty() ? "there are no models in " + printable(folder)
                               : "there are " + there + "; or give the path of a .safetensors file"};
  }
  auto choice = load(entry->file, entry->sha256, entry->name, scale);
  if (!choice || sharpness == 0) return choice;
  return sharpened(*std::move(choice), *entry, *entries, sharpness);
}

}  // namespace nalasr::app
