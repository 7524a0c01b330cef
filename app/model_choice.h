// Which model a command line means.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "nalasr/model.h"
#include "nalasr/result.h"

namespace nalasr::app {

struct ModelChoice {
  std::shared_ptr<const Model> model;
  std::filesystem::path file;
  std::string name;  ///< as in the manifest, or the file's stem
  double scale = 0;  ///< of the result: the wanted one, else the model's own
};

/// `name`: a bundled model, a path to a .safetensors file, or empty for the default ("photo" where it is bundled for
/// the scale, else "light"). `scale`: 0 for the model's own. Of several scales the wanted one is taken, else the next
/// larger one, else the largest: the library resamples to the scale itself. Errors name the file; all of them mean
/// that the model is unavailable. `sharpness` > 0 blends so much of its sharper partner in (Model::blend), which is the
/// bundled model of its scale that says it `sharpens` this one.
Result<ModelChoice> choose_model(const std::string& name, double scale, double sharpness = 0);

/// The entry of `entries` for a wanted scale (0: ×4, else the largest); nullptr where there is none of that name.
const ModelEntry* best_entry(const std::vector<ModelEntry>& entries, const std::vector<std::string>& names,
                             double scale);

}  // namespace nalasr::app
