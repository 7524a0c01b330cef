// Runs the jobs through the pipeline: one bad picture never stops the rest, and everything is told.
#pragma once

#include <memory>
#include <stop_token>

#include "batch_report.h"
#include "exit_code.h"
#include "job_list.h"
#include "journal.h"
#include "nalasr/model.h"
#include "nalasr/pipeline.h"

namespace nalasr::app {

struct BatchOptions {
  std::shared_ptr<const Model> model;
  double scale = 0;
  EncodeOptions encode;
  bool strip_metadata = false;
  Existing existing = Existing::skip;
  PipelineOptions pipeline;
};

/// What the pipeline is asked for one job.
UpscaleRequest request_of(const Job& job, const BatchOptions& options);

/// Upscales every job and reports it. `journal` may be null.
ExitCode run_batch(BatchReport& report, const JobList& list, const BatchOptions& options, Journal* journal,
                   const std::stop_token& stop);

}  // namespace nalasr::app
