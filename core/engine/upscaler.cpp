#include "nalasr/upscaler.h"

#include <algorithm>
#include <chrono>
#include <new>
#include <tuple>

#include "engine/network_runner.h"
#include "engine/output_sink.h"
#include "engine/queued_writer.h"
#include "engine/sweep.h"
#include "engine/upscale_job.h"
#include "image/alpha.h"
#include "image/picture.h"
#include "image/prepare.h"
#include "report/memory_meter.h"

namespace nalasr {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

bool swaps_axes(int orientation) { return orientation >= 5; }

/// Whether the last channel holds its largest value everywhere.
bool is_opaque(const Picture& picture) {
  const ImageInfo& info = picture.info;
  const std::size_t size = info.bits / 8, pixel = info.pixel_bytes();
  for (int y = 0; y < info.height; ++y) {
    const std::byte* alpha = picture.row(y) + pixel - size;
    for (int x = 0; x < info.width; ++x, alpha += pixel)
      for (std::size_t b = 0; b < size; ++b)
        if (alpha[b] != std::byte{0xff}) return false;
  }
  return true;
}

PictureView view_of(const Picture& picture, SampleSource source) {
  return {.data = picture.row(0),
          .width = picture.info.width,
          .height = picture.info.height,
          .channels = picture.info.channels,
          .bits = picture.info.bits,
          .stride = picture.info.row_bytes(),
          .source = source};
}

/// The one place where exceptions of the standard library and of the codecs end.
template <typename T, typename Step>
Result<T> guarded(const Step& step) {
  try {
    return step();
  } catch (const std::bad_alloc&) {
    return Error{ErrorCode::out_of_memory, "out of memory", "use --memory-budget, or a smaller picture"};
  } catch (const std::exception& e) { return Error{ErrorCode::internal, e.what(), "please report this"}; }
}

}  // namespace

struct Upscaler::Impl {
  NetworkRunner network;

  Impl(const std::shared_ptr<const Model>& m, UpscalerOptions o) : network(m, o) {}

  [[nodiscard]] Result<Plan> plan(const ImageReader& reader, const UpscaleRequest& request) const {
    const ImageInfo& info = reader.info();
    PlanRequest r{.width = info.width,
                  .height = info.height,
                  .channels = info.channels,
                  .bits = info.bits,
                  .target_scale = request.scale,
                  .spec = network.spec(),
                  .decoder_bytes = reader.resident_bytes() + read_picture_bytes(info),
                  .budget = request.memory_budget,
                  .strip_rows = request.strip_rows};
    if (swaps_axes(info.orientation)) std::swap(r.width, r.height);
    ImageInfo out = info;
    std::tie(out.width, out.height) = output_size(r);
    r.encoder_bytes = ImageWriter::resident_bytes_for(request.format, out, request.encode);
    r.commit_bytes = ImageWriter::commit_bytes_for(request.format, out, request.encode);
    return network.plan(r);
  }

  Result<void> compute(UpscaleJob& job, std::uint64_t queue_bytes, const ProgressCallback& progress,
                       const std::stop_token& stop);
  /// Runs the network over one source of samples into `sink`, and stops early on `stop` or when the consumer behind
  /// the sink has set `failed`. Errors: what `failed` says; cancelled; internal (values that overflowed).
  Result<void> pass(const Picture& picture, SampleSource source, const Plan& plan, OutputSink& sink,
                    const Result<void>& failed, RunReport& report, const std::function<void(int, double)>& progress,
                    const std::stop_token& stop);
};

Upscaler::Upscaler(std::shared_ptr<const Model> model, UpscalerOptions options)
    : impl_(std::make_unique<Impl>(model, options)) {}
Upscaler::~Upscaler() = default;
Upscaler::Upscaler(Upscaler&&) noexcept = default;
Upscaler& Upscaler::operator=(Upscaler&&) noexcept = default;

Result<Plan> Upscaler::plan(const ImageReader& reader, const UpscaleRequest& request) const {
  return impl_->plan(reader, request);
}

std::string Upscaler::gpu_name(const Plan& plan) const {
  return plan.device == Device::cuda ? impl_->network.device_note(plan) : "";
}

