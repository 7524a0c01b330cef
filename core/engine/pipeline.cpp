#include "nalasr/pipeline.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "engine/handoff.h"
#include "engine/memory_ledger.h"
#include "engine/upscale_job.h"
#include "image/opencv_module.h"
#include "report/memory_meter.h"

namespace nalasr {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

Error cancelled() { return {ErrorCode::cancelled, "cancelled", ""}; }

constexpr std::uint64_t kLongestQueue = 256 << 20;  // bytes: some 85 megapixels

/// A plan for each device: any of them may come to compute the picture, and each has its own memory and threads.
/// `first` is that of the first device. Errors: of the first that cannot.
Result<std::vector<Plan>> plans_on(const std::vector<Upscaler>& devices, const Plan& first, const ImageReader& reader,
                                   const UpscaleRequest& request) {
  std::vector<Plan> plans{first};
  for (std::size_t i = 1; i < devices.size(); ++i) {
    auto plan = devices[i].plan(reader, request);
    if (!plan) return plan.error();
    plans.push_back(*std::move(plan));
  }
  return plans;
}

const Plan& neediest(const std::vector<Plan>& plans) {
  return *std::max_element(plans.begin(), plans.end(),
                           [](const Plan& a, const Plan& b) { return a.predicted_peak < b.predicted_peak; });
}

struct Travelling {
  std::size_t id = 0;
  UpscaleJobPtr job;
  std::vector<Plan> plans;
};

/// One call of Pipeline::run.
class Run {
 public:
  Run(std::vector<Upscaler>& devices, const PipelineOptions& options, const Pipeline::Source& source,
      const PipelineEvents& events)
      : devices_(devices),
        options_(options),
        source_(source),
        events_(events),
        ledger_(options.memory_budget.value_or(0)) {
    for (const UpscalerOptions& device : options.devices)
      gpus_.try_emplace(device.device_index, options.memory_budget.value_or(0));
  }

  PipelineSummary run(const std::stop_token& stop) {
    const std::stop_callback forward(stop, [this] { stopper_.request_stop(); });
    const auto start = Clock::now();
    std::vector<std::thread> savers, workers, loaders;
    for (int i = 0; i < std::max(1, options_.save); ++i) savers.emplace_back([this] { save_all(); });
    for (std::size_t i = 0; i < devices_.size(); ++i) workers.emplace_back([this, i] { compute_all(i); });
    for (int i = 0; i < std::max(1, options_.load); ++i) loaders.emplace_back([this] { load_all(); });
    for (std::thread& thread : loaders) thread.join();
    loaded_.close();
    for (std::thread& thread : workers) thread.join();
    computed_.close();
    for (std::thread& thread : savers) thread.join();
    summary_.seconds = seconds_since(start);
    summary_.predicted_peak = ledger_.peak();
    summary_.measured_peak = meter_.peak_above_start();
    return summary_;
  }

 private:
  std::optional<PipelineItem> next() {
    const std::lock_guard lock(told_);
    if (stopper_.stop_requested()) return std::nullopt;
    return source_();
  }
  void finish(std::size_t id, Result<RunReport> outcome) {
    const std::lock_guard lock(told_);
    if (outcome) {
      outcome->measured_peak = meter_.peak_above_start();
      // Without the time that it stood between the stages, waiting for others.
      outcome->seconds_total = outcome->seconds_decode + outcome->seconds_network + outcome->seconds_encode;
      summary_.decoding += outcome->seconds_decode;
      summary_.computing += outcome->seconds_network;
      summary_.encoding += outcome->seconds_encode;
    } else if (outcome.error().code == ErrorCode::device_unavailable) {
      stopper_.request_stop();  // it will not be there for the next picture either
    }
    if (events_.finished) events_.finished(id, std::move(outcome));
  }
  void waited(double PipelineSummary::*whom, Clock::time_point since) {
    const std::lock_guard lock(told_);
    summary_.*whom += seconds_since(since);
  }

  void load_all() {
    while (auto item = next()) {
      auto loaded = load(*item);
      if (!loaded) {
        finish(item->id, loaded.error());
        continue;
      }
      const auto start = Clock::now();
      loaded_.give(*std::move(loaded));
      waited(&PipelineSummary::loader_waits, start);
    }
  }
  Result<Travelling> load(const PipelineItem& item) {
    auto job = devices_.front().open(item.request);
    if (!job) return job.error();
    auto plans = plans_on(devices_, (*job)->plan, *(*job)->reader, item.request);
    if (!plans) return plans.error();
    const Plan& plan = neediest(*plans);
    if (events_.planned) {
      const std::lock_guard lock(told_);
      events_.planned(item.id, plan);
    }
    if (plan.device == Device::cuda) ledger_.lift_limit();  // the budget is of the GPU's memory then
    const auto start = Clock::now();
    const bool entered = ledger_.enter(item.id, (*job)->decode_bytes, plan.predicted_peak, stopper_.get_token());
    waited(&PipelineSummary::loader_waits, start);
    if (!entered) return cancelled();
    if (const Result<void> decoded = Upscaler::decode(**job); !decoded) {
      ledger_.shrink(item.id, 0);
      return decoded.error();
    }
    return Travelling{item.id, *std::move(job), *std::move(plans)};
  }

