// Runs the jobs one after the other: one bad picture never stops the rest, and everything is told.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>

#include "console.h"
#include "exit_code.h"
#include "job_list.h"
#include "nalasr/model.h"
#include "nalasr/upscaler.h"

namespace nalasr::app {

struct BatchOptions {
  std::shared_ptr<const Model> model;
  double scale = 0;
  UpscalerOptions upscaler;
  EncodeOptions encode;
  std::optional<std::uint64_t> memory_budget;
  bool overwrite = false;
};

/// Upscales every job and prints a line for each, errors as they come, and a summary where there were several.
ExitCode run_batch(Console& console, const JobList& list, const BatchOptions& options, const std::stop_token& stop);

}  // namespace nalasr::app
