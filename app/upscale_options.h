// The options of nalasr upscale: as typed, and what they mean.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "batch.h"
#include "job_list.h"
#include "nalasr/result.h"

namespace nalasr::app {

/// As typed. Numbers are texts here so that this program, not the parser, says what is wrong with them.
struct UpscaleArguments {
  std::vector<std::string> inputs;
  std::string files_from, output, name_template, existing = "skip";
  std::string scale, model, sharpness, device = "auto", precision = "mixed", threads, workers;
  std::string budget, max_pixels, shard;
  std::string format, quality, png_level;
  bool overwrite = false, recursive = false, strip = false, dry_run = false, json = false;
};

struct UpscaleOptions {
  double scale = 0;                 ///< 0: the model's own
  double sharpness = 0;             ///< share of the model's sharper partner
  std::vector<std::string> inputs;  ///< patterns and lists resolved
  std::string name_template;        ///< empty: the default
  std::optional<ImageFormat> format;
  std::uint64_t max_pixels = 0;
  Shard shard;
  BatchOptions batch;
};

void add_upscale_options(CLI::App& command, UpscaleArguments& arguments);

/// Errors: invalid_argument, not_found (a pattern without a match), io (a list that cannot be read).
Result<UpscaleOptions> interpret(const UpscaleArguments& arguments);

}  // namespace nalasr::app