  void compute_all(std::size_t device) {
    for (;;) {
      auto start = Clock::now();
      auto item = loaded_.take();
      if (!item) return;
      const Plan& plan = item->plans[device];
      MemoryLedger* gpu = plan.device == Device::cuda ? &gpus_.at(options_.devices[device].device_index) : nullptr;
      const std::uint64_t bytes = plan.device_memory.bytes;
      bool room = ledger_.grow(item->id, stopper_.get_token());
      if (gpu) room = room && gpu->enter(item->id, bytes, bytes, stopper_.get_token());
      waited(&PipelineSummary::device_waits, start);
      const Result<void> done = room ? compute(device, *item) : cancelled();
      if (gpu && room) gpu->shrink(item->id, 0);
      if (!done) {
        item->job.reset();
        ledger_.shrink(item->id, 0);
        finish(item->id, done.error());
        continue;
      }
      start = Clock::now();
      computed_.give(*std::move(item));
      waited(&PipelineSummary::device_waits, start);
    }
  }
  Result<void> compute(std::size_t device, const Travelling& item) {
    item.job->follow(item.plans[device]);
    if (events_.computing) {
      const std::lock_guard lock(told_);
      if (const Result<void> ready = events_.computing(item.id); !ready) return ready;
    }
    // A queue for the output lets the device go on to the next picture while this one encodes. Where there is
    // no room for it the rows go straight to the writer, and the device waits for that.
    const ImageInfo& out = item.job->out;
    const std::uint64_t whole = out.row_bytes() * static_cast<std::uint64_t>(out.height);
    std::uint64_t queue = options_.queue_output ? std::min(whole, kLongestQueue) : 0;
    if (!ledger_.try_add(item.id, queue)) queue = 0;
    const Result<void> done = devices_[device].compute(
        *item.job, queue,
        [&](const Progress& progress) {
          if (!events_.progress) return;
          const std::lock_guard lock(told_);
          events_.progress(item.id, progress);
        },
        stopper_.get_token());
    if (done) ledger_.shrink(item.id, item.job->plan.codec_bytes + queue);
    return done;
  }

  void save_all() {
    for (;;) {
      const auto start = Clock::now();
      auto item = computed_.take();
      waited(&PipelineSummary::saver_waits, start);
      if (!item) return;
      auto report = Upscaler::save(*item->job);
      item->job.reset();
      ledger_.shrink(item->id, 0);
      finish(item->id, std::move(report));
    }
  }

  std::vector<Upscaler>& devices_;
  const PipelineOptions& options_;
  const Pipeline::Source& source_;
  const PipelineEvents& events_;
  const MemoryMeter meter_;
  MemoryLedger ledger_;
  std::map<int, MemoryLedger> gpus_;  // by index: what the pictures take together that a GPU computes at once
  Handoff<Travelling> loaded_, computed_;
  std::stop_source stopper_;
  std::mutex told_;  // source, events and summary: one at a time
  PipelineSummary summary_;
};

}  // namespace

struct Pipeline::Impl {
  PipelineOptions options;
  std::vector<Upscaler> devices;
};

Pipeline::Pipeline(std::shared_ptr<const Model> model, PipelineOptions options) : impl_(std::make_unique<Impl>()) {
  for (const UpscalerOptions& device : options.devices) impl_->devices.emplace_back(model, device);
  impl_->options = std::move(options);
}
Pipeline::~Pipeline() = default;

Result<Plan> Pipeline::plan(const ImageReader& reader, const UpscaleRequest& request) const {
  const auto first = impl_->devices.front().plan(reader, request);
  if (!first) return first.error();
  const auto plans = plans_on(impl_->devices, *first, reader, request);
  if (!plans) return plans.error();
  return neediest(*plans);
}

double Pipeline::seconds_per_pixel() {
  double pixels_per_second = 0;
  for (Upscaler& device : impl_->devices) pixels_per_second += 1 / std::max(1e-12, device.seconds_per_pixel());
  return 1 / pixels_per_second;
}

PipelineSummary Pipeline::run(const Source& source, const PipelineEvents& events, std::stop_token stop) {
  if (impl_->options.other_formats) (void)opencv_module();
  return Run(impl_->devices, impl_->options, source, events).run(stop);
}

}  // namespace nalasr
