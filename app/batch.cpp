#include "batch.h"

#include <set>
#include <system_error>
#include <utility>
#include <vector>

#include "console.h"

namespace nalasr::app {
namespace {

namespace fs = std::filesystem;

// Makes folders for outputs, and in the end removes those of them that stayed empty: a picture that fails leaves
// nothing behind.
class OutputFolders {
 public:
  Result<void> make(const fs::path& folder) {
    std::error_code failure;
    std::vector<fs::path> missing;
    for (fs::path f = folder; !f.empty() && !fs::exists(f, failure); f = f.parent_path()) missing.push_back(f);
    failure.clear();
    if (!folder.empty()) fs::create_directories(folder, failure);
    made_.insert(missing.begin(), missing.end());
    if (!failure) return {};
    const bool forbidden = failure == std::errc::permission_denied || failure == std::errc::read_only_file_system;
    return Error{ErrorCode::io, "cannot create the folder " + printable(folder) + ": " + failure.message(),
                 forbidden ? "choose an output folder you may write to" : ""};
  }
  ~OutputFolders() {
    std::error_code not_empty;  // then it holds something and stays
    for (auto folder = made_.rbegin(); folder != made_.rend(); ++folder) fs::remove(*folder, not_empty);
  }

 private:
  std::set<fs::path> made_;  // a folder sorts before what is in it
};

class Batch {
 public:
  Batch(BatchReport& report, const JobList& list, const BatchOptions& options, Journal* journal)
      : report_(report), list_(list), options_(options), journal_(journal) {}

  ExitCode run(const std::stop_token& stop) {
    for (std::size_t id = 0; id < list_.jobs.size(); ++id) {
      const Job& job = list_.jobs[id];
      if (job.problem) report_.failed(id, *job.problem);
      if (!job.problem && !job.skip.empty()) report_.skipped(id, job.skip);
      if (!job.problem && job.skip.empty()) to_do_.push_back(id);
    }
    PipelineSummary summary;
    const bool any = !to_do_.empty() && !stop.stop_requested();
    if (any) {
      summary = Pipeline(options_.model, options_.pipeline)
                    .run([this] { return next(); },
                         {.planned = [this](std::size_t id, const Plan& plan) { report_.started(id, plan); },
                          .computing = [this](std::size_t id) { return computing(id); },
                          .progress = [this](std::size_t id, const Progress& p) { report_.progress(id, p); },
                          .finished = [this](std::size_t id, Result<RunReport> outcome) { finished(id, outcome); }},
                         stop);
    }
    // A signal that came after the last picture was complete has interrupted nothing.
    const bool interrupted = stop.stop_requested() && report_.not_done() > 0;
    if (journal_ != nullptr && !interrupted && report_.failures() == 0) journal_->end();
    if (journal_ != nullptr && !journal_->problem().empty()) {
      report_.warning("the journal cannot be written (" + journal_->problem() +
                      "): this run could not be resumed everywhere");
    }
    if (journal_ != nullptr) journal_->remove_if_useless();
    report_.summary(interrupted, any ? &summary : nullptr);
    if (interrupted) return kInterrupted;
    if (unavailable_) return kUnavailable;
    return report_.failures() == 0 ? kAllDone : kSomeFailed;
  }

 private:
  std::optional<PipelineItem> next() {
    while (next_ < to_do_.size()) {
      const std::size_t id = to_do_[next_++];
      const Job& job = list_.jobs[id];
      std::error_code ignored;
      // It may have come since the plan was made, from a run beside this one.
      if (!job.replaces && job.output != kStandardOutput && fs::exists(job.output, ignored)) {
        if (options_.existing == Existing::skip) {
          report_.skipped(id, "exists by now, skipped");
        } else {
          report_.failed(id, {ErrorCode::io, "its output " + printable(job.output) + " exists by now", ""});
        }
        continue;
      }
      return PipelineItem{id, request_of(job, options_)};
    }
    return std::nullopt;
  }
  Result<void> computing(std::size_t id) {
    const Job& job = list_.jobs[id];
    if (job.output != kStandardOutput) {
      if (auto made = folders_.make(job.output.parent_path()); !made) return made;
    }
    if (journal_ != nullptr) journal_->begin(job.output, job.key);
    report_.computing(id);
    return {};
  }
  void finished(std::size_t id, const Result<RunReport>& outcome) {
    const Job& job = list_.jobs[id];
    if (outcome) {
      if (journal_ != nullptr) journal_->done(job.output, job.key);
      report_.done(id, *outcome);
      return;
    }
    const ErrorCode code = outcome.error().code;
    if (code == ErrorCode::cancelled) {
      report_.stopped(id);
      return;
    }
    unavailable_ |= code == ErrorCode::device_unavailable;
    report_.failed(id, outcome.error());
  }

  BatchReport& report_;
  const JobList& list_;
  const BatchOptions& options_;
  Journal* journal_;
  OutputFolders folders_;
  std::vector<std::size_t> to_do_;
  std::size_t next_ = 0;
  bool unavailable_ = false;
};

}  // namespace

UpscaleRequest request_of(const Job& job, const BatchOptions& options) {
  UpscaleRequest request;
  request.input = job.input;
  request.output = job.output;
  request.format = job.format;
  request.encode = options.encode;
  request.scale = options.scale;
  request.memory_budget = options.pipeline.memory_budget;
  request.strip_metadata = options.strip_metadata;
  return request;
}

ExitCode run_batch(BatchReport& report, const JobList& list, const BatchOptions& options, Journal* journal,
                   const std::stop_token& stop) {
  return Batch(report, list, options, journal).run(stop);
}

}  // namespace nalasr::app
