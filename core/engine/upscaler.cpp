#include "nalasr/upscaler.h"

#include <algorithm>
#include <chrono>
#include <new>
#include <tuple>

#include "engine/network_runner.h"
#include "engine/output_sink.h"
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
    r.encoder_bytes = ImageWriter::resident_bytes_for(request.format, out);
    return network.plan(r);
  }

  Result<RunReport> run(const UpscaleRequest& request, const ProgressCallback& progress, const std::stop_token& stop);
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

Result<RunReport> Upscaler::run(const UpscaleRequest& request, const ProgressCallback& progress, std::stop_token stop) {
  // The one place where exceptions of the standard library and of the codecs end.
  try {
    return impl_->run(request, progress, stop);
  } catch (const std::bad_alloc&) {
    return Error{ErrorCode::out_of_memory, "out of memory", "use --memory-budget, or a smaller picture"};
  } catch (const std::exception& e) { return Error{ErrorCode::internal, e.what(), "please report this"}; }
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

Result<RunReport> Upscaler::Impl::run(const UpscaleRequest& request, const ProgressCallback& progress,
                                      const std::stop_token& stop) {
  prepare_formats(request.input, request.format);  // the budget is above the loaded program
  const MemoryMeter meter;
  const auto start = Clock::now();
  const auto tell = [&](const char* stage, int sweep, int sweeps, double fraction) {
    if (progress) progress({stage, sweep, sweeps, fraction});
  };

  auto reader = ImageReader::open(request.input);
  if (!reader) return reader.error();
  RunReport report;
  report.input = request.input;
  report.output = request.output;
  report.input_info = (*reader)->info();
  const Result<Plan> planned = plan(**reader, request);
  if (!planned) return planned.error();
  const Plan& p = *planned;

  ImageInfo out = report.input_info;
  out.width = p.output_width;
  out.height = p.output_height;
  out.orientation = 1;
  out.source_bits = out.bits;
  out.format = extension_of(request.format);
  const Metadata metadata = metadata_for_output((*reader)->metadata(), out.width, out.height);
  auto writer = ImageWriter::create(request.output, request.format, out, metadata, request.encode);
  if (!writer) return writer.error();

  tell("decode", 0, p.sweeps, 0);
  Result<Picture> picture = read_picture(**reader);
  if (!picture) return picture.error();
  reader->reset();
  const bool alpha = picture->info.has_alpha() && !is_opaque(*picture);
  if (alpha)
    if (const Result<void> bled = bleed_color(*picture); !bled) return bled.error();
  report.seconds_decode = seconds_since(start);

  const auto network_start = Clock::now();
  const int scale = network.spec().scale;
  const int network_width = p.width * scale, network_height = p.height * scale;
  const double passes = alpha ? 2 : 1;
  Result<void> failed;
  AlphaPlane plane;
  if (alpha) {
    ImageInfo grey = out;
    grey.channels = 1;
    plane.samples = Buffer<std::byte>(grey.row_bytes() * grey.height);
    std::byte* next = plane.samples.data();
    OutputSink sink(network_width, network_height, grey, nullptr,
                    [&](const StripView& rows) { next = std::copy_n(rows.data, rows.stride * rows.rows, next); });
    const Result<void> done = pass(
        *picture, SampleSource::alpha, p, sink, failed, report,
        [&](int sweep, double f) { tell("sweep", sweep, p.sweeps, f / passes); }, stop);
    if (!done) return done.error();
  }
  OutputSink sink(network_width, network_height, out, &plane, [&](const StripView& rows) {
    const auto begin = Clock::now();
    failed = (*writer)->write_rows(rows);
    report.seconds_encode += seconds_since(begin);
  });
  const Result<void> done = pass(
      *picture, SampleSource::color, p, sink, failed, report,
      [&](int sweep, double f) { tell("sweep", sweep, p.sweeps, (passes - 1 + f) / passes); }, stop);
  if (!done) return done.error();
  report.seconds_network = seconds_since(network_start) - report.seconds_encode;

  tell("write", p.sweeps, p.sweeps, 1);
  const auto commit_start = Clock::now();
  if (const Result<void> committed = (*writer)->commit(); !committed) return committed.error();
  report.seconds_encode += seconds_since(commit_start);

  report.output_info = out;
  report.plan = p;
  report.model = network.model().name();
  report.device = to_string(p.device);
  report.instruction_set = network.code_path(p);
  report.device_note = network.device_note(p);
  report.predicted_device_peak = p.device_memory.bytes;
  report.predicted_peak = p.predicted_peak;
  report.measured_peak = meter.peak_above_start();
  report.seconds_total = seconds_since(start);
  report.warnings = (*writer)->warnings();
  return report;
}

}  // namespace nalasr
