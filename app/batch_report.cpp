#include "batch_report.h"

#include <nlohmann/json.hpp>

#include "units.h"

namespace nalasr::app {
namespace {

using nlohmann::json;
using Clock = std::chrono::steady_clock;

constexpr auto kProgressEvery = std::chrono::seconds(1);

double pixels_of(const Job& job) { return static_cast<double>(job.info.width) * job.info.height; }

std::string size_text(int width, int height) { return std::to_string(width) + "x" + std::to_string(height); }

// Names may hold bytes that are not UTF-8: replaced rather than thrown about.
std::string line_of(const json& event) { return event.dump(-1, ' ', false, json::error_handler_t::replace); }

json event_of(const char* name, const Job& job) {
  json event = {{"event", name}, {"input", job.input.native()}};
  if (!job.output.empty()) event["output"] = job.output.native();
  return event;
}

std::string output_name(const Job& job) {
  return job.output == kStandardOutput ? "standard output" : printable(job.output);
}

// Pictures that overlap share the host's memory: the measured peak is the summary's then.
std::string memory_text(const RunReport& report, bool alone) {
  if (report.plan.device == Device::cuda) {
    return "GPU memory " + mebibytes(report.predicted_device_peak) + " predicted, " +
           mebibytes(report.measured_device_peak) + " measured";
  }
  return "memory " + mebibytes(report.predicted_peak) + " predicted" +
         (alone ? ", " + mebibytes(report.measured_peak) + " measured" : "");
}

// On a CPU that stands in for a GPU, why it does; once is enough.
std::string device_text(const RunReport& report, bool is_first) {
  if (report.plan.device == Device::cuda) return report.instruction_set + " on " + report.device_note;
  return report.device + " " + report.instruction_set +
         (report.device_note.empty() || !is_first ? "" : " (no GPU: " + report.device_note + ")");
}

const char* word_of(ErrorCode code) {
  static constexpr const char* kWords[] = {
      "invalid_argument", "not_found",          "io",        "corrupt", "unsupported",
      "out_of_memory",    "device_unavailable", "cancelled", "internal"};
  return kWords[static_cast<int>(code)];
}

}  // namespace

BatchReport::BatchReport(Console& console, const JobList& list, bool json_events)
    : console_(console), list_(list), json_(json_events), line_(console, list.jobs.size(), total_pixels()) {}

double BatchReport::total_pixels() const {
  double pixels = 0;
  for (const Job& job : list_.jobs) {
    if (!job.problem && job.skip.empty()) pixels += pixels_of(job);
  }
  return pixels;
}

void BatchReport::begin(const std::string& model, double scale, double sharpness) {
  if (!json_) return;
  console_.print_data(line_of({{"event", "begin"},
                               {"files", list_.jobs.size()},
                               {"model", model},
                               {"scale", scale},
                               {"sharpness", sharpness}}));
}

void BatchReport::started(std::size_t id, const Plan& plan) {
  if (!json_) return;
  json event = event_of("start", list_.jobs[id]);
  event["width"] = plan.width;
  event["height"] = plan.height;
  event["output_width"] = plan.output_width;
  event["output_height"] = plan.output_height;
  event["predicted_peak_bytes"] = plan.predicted_peak;
  console_.print_data(line_of(event));
}

void BatchReport::computing(std::size_t id) {
  const Job& job = list_.jobs[id];
  line_.begin_file(id, job.name, pixels_of(job));
}

void BatchReport::progress(std::size_t id, const Progress& progress) {
  line_.update(id, progress.fraction);
  if (!json_) return;
  const auto now = Clock::now();
  auto& told = told_[id];
  if (now - told < kProgressEvery) return;
  told = now;
  json event = event_of("progress", list_.jobs[id]);
  event["fraction"] = progress.fraction;
  event["stage"] = progress.stage;
  event["megapixels_per_second"] = line_.megapixels_per_second();
  if (line_.seconds_left() >= 0) event["seconds_left"] = line_.seconds_left();
  console_.print_data(line_of(event));
}

void BatchReport::done(std::size_t id, const RunReport& report) {
  const Job& job = list_.jobs[id];
  line_.end_file(id, pixels_of(job), true);
  told_.erase(id);
  ++done_;
  const Plan& plan = report.plan;
  console_.print(output_name(job) + ": " + size_text(plan.width, plan.height) + " -> " +
                 size_text(plan.output_width, plan.output_height) + " in " + seconds(report.seconds_total) + ", " +
                 memory_text(report, list_.jobs.size() == 1) + ", " + device_text(report, done_ == 1));
  for (const std::string& warning : report.warnings) console_.warn(output_name(job), warning);
  if (!json_) return;
  json event = event_of("done", job);
  event["report"] = json::parse(report.to_json());
  console_.print_data(line_of(event));
}

void BatchReport::skipped(std::size_t id, const std::string& why) {
  const Job& job = list_.jobs[id];
  ++skipped_;
  console_.print(output_name(job) + ": " + why);
  if (!json_) return;
  json event = event_of("skipped", job);
  event["reason"] = why;
  console_.print_data(line_of(event));
}

void BatchReport::failed(std::size_t id, const Error& error) {
  const Job& job = list_.jobs[id];
  line_.end_file(id, pixels_of(job), false);
  told_.erase(id);
  failed_.push_back({job.name, error.message});
  console_.error(about(job.name, error));
  if (!json_) return;
  json event = event_of("failed", job);
  event["code"] = word_of(error.code);
  event["reason"] = error.message;
  event["hint"] = error.hint;
  console_.print_data(line_of(event));
}

void BatchReport::stopped(std::size_t id) {
  line_.end_file(id, pixels_of(list_.jobs[id]), false);
  told_.erase(id);
  console_.clear_progress();
}

void BatchReport::warning(const std::string& text) {
  console_.warn("output", text);
  if (json_) console_.print_data(line_of({{"event", "warning"}, {"text", text}}));
}

void BatchReport::summary(bool interrupted, const PipelineSummary* run) {
  console_.clear_progress();
  std::string text = std::to_string(done_) + " done, " + std::to_string(skipped_) + " skipped, " +
                     std::to_string(failed_.size()) + " failed";
  if (interrupted) text = "interrupted: " + text + ", " + std::to_string(not_done()) + " not done";
  if (list_.ignored > 0) {
    text += " (" + std::to_string(list_.ignored) + (list_.ignored == 1 ? " other file" : " other files") + " left out)";
  }
  if (run != nullptr && done_ > 0) {
    text += "\n  in " + seconds(run->seconds) + ", memory at most " + mebibytes(run->predicted_peak) + " predicted, " +
            mebibytes(run->measured_peak) + " measured; the device waited " + seconds(run->device_waits);
  }
  for (const FailedJob& job : failed_) text += "\n  failed: " + job.name + ": " + job.reason;
  if (list_.jobs.size() > 1 || interrupted) console_.print(text);
  if (!json_) return;
  json failures = json::array();
  for (const FailedJob& job : failed_) failures.push_back({{"input", job.name}, {"reason", job.reason}});
  json event = {{"event", "summary"}, {"done", done_},          {"skipped", skipped_},
                {"failed", failures}, {"not_done", not_done()}, {"interrupted", interrupted}};
  if (run != nullptr) {
    event["seconds"] = run->seconds;
    event["predicted_peak_bytes"] = run->predicted_peak;
    event["measured_peak_bytes"] = run->measured_peak;
    event["at_work"] = {{"decode", run->decoding}, {"compute", run->computing}, {"encode", run->encoding}};
    event["waited"] = {{"load", run->loader_waits}, {"compute", run->device_waits}, {"save", run->saver_waits}};
  }
  console_.print_data(line_of(event));
}

}  // namespace nalasr::app
