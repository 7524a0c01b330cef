// nalasr models: what is bundled.
#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "commands.h"
#include "nalasr/model.h"

namespace nalasr::app {
namespace {

constexpr std::size_t kColumns = 6;
using Row = std::array<std::string, kColumns>;

std::string parameters_text(std::int64_t count) {
  char text[40];
  if (count <= 0) return "-";
  std::snprintf(text, sizeof text, "%.2fM", static_cast<double>(count) / 1e6);
  return text;
}

std::string quality_text(const ModelEntry& entry) {
  std::string all;
  for (const ModelEntry::Metric& metric : entry.metrics) {
    char numbers[60];
    if (metric.psnr_y <= 0) continue;
    // Single settings of the blind protocol ("b1.6_n8_q60") are summed up by their mean, "blind".
    if (metric.degradation.find("_n") != std::string::npos) continue;
    std::snprintf(numbers, sizeof numbers, " %.2f dB", metric.psnr_y);
    all += (all.empty() ? "" : ", ") + printable(metric.dataset);
    if (!metric.degradation.empty()) all += " (" + printable(metric.degradation) + ")";
    all += numbers;
    if (metric.ssim_y > 0) {
      std::snprintf(numbers, sizeof numbers, " / %.4f", metric.ssim_y);
      all += numbers;
    }
  }
  return all.empty() ? "not measured" : all;
}

Row row_of(const ModelEntry& entry) {
  std::error_code ignored;
  const bool there = std::filesystem::exists(entry.file, ignored);
  return {printable(entry.name),
          "x" + std::to_string(entry.scale),
          parameters_text(entry.parameters),
          printable(entry.title) + (entry.sharpens.empty() ? "" : " (sharpens " + printable(entry.sharpens) + ")"),
          printable(entry.file) + (there ? "" : " (missing)"),
          quality_text(entry)};
}

ExitCode list(Console& console) {
  const std::filesystem::path folder = default_model_folder();
  const auto entries = list_models(folder);
  if (!entries) {
    console.error(about(printable(folder), entries.error()));
    return kUnavailable;
  }
  std::vector<Row> rows{{"NAME", "SCALE", "PARAMETERS", "TITLE", "FILE", "PSNR / SSIM (Y)"}};
  for (const ModelEntry& entry : *entries) rows.push_back(row_of(entry));
  std::array<int, kColumns> widths{};
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < kColumns; ++i) widths[i] = std::max(widths[i], display_width(row[i]));
  }
  std::string table;
  for (const Row& row : rows) {
    if (!table.empty()) table += "\n";
    for (std::size_t i = 0; i + 1 < kColumns; ++i) table += padded(row[i], widths[i]) + "  ";
    table += row.back();
  }
  console.print(table);
  return kAllDone;
}

}  // namespace

Command add_models_command(CLI::App& parser) {
  parser.add_subcommand("models", "List the bundled models")
      ->footer("The folder is $NALASR_MODELS where that is set, else the one installed with the program.");
  return list;
}

}  // namespace nalasr::app
