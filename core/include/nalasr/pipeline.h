// Pipeline: many pictures through one or several devices, with decoding, computing and encoding overlapped, and all of
// them together within one memory budget.
//
//     nalasr::Pipeline pipeline(model, {.memory_budget = 2ull << 30});
//     std::size_t next = 0;
//     auto summary = pipeline.run([&] { return next < jobs.size() ? std::optional(jobs[next++]) : std::nullopt; },
//     events);
//
// Thread safety: run() uses threads of its own, but calls the source and the events one at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

#include "nalasr/upscaler.h"

namespace nalasr {

struct PipelineOptions {
  std::vector<UpscalerOptions> devices{{}};  ///< a picture computes on each
  int load = 1, save = 1;                    ///< pictures that decode and that encode at once
  bool queue_output = true;                  ///< whether a device goes on while its picture still encodes
  bool other_formats = false;                ///< neither PNG nor JPEG will come: their module is loaded, not metered
  std::optional<std::uint64_t> memory_budget{};  ///< bytes above the loaded program, for all pictures together
};

/// One picture for run(). `id` is the caller's name for it, different for each.
struct PipelineItem {
  std::size_t id = 0;
  UpscaleRequest request;
};

/// What happens, told one at a time from the pipeline's threads. Empty functions are not called.
struct PipelineEvents {
  /// Header read, plan made: its pixels will be decoded now.
  std::function<void(std::size_t id, const Plan&)> planned{};
  /// Just before the output's temporary file is made; an error gives this picture up.
  std::function<Result<void>(std::size_t id)> computing{};
  std::function<void(std::size_t id, const Progress&)> progress{};
  /// Every picture that the source gave ends here, once. A report's measured_peak is that of the whole run so far:
  /// memory belongs to all pictures together.
  std::function<void(std::size_t id, Result<RunReport>)> finished{};
};

/// The whole run: its memory, and what each kind of worker waited for.
struct PipelineSummary {
  std::uint64_t predicted_peak = 0, measured_peak = 0;         ///< bytes above the loaded program
  double seconds = 0;                                          ///< from start to end
  double decoding = 0, computing = 0, encoding = 0;            ///< seconds at work, summed over pictures
  double loader_waits = 0, device_waits = 0, saver_waits = 0;  ///< seconds idle, summed over workers
};

class Pipeline {
 public:
  /// The next picture, or nothing more.
  using Source = std::function<std::optional<PipelineItem>()>;

  Pipeline(std::shared_ptr<const Model> model, PipelineOptions options);
  ~Pipeline();
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  /// The plan for a picture whose header was read, on the device where it takes the most memory: any of them may come
  /// to compute it. Errors: as Upscaler::plan, on any device.
  [[nodiscard]] Result<Plan> plan(const ImageReader& reader, const UpscaleRequest& request) const;
  /// Seconds per input pixel with all devices at work, measured now; for estimates.
  double seconds_per_pixel();
  /// Returns when every picture has ended. On `stop`, pictures that are being saved are finished, the others end with
  /// `cancelled`. A device that turns out to be unavailable stops the run likewise.
  PipelineSummary run(const Source& source, const PipelineEvents& events, std::stop_token stop = {});

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace nalasr
