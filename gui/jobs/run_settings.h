// What a user chooses for a run, and what for its result.
#pragma once

#include <QString>
#include <cstdint>
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
  std::uint64_t memory_limit = 0;  ///< bytes; 0: what is free when the run starts

  [[nodiscard]] double final_scale() const { return scale > 0 ? scale : model.scale; }
  /// The budget for a run that starts now.
  [[nodiscard]] std::uint64_t budget() const;
  bool operator==(const RunSettings&) const = default;
};

struct OutputSettings {
  QString folder;  ///< empty: beside the picture
  QString name_template = QStringLiteral("{name}_x{scale}");
  QString format;  ///< "png", "jpeg", ...; empty: the picture's own where it can hold the result, else PNG
  int quality = 95;
};

}  // namespace nalasr::gui
