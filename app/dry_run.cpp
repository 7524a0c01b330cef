#include "dry_run.h"

#include <nlohmann/json.hpp>

#include "disk_space.h"
#include "units.h"

namespace nalasr::app {
namespace {

using nlohmann::json;

struct Estimate {
  double seconds = 0;
  std::uint64_t bytes = 0;
};

std::string size_text(int width, int height) { return std::to_string(width) + "x" + std::to_string(height); }

std::string output_name(const Job& job) {
  return job.output == kStandardOutput ? "standard output" : printable(job.output);
}

void print(Console& console, const json& event) {
  console.print_data(event.dump(-1, ' ', false, json::error_handler_t::replace));
}

void print_plan(Console& console, const Job& job, const Plan& plan, const Estimate& estimate, bool as_json) {
  if (as_json) {
    print(console, {{"event", "plan"},
                    {"input", job.input.native()},
                    {"output", job.output.native()},
                    {"format", extension_of(job.format)},
                    {"replaces", job.replaces},
                    {"width", plan.width},
                    {"height", plan.height},
                    {"output_width", plan.output_width},
                    {"output_height", plan.output_height},
                    {"predicted_peak_bytes", plan.predicted_peak},
                    {"estimated_seconds", estimate.seconds},
                    {"estimated_file_bytes", estimate.bytes}});
    return;
  }
  console.print(job.name + " -> " + output_name(job) + (job.replaces ? " (replaced)" : "") + ": " +
                size_text(plan.width, plan.height) + " -> " + size_text(plan.output_width, plan.output_height) + " " +
                extension_of(job.format) + ", memory " + mebibytes(plan.predicted_peak) + ", about " +
                clock(estimate.seconds) + ", file about " + mebibytes(estimate.bytes));
}

}  // namespace

ExitCode dry_run(Console& console, const JobList& list, const BatchOptions& options, bool as_json) {
  Pipeline pipeline(options.model, options.pipeline);
  const double seconds_per_pixel = pipeline.seconds_per_pixel();
  Estimate all;
  std::size_t to_do = 0, skipped = 0, failing = 0;
  const auto problem = [&](const Job& job, const Error& error) {
    ++failing;
    console.error(about(job.name, error));
    if (as_json) print(console, {{"event", "failed"}, {"input", job.input.native()}, {"reason", error.message}});
  };
  for (const Job& job : list.jobs) {
    if (job.problem) {
      problem(job, *job.problem);
      continue;
    }
    if (!job.skip.empty()) {
      ++skipped;
      console.print(output_name(job) + ": " + job.skip);
      if (as_json) print(console, {{"event", "skipped"}, {"input", job.input.native()}, {"reason", job.skip}});
      continue;
    }
    auto reader = ImageReader::open(job.input);
    if (!reader) {
      problem(job, reader.error());
      continue;
    }
    const auto plan = pipeline.plan(**reader, request_of(job, options));
    if (!plan) {
      problem(job, plan.error());
      continue;
    }
    // Alpha takes a second pass where it is not opaque, which only the pixels tell.
    const double pixels = static_cast<double>(plan->width) * plan->height * (job.info.has_alpha() ? 2 : 1);
    const Estimate estimate{pixels * seconds_per_pixel, estimated_file_bytes(job, options.scale)};
    print_plan(console, job, *plan, estimate, as_json);
    all.seconds += estimate.seconds;
    all.bytes += estimate.bytes;
    ++to_do;
  }
  console.print(std::to_string(to_do) + " to do, " + std::to_string(skipped) + " to skip, " + std::to_string(failing) +
                " would fail; about " + clock(all.seconds) + ", files about " + mebibytes(all.bytes));
  return failing == 0 ? kAllDone : kSomeFailed;
}

}  // namespace nalasr::app
