#include "upscale_options.h"

#include <algorithm>
#include <utility>

#include "console.h"
#include "devices.h"
#include "existing.h"
#include "input_names.h"
#include "output_name.h"
#include "units.h"

namespace nalasr::app {
namespace {

Error wrong(const std::string& message, const std::string& hint = {}) {
  return {ErrorCode::invalid_argument, message, hint};
}

Result<ImageFormat> parse_format(const std::string& text) {
  auto format = parse_image_format(text);
  if (!format) {
    return wrong("\"" + printable(text) + "\" is not a format that can be written", "use png, jpeg, webp, tiff or bmp");
  }
  return *format;
}

// Parses `text` with `parse` into `out`, where it was given; the error says which option it was.
template <typename Parse, typename T>
Result<void> read_option(const char* option, const std::string& text, Parse parse, T& out) {
  if (text.empty()) return {};
  auto value = parse(text);
  if (!value) return about(option, value.error());
  out = *value;
  return {};
}

Result<std::vector<std::string>> all_inputs(const UpscaleArguments& a) {
  if (std::count(a.inputs.begin(), a.inputs.end(), "-") + (a.files_from == "-" ? 1 : 0) > 1) {
    return wrong("standard input can be read once only");
  }
  if (std::find(a.inputs.begin(), a.inputs.end(), "") != a.inputs.end()) return wrong("an input has an empty name");
  auto names = expand_patterns(a.inputs);
  if (!names || a.files_from.empty()) return names;
  auto listed = read_name_list(a.files_from);
  if (!listed) return about("--files-from", listed.error());
  names->insert(names->end(), listed->begin(), listed->end());  // as they are: a list needs no patterns
  return names;
}

Result<void> check_together(const UpscaleArguments& a, const std::vector<std::string>& inputs) {
  if (inputs.empty()) return wrong("no input is named", "see nalasr upscale --help");
  if (a.output.empty()) return about("-o", wrong("the output has an empty name"));
  if (a.overwrite && a.existing != "skip" && a.existing != "overwrite") {
    return wrong("--overwrite and --existing " + printable(a.existing) + " contradict each other");
  }
  if (a.output != "-") return {};
  if (a.json) return wrong("--json and -o - both want standard output", "name a file with -o");
  if (inputs.size() > 1) return about("-o", wrong("one picture only can go to standard output", "name a folder"));
  if (!a.name_template.empty()) return wrong("--output-template names files, and -o - writes none");
  return {};
}

}  // namespace

void add_upscale_options(CLI::App& command, UpscaleArguments& a) {
  const auto option = [&command](const char* names, std::string& value, const char* type, const char* text) {
    return command.add_option(names, value, text)->type_name(type);
  };
  command.add_option("INPUT", a.inputs, "Pictures, folders, patterns; - for standard input")->type_name("");
  option("-o,--output", a.output, "OUT", "File or folder for the results; - for standard output")->required();
  option("-s,--scale", a.scale, "S", "Any number from 1 to 8 (without it: the model's own)");
  option("-m,--model", a.model, "MODEL", "A name that `nalasr models` lists, or a .safetensors file");
  option("--sharpness", a.sharpness, "S",
         "0 to 1: from the model's own weights to its sharper ones, where it has such (without it: 0)");
  option("-f,--format", a.format, "FORMAT", "png, jpeg, webp, tiff or bmp (without it: as the input where possible)");
  option("-q,--quality", a.quality, "Q", "1 to 100, of JPEG and WebP (without it: 95)");
  option("--png-level", a.png_level, "N", "0 to 9, of PNG: small files or fast ones (without it: 3)");
  command.add_flag("--strip", a.strip, "Write no ICC profile, EXIF, XMP and resolution");

  command.add_flag("-r,--recursive", a.recursive, "Look into the folders below a folder as well");
  option("--files-from", a.files_from, "LIST",
         "Take names from a file, one a line or NUL-separated; - for standard input");
  option("--output-template", a.name_template, "NAME",
         "Names below OUT, of {dir} {stem} {scale} {model} {ext} (without it: {dir}/{stem}_x{scale}.{ext})");
  option("--existing", a.existing, "WHAT",
         "skip, overwrite, rename or fail, where an output exists (without it: skip)");
  command.add_flag("--overwrite", a.overwrite, "The same as --existing overwrite");
  option("--shard", a.shard, "I/N", "Take the I-th of N parts of the inputs, for job arrays");
  command.add_flag("-n,--dry-run", a.dry_run, "Print what would be done to every file, and do nothing");
  command.add_flag("--json", a.json, "Print one JSON object per event on standard output");

  option("--memory-budget", a.budget, "SIZE",
         "Bytes that all pictures under way may take above the loaded program: 512M, 1.5G, 2GiB (powers of 1024)");
  option("--max-pixels", a.max_pixels, "N", "Refuse inputs with more pixels: 50M, 1G (powers of 1000)");
  option("--device", a.device, "DEVICE", "auto, cpu, cuda, cuda:1, or several GPUs: cuda:0,cuda:1");
  option("--precision", a.precision, "P", "mixed, or fp32 for float32 everywhere (without it: mixed)");
  option("--threads", a.threads, "N", "1 to 1024 (without it: one per core)");
  option("-j,--jobs", a.workers, "L:C:S",
         "Pictures that decode, compute (on each device) and encode at once (without it: 1:1:1, on a GPU 2:2:4)");
}

Result<UpscaleOptions> interpret(const UpscaleArguments& a) {
  UpscaleOptions options;
  BatchOptions& batch = options.batch;
  std::vector<DeviceChoice> devices;
  Precision precision = Precision::mixed;
  WorkerCounts workers;
  int threads = 0;
  const auto whole = [](int low, int high) {
    return [low, high](const std::string& text) { return parse_whole(text, low, high); };
  };
  for (const auto& read : {read_option("-s", a.scale, parse_scale, options.scale),
                           read_option("--sharpness", a.sharpness, parse_share, options.sharpness),
                           read_option("--device", a.device, parse_devices, devices),
                           read_option("--precision", a.precision, parse_precision, precision),
                           read_option("--threads", a.threads, whole(1, 1024), threads),
                           read_option("-j", a.workers, parse_workers, workers),
                           read_option("--memory-budget", a.budget, parse_size, batch.pipeline.memory_budget),
                           read_option("--max-pixels", a.max_pixels, parse_count, options.max_pixels),
                           read_option("--shard", a.shard, parse_shard, options.shard),
                           read_option("--existing", a.existing, parse_existing, batch.existing),
                           read_option("-f", a.format, parse_format, options.format),
                           read_option("-q", a.quality, whole(1, 100), batch.encode.quality),
                           read_option("--png-level", a.png_level, whole(0, 9), batch.encode.png_compression)}) {
    if (!read) return read.error();
  }
  if (devices.empty()) return about("--device", wrong("the device has an empty name"));
  if (a.workers.empty()) workers = usual_workers(devices);
  if (!a.name_template.empty()) {
    if (auto good = check_template(a.name_template); !good) return about("--output-template", good.error());
  }
  auto inputs = all_inputs(a);
  if (!inputs) return inputs.error();
  if (auto good = check_together(a, *inputs); !good) return good.error();
  options.inputs = *std::move(inputs);
  options.name_template = a.name_template;
  if (a.overwrite) batch.existing = Existing::overwrite;
  batch.strip_metadata = a.strip;
  batch.encode.threads = threads;
  batch.pipeline.devices = workers_of(devices, precision, threads, workers.compute);
  batch.pipeline.load = workers.load;
  batch.pipeline.save = workers.save;
  return options;
}

}  // namespace nalasr::app
