// What a batch says while it runs: lines for people and, with --json, one object per event for programs.
//
// Thread safety: one thread at a time, as the pipeline calls it.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "console.h"
#include "job_list.h"
#include "nalasr/pipeline.h"
#include "progress.h"

namespace nalasr::app {

class BatchReport {
 public:
  BatchReport(Console& console, const JobList& list, bool json);

  void begin(const std::string& model, double scale, double sharpness);
  void started(std::size_t id, const Plan& plan);
  void computing(std::size_t id);
  void progress(std::size_t id, const Progress& progress);
  void done(std::size_t id, const RunReport& report);
  void skipped(std::size_t id, const std::string& why);
  void failed(std::size_t id, const Error& error);
  /// Given up before it was complete, because the run was stopped.
  void stopped(std::size_t id);
  void warning(const std::string& text);
  /// `interrupted`: jobs were left. `memory`: of the run; null where nothing ran.
  void summary(bool interrupted, const PipelineSummary* memory);

  [[nodiscard]] std::size_t failures() const { return failed_.size(); }
  [[nodiscard]] std::size_t not_done() const { return list_.jobs.size() - done_ - skipped_ - failed_.size(); }

 private:
  struct FailedJob {
    std::string name, reason;
  };
  [[nodiscard]] double total_pixels() const;

  Console& console_;
  const JobList& list_;
  const bool json_;
  ProgressLine line_;
  std::size_t done_ = 0, skipped_ = 0;
  std::vector<FailedJob> failed_;
  std::map<std::size_t, std::chrono::steady_clock::time_point> told_;  ///< last progress event of a file
};

}  // namespace nalasr::app
