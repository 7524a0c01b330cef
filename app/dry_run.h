// nalasr upscale --dry-run: the plan of every file, without doing any of it.
#pragma once

#include "batch.h"
#include "console.h"
#include "exit_code.h"

namespace nalasr::app {

/// Prints for each job its output, the memory it would take and about how long; with `json` as objects.
ExitCode dry_run(Console& console, const JobList& list, const BatchOptions& options, bool json);

}  // namespace nalasr::app
