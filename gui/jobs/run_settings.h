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
  bool operator==(const ModelChoice&) const = default;
};

/// Those of models/manifest.json; empty where there are none. Reads files: not for the GUI thread.
std::vector<ModelChoice> bundled_models();

struct RunSettings {
  ModelChoice model;
  double scale = 0;  ///< 0: the model's own
  Device device = Device::automatic;
  std::uint64_t memory_limit = 0;  ///< bytes; 0: automatic

  [[nodiscard]] double final_scale() const { return scale > 0 ? scale : model.scale; }
  bool operator==(const RunSettings&) const = default;
};

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
