#include "jobs/worker_main.h"

#include <unistd.h>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTemporaryDir>

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "jobs/run_settings.h"
#include "jobs/worker_protocol.h"
#include "nalasr/comparison.h"
#include "nalasr/convert.h"
#include "nalasr/memory.h"
#include "nalasr/upscaler.h"

namespace nalasr::gui {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

// Events come from the running thread and from the memory's; lines must not mix.
class EventSink {
 public:
  void tell(const char* event, const QJsonObject& fields) {
    const QByteArray line = event_line(event, fields);
    const std::lock_guard lock(mutex_);
    std::fwrite(line.constData(), 1, static_cast<std::size_t>(line.size()), stdout);
    std::fflush(stdout);
  }
  void fail(const Error& error) {
    tell(wire::failed, {{"cancelled", error.code == ErrorCode::cancelled},
                        {"message", QString::fromStdString(error.message)},
                        {"hint", QString::fromStdString(error.hint)}});
  }

 private:
  std::mutex mutex_;
};

// Pause, resume and cancel, as they come on standard input. A window that dies closes it: that cancels too.
class Controls {
 public:
  Controls() {
    std::thread([this] { listen(); }).detach();  // blocks in read until the process ends
  }
  [[nodiscard]] std::stop_token stop() const { return stop_.get_token(); }
  /// Called between strips: waits here while paused.
  void wait_while_paused() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !paused_ || stop_.stop_requested(); });
  }

 private:
  void listen() {
    std::string line;
    while (std::getline(std::cin, line)) {
      if (line == wire::cancel) break;
      set_paused(line == wire::pause);
    }
    stop_.request_stop();
    set_paused(false);
  }
  void set_paused(bool paused) {
    const std::lock_guard lock(mutex_);
    paused_ = paused;
    changed_.notify_all();
  }

  std::stop_source stop_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool paused_ = false;
};

// Tells ten times a second what this process holds above what it held at first; of a GPU, what all hold above that.
class MemoryTeller {
 public:
  MemoryTeller(EventSink& sink, Device device)
      : sink_(sink), device_(device), thread_([this](const std::stop_token& stop) { tell(stop); }) {}

 private:
  void tell(const std::stop_token& stop) {
    const auto start = Clock::now();
    const MemoryUse first = memory_use(device_);
    while (!stop.stop_requested()) {
      const MemoryUse use = memory_use(device_);
      QJsonObject fields{{"seconds", std::chrono::duration<double>(Clock::now() - start).count()},
                         {"host", static_cast<qint64>(use.host > first.host ? use.host - first.host : 0)}};
      if (use.device && first.device) {
        fields["device"] = static_cast<qint64>(*use.device > *first.device ? *use.device - *first.device : 0);
      }
      sink_.tell(wire::memory, fields);
      std::this_thread::sleep_for(100ms);
    }
  }

  EventSink& sink_;
  Device device_;
  std::jthread thread_;
};

// The unfinished file among this process's open ones; empty before there is one.
QString open_temporary() {
  std::error_code failure;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd", failure)) {
    const std::filesystem::path file = std::filesystem::read_symlink(entry.path(), failure);
    const std::string name = file.filename().string();
    if (name.starts_with(".nalasr-") && name.ends_with(".tmp")) {
      return QFile::decodeName(QByteArray::fromStdString(file.string()));
    }
  }
  return {};
}

std::filesystem::path native(const QString& path) { return QFile::encodeName(path).toStdString(); }

class Worker {
 public:
  explicit Worker(WorkRequest request) : request_(std::move(request)) {}

  int run() {
    switch (request_.task) {
      case Task::upscale:
        return finish(upscale());
      case Task::convert:
        return finish(convert());
      case Task::calibrate:
        return finish(calibrate());
    }
    return finish(Error{ErrorCode::internal, "unknown task", ""});
  }

 private:
  int finish(const Result<QJsonObject>& outcome) {
    if (!outcome) {
      sink_.fail(outcome.error());
      return 1;
    }
    sink_.tell(wire::done, {{"report", *outcome}});
    return 0;
  }

  Result<Upscaler> make_upscaler() {
    auto model = Model::load(native(request_.model_file), request_.model_sha256.toStdString());
    if (!model) return model.error();
    if (request_.sharpness > 0) {
      const auto sharper = Model::load(native(request_.sharper_file), request_.sharper_sha256.toStdString());
      if (!sharper) return sharper.error();
      model = Model::blend(*model, **sharper, request_.sharpness);
      if (!model) return model.error();
    }
    spec_ = (*model)->spec();
    UpscalerOptions options;
    if (request_.device == QLatin1String("cpu")) options.device = Device::cpu;
    if (request_.device == QLatin1String("cuda")) options.device = Device::cuda;
    return Upscaler(*model, options);
  }

  ProgressCallback progress() {
    return [this](const Progress& p) {
      if (!temporary_told_) {  // decoding comes before the output is begun
        const QString path = open_temporary();
        temporary_told_ = !path.isEmpty();
        if (temporary_told_) sink_.tell(wire::temporary, {{"path", path}});
      }
      controls_.wait_while_paused();
      const auto now = Clock::now();
      if (now - last_progress_ < 40ms && p.fraction < 1) return;
      last_progress_ = now;
      sink_.tell(wire::progress, {{"fraction", p.fraction}});
    };
  }

