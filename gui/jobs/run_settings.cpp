#include "jobs/run_settings.h"

#include <QCoreApplication>
#include <QFile>
#include <algorithm>
#include <cmath>
#include <utility>

#include "jobs/output_naming.h"
#include "nalasr/memory.h"

namespace nalasr::gui {

std::vector<ModelChoice> bundled_models() {
  std::vector<ModelChoice> models;
  const auto entries = list_models(default_model_folder());
  if (!entries) return models;
  const auto file_of = [](const ModelEntry& entry) {
    return QFile::decodeName(QByteArray::fromStdString(entry.file.string()));
  };
  const auto sharpens = [](const ModelEntry& sharper, const ModelEntry& plain) {
    return sharper.sharpens == plain.name && sharper.scale == plain.scale;
  };
  for (const ModelEntry& entry : *entries) {
    if (std::any_of(entries->begin(), entries->end(), [&](const auto& plain) { return sharpens(entry, plain); }))
      continue;
    ModelChoice choice{QString::fromStdString(entry.name), QString::fromStdString(entry.title), file_of(entry),
                       QString::fromStdString(entry.sha256), entry.scale};
    const auto sharper =
        std::find_if(entries->begin(), entries->end(), [&](const auto& other) { return sharpens(other, entry); });
    if (sharper != entries->end()) {
      choice.sharper_file = file_of(*sharper);
      choice.sharper_sha256 = QString::fromStdString(sharper->sha256);
    }
    models.push_back(std::move(choice));
  }
  return models;
}

QString label_of(const RunSettings& run) {
  QString label = run.model.title.isEmpty() ? run.model.name : run.model.title;
  const QString scale = QStringLiteral("×") + scale_text(run.final_scale());
  if (!label.endsWith(scale)) {
    label += (label.contains(QChar(0xD7)) ? QStringLiteral(" → ") : QStringLiteral(" ")) + scale;
  }
  if (run.used_sharpness() == 0) return label;
  return QCoreApplication::translate("Sharpness", "%1, sharpness %2%")
      .arg(label, QString::number(std::lround(run.used_sharpness() * 100)));
}

std::optional<std::uint64_t> budget_for(std::uint64_t memory_limit, Device device) {
  if (memory_limit > 0) return memory_limit;
  if (device == Device::cuda) return {};
  return machine_memory().available / 10 * 9;
}

}  // namespace nalasr::gui
