#include "jobs/run_settings.h"

#include <QFile>

#include "nalasr/memory.h"

namespace nalasr::gui {

std::vector<ModelChoice> bundled_models() {
  std::vector<ModelChoice> models;
  const auto entries = list_models(default_model_folder());
  if (!entries) return models;
  for (const ModelEntry& entry : *entries) {
    models.push_back({QString::fromStdString(entry.name), QString::fromStdString(entry.title),
                      QFile::decodeName(QByteArray::fromStdString(entry.file.string())),
                      QString::fromStdString(entry.sha256), entry.scale});
  }
  return models;
}

std::uint64_t RunSettings::budget() const {
  // A tenth of what is free stays with the other programs.
  return memory_limit > 0 ? memory_limit : machine_memory().available / 10 * 9;
}

}  // namespace nalasr::gui