  Result<ImageFormat> format() { return parse_image_format(request_.format.toStdString()); }

  Result<QJsonObject> upscale() {
    auto upscaler = make_upscaler();
    if (!upscaler) return upscaler.error();
    auto chosen = format();
    if (!chosen) return chosen.error();
    UpscaleRequest run{.input = native(request_.input),
                       .output = native(request_.output),
                       .format = *chosen,
                       .encode = {.quality = request_.quality, .png_compression = request_.png_compression},
                       .scale = request_.scale};
    Device device = Device::cpu;
    {
      auto reader = ImageReader::open(run.input);
      if (!reader) return reader.error();
      auto plan = upscaler->plan(**reader, run);
      if (!plan) return plan.error();
      device = plan->device;
      run.memory_budget = budget_for(request_.memory_limit, device);
      plan = upscaler->plan(**reader, run);
      if (!plan) return plan.error();
      sink_.tell(wire::planned, {{"predicted", static_cast<qint64>(peak_of(*plan))},
                                 {"budget", static_cast<qint64>(run.memory_budget.value_or(0))},
                                 {"gpu", QString::fromStdString(upscaler->gpu_name(*plan))}});
    }
    // What the first event takes, pages of code above all, is no part of the run that is measured.
    (void)open_temporary();
    (void)event_line(wire::progress, {{"fraction", 1.0 / 3}});
    const MemoryTeller memory(sink_, device);
    auto report = upscaler->run(run, progress(), controls_.stop());
    if (!report) return report.error();
    QJsonObject told = QJsonDocument::fromJson(QByteArray::fromStdString(report->to_json())).object();
    // In the precision of this run: a rival in float32 beside our 16 bits would look twice as large as it is.
    const int element = report->plan.precision == Precision::mixed ? 2 : 4;
    const auto computed = [&](Method method) {
      return static_cast<qint64>(computed_peak(method, spec_, report->plan.width, report->plan.height, element));
    };
    told["computed_bytes"] = QJsonObject{{"nala_eager", computed(Method::nala_eager)},
                                         {"softmax_flash", computed(Method::softmax_flash)},
                                         {"softmax_materialised", computed(Method::softmax_materialised)}};
    return told;
  }

  Result<QJsonObject> convert() {
    auto chosen = format();
    if (!chosen) return chosen.error();
    auto warnings =
        convert_picture({.input = native(request_.input),
                         .output = native(request_.output),
                         .format = *chosen,
                         .encode = {.quality = request_.quality, .png_compression = request_.png_compression}},
                        progress(), controls_.stop());
    if (!warnings) return warnings.error();
    QJsonArray lines;
    for (const std::string& warning : *warnings) lines.append(QString::fromStdString(warning));
    return QJsonObject{{"warnings", lines}};
  }

  // Upscales a small made-up picture: enough work to keep all cores busy, done within a second or two.
  Result<QJsonObject> calibrate() {
    constexpr int kWidth = 320, kHeight = 160;
    const QTemporaryDir folder;
    const std::filesystem::path input = native(folder.filePath("in.png")), output = native(folder.filePath("out.png"));
    ImageInfo info;
    info.width = kWidth;
    info.height = kHeight;
    auto writer = ImageWriter::create(input, ImageFormat::png, info, {}, {});
    if (!writer) return writer.error();
    std::vector<std::byte> rows(info.row_bytes() * kHeight);
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<std::byte>(i * i / 97);
    if (auto r = (*writer)->write_rows({rows.data(), kWidth, kHeight, info.row_bytes()}); !r) return r.error();
    if (auto r = (*writer)->commit(); !r) return r.error();
    auto upscaler = make_upscaler();
    if (!upscaler) return upscaler.error();
    auto report = upscaler->run({.input = input, .output = output}, {}, controls_.stop());
    if (!report) return report.error();
    return QJsonObject{{"seconds_per_token", report->seconds_total / (kWidth * kHeight)}};
  }

  WorkRequest request_;
  ModelSpec spec_;
  EventSink sink_;
  Controls controls_;
  bool temporary_told_ = false;
  Clock::time_point last_progress_{};
};

}  // namespace

int worker_main() {
  // Should memory run out all the same, the kernel takes this process and not the window.
  std::ofstream("/proc/self/oom_score_adj") << 900;
  // And the window gets the processor when it wants it.
  constexpr int kNicer = 5;
  (void)!::nice(kNicer);
  std::string line;
  std::getline(std::cin, line);
  auto request = WorkRequest::from_line(QByteArray::fromStdString(line));
  if (!request) {
    std::fputs("nalasr-viewer --worker is started by the viewer itself\n", stderr);
    return 2;
  }
  const int code = Worker(*std::move(request)).run();
  std::fflush(stdout);
  std::_Exit(code);  // the listening thread still waits for standard input
}

}  // namespace nalasr::gui
