// nalasr upscale: from options to a batch.
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "batch.h"
#include "commands.h"
#include "file_list.h"
#include "interrupt.h"
#include "job_list.h"
#include "model_choice.h"
#include "nalasr/version.h"
#include "units.h"

namespace nalasr::app {
namespace {

// As typed. Numbers are texts here so that this program, not the parser, says what is wrong with them.
struct Arguments {
  std::vector<std::string> inputs;
  std::string output, scale, model, device = "auto", budget, format, quality, threads;
  bool overwrite = false, recursive = false;
};

struct Options {
  double scale = 0;  // 0: the model's own
  OutputChoice output;
  BatchOptions batch;
};

Result<Device> parse_device(const std::string& text) {
  if (text == "auto") return Device::automatic;
  if (text == "cpu") return Device::cpu;
  if (text == "cuda") return Device::cuda;
  return Error{ErrorCode::invalid_argument, "\"" + printable(text) + "\" is not a device", "use auto, cpu or cuda"};
}

Result<ImageFormat> parse_format(const std::string& text) {
  auto format = parse_image_format(text);
  if (!format) {
    return Error{ErrorCode::invalid_argument, "\"" + printable(text) + "\" is not a format that can be written",
                 "use png, jpeg, webp, tiff or bmp"};
  }
  return *format;
}

// Whether this build has a writer at all; told at once instead of once a picture.
Result<void> check_writable(ImageFormat format) {
  if (build_info().opencv || format == ImageFormat::png || format == ImageFormat::jpeg) return {};
  return Error{ErrorCode::invalid_argument,
               std::string("this build of nalasr cannot write ") + extension_of(format) + " files",
               "use png or jpeg, or build it with OpenCV"};
}

// Parses `text` with `parse` into `out`; the error says which option it was.
template <typename Parse, typename T>
Result<void> read_option(const char* option, const std::string& text, bool given, Parse parse, T& out) {
  if (!given) return {};
  auto value = parse(text);
  if (!value) return about(option, value.error());
  out = *value;
  return {};
}

Result<Options> interpret(const Arguments& a) {
  Options options;
  std::optional<ImageFormat> format;
  const auto threads = [](const std::string& text) { return parse_whole(text, 1, 1024); };
  const auto quality = [](const std::string& text) { return parse_whole(text, 1, 100); };
  BatchOptions& batch = options.batch;
  for (const auto& read : {read_option("-s", a.scale, !a.scale.empty(), parse_scale, options.scale),
                           read_option("--device", a.device, true, parse_device, batch.upscaler.device),
                           read_option("--threads", a.threads, !a.threads.empty(), threads, batch.upscaler.threads),
                           read_option("--memory-budget", a.budget, !a.budget.empty(), parse_size, batch.memory_budget),
                           read_option("-f", a.format, !a.format.empty(), parse_format, format),
                           read_option("-q", a.quality, !a.quality.empty(), quality, batch.encode.quality)}) {
    if (!read) return read.error();
  }
  for (const std::string& input : a.inputs) {
    if (input.empty()) return Error{ErrorCode::invalid_argument, "an input has an empty name", ""};
  }
  if (a.output.empty()) return about("-o", {ErrorCode::invalid_argument, "the output has an empty name", ""});
  if (a.output == "-") {
    return about("-o", {ErrorCode::invalid_argument, "pictures cannot be written to standard output", "name a file"});
  }
  auto output = choose_output(a.output, format, a.overwrite, a.inputs);
  if (!output) return output.error();
  options.output = *output;
  if (options.output.format) {
    if (auto writable = check_writable(*options.output.format); !writable) return writable.error();
  }
  batch.overwrite = a.overwrite;
  return options;
}

ExitCode refuse(Console& console, const Error& error, ExitCode code) {
  console.error(error);
  return code;
}

ExitCode upscale(Console& console, const Arguments& arguments) {
  auto options = interpret(arguments);
  if (!options) return refuse(console, options.error(), kUsage);
  const InterruptGuard interrupt;

  const Device device = options->batch.upscaler.device;
  if (const std::string reason = device_unavailable_reason(device); !reason.empty()) {
    return refuse(console,
                  {ErrorCode::device_unavailable, std::string(to_string(device)) + ": " + reason,
                   "--device cpu works everywhere"},
                  kUnavailable);
  }
  auto choice = choose_model(arguments.model, options->scale);
  if (!choice) return refuse(console, choice.error(), kUnavailable);

  const FileList files =
      list_files(arguments.inputs, arguments.recursive,
                 options->output.is_folder ? options->output.target : std::filesystem::path(), interrupt.token());
  const JobList list = make_jobs(files, options->output, choice->scale, interrupt.token());
  if (!list.conflicts.empty()) {
    for (const Error& conflict : list.conflicts) console.error(conflict);
    return kUsage;
  }
  if (interrupt.requested()) {
    return refuse(console, {ErrorCode::cancelled, "interrupted before the first picture", ""}, kInterrupted);
  }
  BatchOptions& batch = options->batch;
  batch.model = choice->model;
  batch.scale = choice->scale;
  return run_batch(console, list, batch, interrupt.token());
}

constexpr const char* kNotes =
    R"(OUT is a folder where it ends in /, exists as a folder, has no extension, or must take several results; these are
called NAME_xSCALE.EXT, and a folder given as INPUT keeps its tree below OUT. Otherwise OUT is the file to write, in
the format of its extension. In folders, files that are no pictures and names that begin with a dot are left out.
An output that exists is skipped. An input is never overwritten.

Exit codes: 0 all done, 1 some failed, 2 wrong usage, 3 device or model unavailable, 130 interrupted.

Examples:
  nalasr upscale photo.jpg -o large.png
  nalasr upscale holiday/ -o holiday-x2/ -s 2 --recursive
  nalasr upscale scan.tif -o out/ --memory-budget 1.5G
  nalasr upscale -o out/ -f jpeg -q 92 -- *.png)";

}  // namespace

Command add_upscale_command(CLI::App& parser) {
  auto a = std::make_shared<Arguments>();
  CLI::App* command = parser.add_subcommand("upscale", "Upscale pictures and folders of pictures");
  command->footer(kNotes);
  command->add_option("INPUT", a->inputs, "Pictures and folders")->required()->type_name("");
  command->add_option("-o,--output", a->output, "File or folder for the results")->required()->type_name("OUT");
  command->add_option("-s,--scale", a->scale, "Any number from 1 to 8 (without it: the model's own)")->type_name("S");
  command->add_option("-m,--model", a->model, "A name that `nalasr models` lists, or a .safetensors file")
      ->type_name("MODEL");
  command->add_option("--device", a->device, "auto, cpu or cuda")->type_name("DEVICE");
  command
      ->add_option("--memory-budget", a->budget,
                   "Bytes a picture may take above the loaded program: 512M, 1.5G, 2GiB (K, M, G are powers of 1024)")
      ->type_name("SIZE");
  command
      ->add_option("-f,--format", a->format, "png, jpeg, webp, tiff or bmp (without it: as the input where possible)")
      ->type_name("FORMAT");
  command->add_option("-q,--quality", a->quality, "1 to 100, of JPEG and WebP (without it: 95)")->type_name("Q");
  command->add_option("--threads", a->threads, "1 to 1024 (without it: one per core)")->type_name("N");
  command->add_flag("--overwrite", a->overwrite, "Replace outputs that exist");
  command->add_flag("-r,--recursive", a->recursive, "Look into the folders below a folder as well");
  return [a](Console& console) { return upscale(console, *a); };
}

}  // namespace nalasr::app
