// nalasr upscale: from options to a batch.
#include <cstdio>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "batch.h"
#include "commands.h"
#include "disk_space.h"
#include "dry_run.h"
#include "existing.h"
#include "file_list.h"
#include "input_names.h"
#include "interrupt.h"
#include "job_list.h"
#include "model_choice.h"
#include "units.h"
#include "upscale_options.h"

namespace nalasr::app {
namespace {

namespace fs = std::filesystem;

ExitCode refuse(Console& console, const Error& error, ExitCode code) {
  console.error(error);
  return code;
}

std::optional<Error> missing_device(const PipelineOptions& pipeline) {
  for (const UpscalerOptions& worker : pipeline.devices) {
    if (const std::string reason = device_unavailable_reason(worker.device); !reason.empty()) {
      return Error{ErrorCode::device_unavailable, std::string(to_string(worker.device)) + ": " + reason,
                   "--device cpu works everywhere"};
    }
  }
  return std::nullopt;
}

// All that shapes a result besides the picture and the format; the model's hash tells sharpness. Device, threads and
// budget are left out on purpose: a run may be resumed elsewhere.
std::string fingerprint_of(const BatchOptions& batch) {
  return batch.model->sha256() + "|" + scale_text(batch.scale) + "|" + std::to_string(batch.encode.quality) + "|" +
         std::to_string(batch.encode.png_compression) + "|" + (batch.strip_metadata ? "strip" : "") + "|" +
         (batch.pipeline.devices.front().precision == Precision::fp32 ? "fp32" : "mixed");
}

// Standard input becomes a file that can be opened like the others.
Result<void> take_standard_input(FileList& files, StandardInput& standard_input) {
  for (InputFile& file : files.files) {
    if (file.path != "-") continue;
    if (auto read = standard_input.read(); !read) return about("standard input", read.error());
    file.path = standard_input.path();
    file.shown = "standard input";
  }
  return {};
}

// What a killed run left in the folders that will be written.
void remove_abandoned(const JobList& list) {
  std::set<fs::path> folders;
  for (const Job& job : list.jobs) {
    if (!job.problem && job.output != kStandardOutput) folders.insert(job.output.parent_path());
  }
  for (const fs::path& folder : folders) (void)remove_abandoned_files(folder);
}

bool needs_other_formats(const JobList& list) {
  for (const Job& job : list.jobs) {
    const bool reads = job.info.format != "png" && job.info.format != "jpeg" && !job.info.format.empty();
    const bool writes = job.format != ImageFormat::png && job.format != ImageFormat::jpeg;
    if (!job.problem && job.skip.empty() && (reads || writes)) return true;
  }
  return false;
}

ExitCode upscale(Console& console, const UpscaleArguments& arguments) {
  auto options = interpret(arguments);
  if (!options) return refuse(console, options.error(), kUsage);
  auto output = choose_output(arguments.output, options->format, options->inputs);
  if (!output) return refuse(console, output.error(), kUsage);
  BatchOptions& batch = options->batch;
  output->existing = batch.existing;
  if (!options->name_template.empty()) {
    if (!output->is_folder) {
      return refuse(console,
                    {ErrorCode::invalid_argument,
                     "--output-template names files in a folder, and " + printable(arguments.output) + " is a file",
                     "end it with / to name a folder"},
                    kUsage);
    }
    output->pattern = options->name_template;
  }
  if (arguments.json || output->target == kStandardOutput) console.keep_output_for_data();
  const InterruptGuard interrupt;

  if (const auto missing = missing_device(batch.pipeline)) return refuse(console, *missing, kUnavailable);
  auto choice = choose_model(arguments.model, options->scale, options->sharpness);
  if (!choice) return refuse(console, choice.error(), kUnavailable);
  batch.model = choice->model;
  batch.scale = choice->scale;

  StandardInput standard_input;
  FileList files = list_files(options->inputs, arguments.recursive, output->is_folder ? output->target : fs::path(),
                              interrupt.token());
  if (auto taken = take_standard_input(files, standard_input); !taken) return refuse(console, taken.error(), kUsage);
  JobList list =
      make_jobs(files, {*output, batch.scale, choice->name, fingerprint_of(batch), options->max_pixels, options->shard},
                interrupt.token());
  if (!list.conflicts.empty()) {
    for (const Error& conflict : list.conflicts) console.error(conflict);
    return kUsage;
  }
  if (interrupt.requested()) {
    return refuse(console, {ErrorCode::cancelled, "interrupted before the first picture", ""}, kInterrupted);
  }
  std::optional<Journal> journal;
  if (output->is_folder) journal.emplace(output->target);
  settle_existing(list, batch.existing, journal ? &*journal : nullptr);
  const std::vector<std::string> tight = check_disk_space(list, batch.scale);

  BatchReport report(console, list, arguments.json);
  for (const std::string& line : tight) report.warning(line);
  if (arguments.dry_run) return dry_run(console, list, batch, arguments.json);
  remove_abandoned(list);
  batch.pipeline.queue_output = list.jobs.size() > 1;
  batch.pipeline.other_formats = needs_other_formats(list);
  report.begin(choice->name, batch.scale, options->sharpness);
  return run_batch(report, list, batch, journal ? &*journal : nullptr, interrupt.token());
}

constexpr const char* kNotes =
    R"(OUT is a folder where it ends in /, exists as a folder, has no extension, or must take several results; these are
called NAME_xSCALE.EXT, and a folder given as INPUT keeps its tree below OUT. Otherwise OUT is the file to write, in
the format of its extension. In folders, files that are no pictures and names that begin with a dot are left out.
An input is never overwritten. Killed or out of disk space, the same command does the rest: OUT/.nalasr-journal knows
what is done. A finished result is made again only where its input, the model or the options have changed.

Exit codes: 0 all done, 1 some failed, 2 wrong usage, 3 device or model unavailable, 130 interrupted.

Examples:
  nalasr upscale photo.jpg -o large.png
  nalasr upscale holiday/ -o holiday-x2/ -s 2 --recursive
  nalasr upscale scan.tif -o out/ --memory-budget 1.5G
  nalasr upscale '*.png' -o out/ --output-template '{stem}@{scale}x.{ext}' --dry-run
  nalasr upscale - -o - < small.jpg > large.jpg
  find . -name '*.png' -print0 | nalasr upscale --files-from - -o out/ --json)";

}  // namespace

Command add_upscale_command(CLI::App& parser) {
  auto a = std::make_shared<UpscaleArguments>();
  CLI::App* command = parser.add_subcommand("upscale", "Upscale pictures and folders of pictures");
  command->footer(kNotes);
  add_upscale_options(*command, *a);
  return [a](Console& console) { return upscale(console, *a); };
}

}  // namespace nalasr::app