double Upscaler::seconds_per_pixel() {
  Picture picture;
  picture.info.width = 256;
  picture.info.height = 32;
  picture.pixels = AlignedBuffer::allocate(picture.info.row_bytes() * static_cast<std::size_t>(picture.info.height));
  if (picture.pixels.data() == nullptr) return 0;
  for (std::size_t i = 0; i < picture.pixels.size(); ++i) picture.pixels.data()[i] = static_cast<std::byte>(i * 37);
  const auto plan = impl_->network.plan({.width = picture.info.width, .height = picture.info.height, .spec = {}});
  if (!plan) return 0;
  ImageInfo out = picture.info;
  out.width = plan->output_width;
  out.height = plan->output_height;
  OutputSink nowhere(out.width, out.height, out, nullptr, [](const StripView&) {});
  const auto start = Clock::now();
  RunReport unread;
  (void)impl_->pass(picture, SampleSource::color, *plan, nowhere, {}, unread, [](int, double) {}, {});
  return seconds_since(start) / (static_cast<double>(picture.info.width) * picture.info.height);
}

Result<UpscaleJobPtr> Upscaler::open(const UpscaleRequest& request) const {
  return guarded<UpscaleJobPtr>([&]() -> Result<UpscaleJobPtr> {
    auto job = std::make_shared<UpscaleJob>();
    job->start = Clock::now();
    job->request = request;
    auto reader = ImageReader::open(request.input);
    if (!reader) return reader.error();
    job->reader = *std::move(reader);
    auto planned = impl_->plan(*job->reader, request);
    if (!planned) return planned.error();
    job->follow(*planned);
    const ImageInfo& in = job->reader->info();
    job->decode_bytes = job->reader->resident_bytes() + read_picture_bytes(in);
    job->out = in;
    job->out.width = job->plan.output_width;
    job->out.height = job->plan.output_height;
    job->out.orientation = 1;
    job->out.source_bits = job->out.bits;
    job->out.format = extension_of(request.format);
    if (!request.strip_metadata) {
      job->metadata = metadata_for_output(job->reader->metadata(), job->out.width, job->out.height);
    }
    job->report.input = request.input;
    job->report.output = request.output;
    job->report.input_info = in;
    job->report.output_info = job->out;
    return job;
  });
}

Result<void> Upscaler::decode(UpscaleJob& job) {
  return guarded<void>([&]() -> Result<void> {
    const auto start = Clock::now();
    Result<Picture> picture = read_picture(*job.reader);
    if (!picture) return picture.error();
    job.reader.reset();
    job.picture = *std::move(picture);
    job.alpha = job.picture.info.has_alpha() && !is_opaque(job.picture);
    if (job.alpha)
      if (const Result<void> bled = bleed_color(job.picture); !bled) return bled.error();
    job.report.seconds_decode = seconds_since(start);
    return {};
  });
}

Result<void> Upscaler::compute(UpscaleJob& job, std::uint64_t queue_bytes, const ProgressCallback& progress,
                               const std::stop_token& stop) {
  return guarded<void>([&] { return impl_->compute(job, queue_bytes, progress, stop); });
}

Result<RunReport> Upscaler::save(UpscaleJob& job) {
  return guarded<RunReport>([&]() -> Result<RunReport> {
    const auto start = Clock::now();
    if (const Result<void> committed = job.writer->commit(); !committed) return committed.error();
    job.report.seconds_encode += seconds_since(start);
    job.report.seconds_total = seconds_since(job.start);
    job.report.warnings = job.writer->warnings();
    job.writer.reset();
    return job.report;
  });
}

Result<RunReport> Upscaler::run(const UpscaleRequest& request, const ProgressCallback& progress, std::stop_token stop) {
  prepare_formats(request.input, request.format);  // the budget is above the loaded program
  const MemoryMeter meter;
  auto job = open(request);
  if (!job) return job.error();
  if (progress) progress({"decode", 0, (*job)->plan.sweeps, 0});
  if (const Result<void> decoded = decode(**job); !decoded) return decoded.error();
  if (const Result<void> computed = compute(**job, 0, progress, stop); !computed) return computed.error();
  auto report = save(**job);
  if (report) report->measured_peak = meter.peak_above_start();
  return report;
}

