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

std::optional<std::uint64_t> budget_for(std::uint64_t memory_limit, Device device) {
  if (memory_limit > 0) return memory_limit;
  if (device == Device::cuda) return {};
  return machine_memory().available / 10 * 9;
}

}  // namespace nalasr::gui
