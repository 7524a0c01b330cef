// What a user chooses for a run, and what for its result.
#pragma once

#include <QString>
#include <cstdint>
#include <optional>
#include <vector>

#include "nalasr/plan.h"

namespace nalasr::gui {

/// A model that can be chosen: bundled, or a file of the user's.
struct ModelChoice {
  QString name;    ///< "light"
  QString title;   ///< for people
  QString file;    ///< path
  QString sha256;  ///< empty: not checked
  int scale = 4;
  QString sharper_file{}, sharper_sha256{};  ///< weights that sharpen it, as Model::blend; empty: there are none
  [[nodiscard]] bool can_sharpen() const { return !sharper_file.isEmpty(); }
  bool operator==(const ModelChoice&) const = default;
};

/// Those of models/manifest.json; empty where there are none. Weights that sharpen another of them are no choice of
/// their own: they are the end of that one's sharpness. Reads files: not for the GUI thread.
std::vector<ModelChoice> bundled_models();

struct RunSettings {
  ModelChoice model;
  double scale = 0;  ///< 0: the model's own
  Device device = Device::automatic;
  std::uint64_t memory_limit = 0;  ///< bytes; 0: automatic
  double sharpness = 0;            ///< 0..1, as wished: kept while a model is chosen that has no sharper weights

  [[nodiscard]] double final_scale() const { return scale > 0 ? scale : model.scale; }
  [[nodiscard]] double used_sharpness() const { return model.can_sharpen() ? sharpness : 0; }
  bool operator==(const RunSettings&) const = default;
};

/// What makes a result, for people: "Photo ×4", "Photo ×2 → ×4", "Photo ×4, sharpness 60%".
QString label_of(const RunSettings& run);

/// The budget of a run that starts now and computes on `device`. Automatic is nine tenths of what is free; a GPU's free
/// memory is the engine's own matter.
std::optional<std::uint64_t> budget_for(std::uint64_t memory_limit, Device device);

/// The predicted peak of the memory that counts: the device's on a GPU.
[[nodiscard]] inline std::uint64_t peak_of(const Plan& plan) {
  return plan.device == Device::cuda ? plan.device_memory.bytes : plan.predicted_peak;
}

struct OutputSettings {
  QString folder;  ///< empty: beside the picture
  QString name_template = QStringLiteral("{name}_x{scale}");
  QString format;  ///< "png", "jpeg", ...; empty: the picture's own where it can hold the result, else PNG
  int quality = 95;
};

}  // namespace nalasr::gui