Result<void> Upscaler::Impl::pass(const Picture& picture, SampleSource source, const Plan& plan, OutputSink& sink,
                                  const Result<void>& failed, RunReport& report,
                                  const std::function<void(int, double)>& progress, const std::stop_token& stop) {
  std::stop_source stopper;  // a failing writer stops the network as the caller does
  const std::stop_callback forward(stop, [&] { stopper.request_stop(); });
  RowTarget target{.floats = [&](int, int count, const float* rgb) {
    if (failed) sink.push(count, rgb);
    if (!failed) stopper.request_stop();
  }};
  if (sink.takes_bytes())
    target.bytes = [&](int, int count, const std::byte* rgb, std::size_t stride) {
      if (failed) sink.push_bytes(count, rgb, stride);
      if (!failed) stopper.request_stop();
    };
  const auto run = network.run(view_of(picture, source), plan, target, progress, stopper.get_token());
  if (!failed) return failed.error();
  if (!run) return run.error();
  report.fp32_redone += run->fp32_redone;
  report.measured_device_peak = std::max(report.measured_device_peak, run->device_peak_bytes);
  if (run->outcome == RunOutcome::stopped) return Error{ErrorCode::cancelled, "cancelled", ""};
  if (run->outcome == RunOutcome::overflowed)
    return Error{ErrorCode::internal, "the network's values overflowed on this picture", "try another model"};
  return {};
}

Result<void> Upscaler::Impl::compute(UpscaleJob& job, std::uint64_t queue_bytes, const ProgressCallback& progress,
                                     const std::stop_token& stop) {
  const Plan& p = job.plan;
  const ImageInfo& out = job.out;
  auto created = ImageWriter::create(job.request.output, job.request.format, out, job.metadata, job.request.encode);
  if (!created) return created.error();
  job.writer = *std::move(created);
  if (queue_bytes > 0) job.writer = make_queued_writer(std::move(job.writer), out, queue_bytes);

  const auto start = Clock::now();
  const double passes = job.alpha ? 2 : 1;
  const auto tell = [&](int sweep, double fraction) {
    if (progress) progress({"sweep", sweep, p.sweeps, fraction});
  };
  const int scale = network.spec().scale;
  const int network_width = p.width * scale, network_height = p.height * scale;
  Result<void> failed;
  AlphaPlane plane;
  if (job.alpha) {
    ImageInfo grey = out;
    grey.channels = 1;
    plane.samples = Buffer<std::byte>(grey.row_bytes() * grey.height);
    std::byte* next = plane.samples.data();
    OutputSink sink(network_width, network_height, grey, nullptr,
                    [&](const StripView& rows) { next = std::copy_n(rows.data, rows.stride * rows.rows, next); });
    const Result<void> done = pass(
        job.picture, SampleSource::alpha, p, sink, failed, job.report,
        [&](int sweep, double f) { tell(sweep, f / passes); }, stop);
    if (!done) return done.error();
  }
  double seconds_encode = 0;
  OutputSink sink(network_width, network_height, out, &plane, [&](const StripView& rows) {
    const auto begin = Clock::now();
    failed = job.writer->write_rows(rows);
    seconds_encode += seconds_since(begin);
  });
  const Result<void> done = pass(
      job.picture, SampleSource::color, p, sink, failed, job.report,
      [&](int sweep, double f) { tell(sweep, (passes - 1 + f) / passes); }, stop);
  if (!done) return done.error();
  job.picture = {};  // its memory is free for the next one
  job.report.seconds_encode = seconds_encode;
  job.report.seconds_network = seconds_since(start) - seconds_encode;
  job.report.model = network.model().name();
  job.report.device = to_string(p.device);
  job.report.instruction_set = network.code_path(p);
  job.report.device_note = network.device_note(p);
  job.report.predicted_device_peak = p.device_memory.bytes;
  if (progress) progress({"write", p.sweeps, p.sweeps, 1});
  return {};
}

}  // namespace nalasr
