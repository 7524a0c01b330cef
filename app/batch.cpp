#include "batch.h"

#include <algorithm>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "progress.h"
#include "units.h"

namespace nalasr::app {
namespace {

namespace fs = std::filesystem;

double work_of(const Job& job) { return static_cast<double>(job.info.width) * job.info.height; }

bool already_there(const Job& job, bool overwrite) {
  std::error_code ignored;
  return !overwrite && fs::exists(job.output, ignored);
}

std::string size_text(int width, int height) { return std::to_string(width) + "x" + std::to_string(height); }

std::string memory_text(const RunReport& report) {
  const bool gpu = report.plan.device == Device::cuda;
  return (gpu ? "GPU memory " : "memory ") + mebibytes(gpu ? report.predicted_device_peak : report.predicted_peak) +
         " predicted, " + mebibytes(gpu ? report.measured_device_peak : report.measured_peak) + " measured";
}

// On a CPU that stands in for a GPU, why it does.
std::string device_text(const RunReport& report) {
  if (report.plan.device == Device::cuda) return report.instruction_set + " on " + report.device_note;
  return report.device + " " + report.instruction_set +
         (report.device_note.empty() ? "" : " (no GPU: " + report.device_note + ")");
}

std::string result_line(const Job& job, const RunReport& report) {
  const Plan& plan = report.plan;
  return printable(job.output) + ": " + size_text(plan.width, plan.height) + " -> " +
         size_text(plan.output_width, plan.output_height) + " in " + seconds(report.seconds_total) + ", " +
         memory_text(report) + ", " + device_text(report);
}

// The folder and its parents as far as they do not exist, innermost first.
std::vector<fs::path> missing_folders(fs::path folder) {
  std::vector<fs::path> missing;
  std::error_code ignored;
  for (; !folder.empty() && !fs::exists(folder, ignored); folder = folder.parent_path()) missing.push_back(folder);
  return missing;
}

Result<void> make_folder(const fs::path& folder) {
  std::error_code failure;
  if (!folder.empty()) fs::create_directories(folder, failure);
  if (!failure) return {};
  const bool forbidden = failure == std::errc::permission_denied || failure == std::errc::read_only_file_system;
  return Error{ErrorCode::io, "cannot create the folder " + printable(folder) + ": " + failure.message(),
               forbidden ? "choose an output folder you may write to" : ""};
}

class Batch {
 public:
  Batch(Console& console, const JobList& list, const BatchOptions& options, const std::stop_token& stop)
      : console_(console),
        list_(list),
        options_(options),
        stop_(stop),
        upscaler_(options.model, options.upscaler),
        progress_(console, list.jobs.size(), total_work()) {}

  ExitCode run() {
    for (const Job& job : list_.jobs) {
      if (stop_.stop_requested()) break;
      ++number_;
      if (job.problem) {
        fail(job, *job.problem);
      } else if (already_there(job, options_.overwrite)) {
        console_.print(printable(job.output) + ": exists, skipped (--overwrite replaces it)");
        ++skipped_;
      } else if (const auto done = upscale(job); !done) {
        if (done.error().code == ErrorCode::cancelled) break;
        fail(job, done.error());
        if (done.error().code == ErrorCode::device_unavailable) {
          unavailable_ = true;  // it will not be there for the next picture either
          break;
        }
      }
    }
    if (list_.jobs.size() > 1 || stop_.stop_requested()) print_summary();
    if (interrupted()) return kInterrupted;
    if (unavailable_) return kUnavailable;
    return failed_.empty() ? kAllDone : kSomeFailed;
  }

 private:
  [[nodiscard]] double total_work() const {
    double work = 0;
    for (const Job& job : list_.jobs) {
      if (!job.problem && !already_there(job, options_.overwrite)) work += work_of(job);
    }
    return work;
  }

  [[nodiscard]] std::size_t not_started() const { return list_.jobs.size() - done_ - skipped_ - failed_.size(); }
  // A signal that came after the last picture was complete has interrupted nothing.
  [[nodiscard]] bool interrupted() const { return stop_.stop_requested() && not_started() > 0; }

  Result<void> upscale(const Job& job) {
    progress_.begin_file(number_, printable(job.input.filename()), work_of(job));
    auto report = attempt(job);
    progress_.end_file(report.ok());
    console_.clear_progress();
    if (!report) return report.error();
    ++done_;
    console_.print(result_line(job, *report));
    for (const std::string& warning : report->warnings) console_.warn(printable(job.output), warning);
    return {};
  }

  Result<RunReport> attempt(const Job& job) {
    UpscaleRequest request;
    request.input = job.input;
    request.output = job.output;
    request.format = job.format;
    request.encode = options_.encode;
    request.scale = options_.scale;
    request.memory_budget = options_.memory_budget;
    {
      // A picture that does not fit must leave nothing behind, not even its folder.
      auto reader = ImageReader::open(job.input);
      if (!reader) return reader.error();
      if (auto plan = upscaler_.plan(**reader, request); !plan) return plan.error();
    }
    const std::vector<fs::path> made = missing_folders(job.output.parent_path());
    if (auto folder = make_folder(job.output.parent_path()); !folder) return folder.error();
    auto report = upscaler_.run(
        request, [this](const Progress& p) { progress_.update(p); }, stop_);
    if (!report) {
      std::error_code not_empty;  // then it holds something and stays
      for (const fs::path& folder : made) fs::remove(folder, not_empty);
    }
    return report;
  }

  void fail(const Job& job, const Error& error) {
    console_.error(about(printable(job.input), error));
    failed_.push_back(&job);
  }

  void print_summary() {
    std::string text = std::to_string(done_) + " done, " + std::to_string(skipped_) + " skipped, " +
                       std::to_string(failed_.size()) + " failed";
    if (interrupted()) text = "interrupted: " + text + ", " + std::to_string(not_started()) + " not done";
    if (list_.ignored > 0) {
      text +=
          " (" + std::to_string(list_.ignored) + (list_.ignored == 1 ? " other file" : " other files") + " left out)";
    }
    for (const Job* job : failed_) text += "\n  failed: " + printable(job->input);
    console_.print(text);
  }

  Console& console_;
  const JobList& list_;
  const BatchOptions& options_;
  const std::stop_token& stop_;
  Upscaler upscaler_;
  ProgressLine progress_;
  std::size_t number_ = 0, done_ = 0, skipped_ = 0;
  bool unavailable_ = false;
  std::vector<const Job*> failed_;
};

}  // namespace

ExitCode run_batch(Console& console, const JobList& list, const BatchOptions& options, const std::stop_token& stop) {
  return Batch(console, list, options, stop).run();
}

}  // namespace nalasr::app
