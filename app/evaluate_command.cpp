// nalasr evaluate: PSNR and SSIM of a model on pictures whose originals are there.
#include <cstdio>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "commands.h"
#include "devices.h"
#include "file_list.h"
#include "interrupt.h"
#include "model_choice.h"
#include "nalasr/evaluate.h"
#include "units.h"

namespace nalasr::app {
namespace {

namespace fs = std::filesystem;

constexpr int kOneThreadPerCore = 0;

struct Arguments {
  std::string hr, lr, scale = "4", model, tile, device = "auto", precision = "mixed";
  bool json = false;
};

/// The low-resolution picture of the same stem in `folder`; its extension may differ.
std::optional<fs::path> partner(const fs::path& folder, const fs::path& hr) {
  std::error_code ignored;
  for (const char* extension : {".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff"}) {
    fs::path candidate = folder / hr.stem();
    candidate += extension;
    if (fs::is_regular_file(candidate, ignored)) return candidate;
  }
  return {};
}

void report(Console& console, bool json, const std::string& name, const PictureQuality& quality, int files) {
  if (json) {
    nlohmann::json line = {{"psnr_y", quality.psnr_y}, {"ssim_y", quality.ssim_y}};
    if (files > 0) {
      line["mean_of"] = files;
    } else {
      line["file"] = name;
    }
    console.print(line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    return;
  }
  char numbers[60];
  std::snprintf(numbers, sizeof numbers, "%8.3f dB  %.5f", quality.psnr_y, quality.ssim_y);
  console.print(padded(shortened(printable(name), 40), 40) + numbers);
}

ExitCode refuse(Console& console, const Error& error, ExitCode code = kUsage) {
  console.error(error);
  return code;
}

ExitCode measure(Console& console, const Arguments& a, Evaluator& evaluator, int tile,
                 const InterruptGuard& interrupt) {
  PictureQuality sum;
  int done = 0;
  bool failed = false;
  for (const InputFile& file : list_files({a.hr}, false, {}, interrupt.token()).files) {
    if (interrupt.requested()) return kInterrupted;
    const std::string name = file.path.filename().string();
    std::optional<fs::path> lr;
    if (!a.lr.empty()) lr = partner(a.lr, file.path);
    Result<PictureQuality> quality = Error{ErrorCode::not_found, "has no picture of that name in --lr", ""};
    if (file.problem) {
      quality = *file.problem;
    } else if (a.lr.empty() || lr) {
      quality = evaluator.evaluate(file.path, lr, tile);
    }
    if (!quality && quality.error().code == ErrorCode::device_unavailable) {
      return refuse(console, quality.error(), kUnavailable);  // it will not be there for the next picture either
    }
    if (!quality) {
      console.error(about(printable(file.path), quality.error()));
      failed = true;
      continue;
    }
    report(console, a.json, name, *quality, 0);
    sum.psnr_y += quality->psnr_y;
    sum.ssim_y += quality->ssim_y;
    ++done;
  }
  if (done == 0) {
    if (!failed) console.error(about(printable(a.hr), {ErrorCode::not_found, "holds no pictures", ""}));
    return kSomeFailed;
  }
  report(console, a.json, "mean of " + std::to_string(done), {sum.psnr_y / done, sum.ssim_y / done}, done);
  return failed ? kSomeFailed : kAllDone;
}

ExitCode evaluate(Console& console, const Arguments& a) {
  const auto scale = parse_whole(a.scale, 1, 8);
  if (!scale) return refuse(console, about("-s", scale.error()));
  int tile = 0;
  if (!a.tile.empty()) {
    const auto parsed = parse_whole(a.tile, 8, 1'000'000);
    if (!parsed) return refuse(console, about("--tile", parsed.error()));
    tile = *parsed;
  }
  const auto precision = parse_precision(a.precision);
  if (!precision) return refuse(console, about("--precision", precision.error()));
  const InterruptGuard interrupt;  // before the driver is asked for a GPU: it may start threads
  const auto device = parse_one_device(a.device);
  if (!device) {
    const bool unavailable = device.error().code == ErrorCode::device_unavailable;
    return refuse(console, device.error(), unavailable ? kUnavailable : kUsage);
  }
  const auto choice = choose_model(a.model, *scale);
  if (!choice || choice->model->spec().scale != *scale) {
    console.error(choice ? Error{ErrorCode::not_found, "no model of exactly ×" + a.scale, "see `nalasr models`"}
                         : choice.error());
    return kUnavailable;
  }
  Evaluator evaluator(choice->model, kOneThreadPerCore, *precision, *device);
  return measure(console, a, evaluator, tile, interrupt);
}

}  // namespace

Command add_evaluate_command(CLI::App& parser) {
  auto a = std::make_shared<Arguments>();
  CLI::App* command = parser.add_subcommand("evaluate", "Measure a model: PSNR and SSIM on luma against originals");
  command->footer(
      "Luma is ITU-R BT.601, a border of the scale is left out. Without --lr the low-resolution pictures are made by\n"
      "antialiased bicubic (a = -0.5) and rounded to 8 bit.");
  command->add_option("--hr", a->hr, "Folder of originals")->required()->type_name("DIR");
  command->add_option("--lr", a->lr, "Folder of low-resolution pictures of the same names")->type_name("DIR");
  command->add_option("-s,--scale", a->scale, "Scale of the model (without it: 4)")->type_name("S");
  command->add_option("-m,--model", a->model, "A name that `nalasr models` lists, or a .safetensors file")
      ->type_name("MODEL");
  command->add_option("--device", a->device, "auto, cpu or cuda")->type_name("DEVICE");
  command->add_option("--precision", a->precision, "mixed, or fp32 for float32 everywhere (without it: mixed)")
      ->type_name("P");
  command->add_option("--tile", a->tile, "Compute in tiles of N low-resolution pixels, to compare")->type_name("N");
  command->add_flag("--json", a->json, "One JSON object per line");
  return [a](Console& console) { return evaluate(console, *a); };
}

}  // namespace nalasr::app
