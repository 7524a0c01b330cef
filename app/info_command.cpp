// nalasr info: what a picture is, and what upscaling it would take.
#include <cmath>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "commands.h"
#include "model_choice.h"
#include "nalasr/image.h"
#include "nalasr/upscaler.h"
#include "units.h"

namespace nalasr::app {
namespace {

struct Arguments {
  std::vector<std::string> inputs;
  std::string model, scale;
};

const char* channels_text(int channels) {
  static constexpr const char* kNames[] = {"?", "grey", "grey + alpha", "RGB", "RGB + alpha"};
  return channels >= 1 && channels <= 4 ? kNames[channels] : kNames[0];
}

// What a viewer does with the stored pixels.
const char* orientation_text(int orientation) {
  static constexpr const char* kNames[] = {"?",
                                           "as stored",
                                           "mirrored left to right",
                                           "turned by 180 degrees",
                                           "upside down",
                                           "transposed",
                                           "turned by 90 degrees clockwise",
                                           "transposed along the other diagonal",
                                           "turned by 90 degrees counter-clockwise"};
  return orientation >= 1 && orientation <= 8 ? kNames[orientation] : kNames[0];
}

std::string row(const char* name, const std::string& value) { return "\n  " + padded(name, 13) + value; }

std::string presence(const char* name, std::size_t bytes) {
  return bytes == 0 ? std::string("no ") + name : std::string(name) + " (" + std::to_string(bytes) + " bytes)";
}

std::string describe(const std::string& name, const ImageInfo& info, const Metadata& metadata) {
  std::string text = printable(name);
  text += row("format",
              info.format + ", " + info.color_model + ", " + std::to_string(info.source_bits) + " bits per sample");
  text += row("size", std::to_string(info.width) + " x " + std::to_string(info.height));
  text += row("channels", std::to_string(info.channels) + " (" + channels_text(info.channels) + "), " +
                              std::to_string(info.bits) + " bits");
  text += row("orientation", std::to_string(info.orientation) + " (" + orientation_text(info.orientation) + ")");
  text += row("metadata", presence("ICC", metadata.icc.size()) + ", " + presence("EXIF", metadata.exif.size()) + ", " +
                              presence("XMP", metadata.xmp.size()));
  if (metadata.x_dpi > 0 || metadata.y_dpi > 0) {
    char dpi[60];
    std::snprintf(dpi, sizeof dpi, "%.6g x %.6g dpi", metadata.x_dpi, metadata.y_dpi);
    text += row("resolution", dpi);
  }
  return text;
}

std::string describe_plan(const ModelChoice& choice, const Upscaler& upscaler, const ImageReader& reader) {
  UpscaleRequest request;
  request.scale = choice.scale;
  const std::string upscaled = "x" + scale_text(choice.scale) + " by " + printable(choice.name) + ": ";
  const auto plan = upscaler.plan(reader, request);
  if (!plan) return row("upscaled", upscaled + plan.error().message);
  return row("upscaled",
             upscaled + std::to_string(plan->output_width) + " x " + std::to_string(plan->output_height) +
                 (plan->device == Device::cuda ? ", predicted peak GPU memory " + mebibytes(plan->device_memory.bytes)
                                               : ", predicted peak memory " + mebibytes(plan->predicted_peak)));
}

ExitCode info(Console& console, const Arguments& arguments) {
  double scale = 0;
  if (!arguments.scale.empty()) {
    const auto parsed = parse_scale(arguments.scale);
    if (!parsed) {
      console.error(about("-s", parsed.error()));
      return kUsage;
    }
    scale = *parsed;
  }
  const auto choice = choose_model(arguments.model, scale);
  std::optional<Upscaler> upscaler;  // packs the weights: once for all files
  if (choice) upscaler.emplace(choice->model);
  bool some_failed = false;
  for (const std::string& input : arguments.inputs) {
    auto reader = ImageReader::open(input);
    if (!reader) {
      console.error(about(printable(input), reader.error()));
      some_failed = true;
      continue;
    }
    std::string text = describe(input, (*reader)->info(), (*reader)->metadata());
    if (choice) text += describe_plan(*choice, *upscaler, **reader);
    console.print(text);
  }
  if (!choice) {
    console.error(choice.error());
    return kUnavailable;
  }
  return some_failed ? kSomeFailed : kAllDone;
}

}  // namespace

Command add_info_command(CLI::App& parser) {
  auto a = std::make_shared<Arguments>();
  CLI::App* command = parser.add_subcommand("info", "Say what pictures are and what upscaling them would take");
  command->add_option("FILE", a->inputs, "Pictures")->required()->type_name("");
  command->add_option("-m,--model", a->model, "A name that `nalasr models` lists, or a .safetensors file")
      ->type_name("MODEL");
  command->add_option("-s,--scale", a->scale, "Any number from 1 to 8 (without it: the model's own)")->type_name("S");
  return [a](Console& console) { return info(console, *a); };
}

}  // namespace nalasr::app
