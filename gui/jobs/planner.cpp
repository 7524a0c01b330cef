#include "jobs/planner.h"

#include <QFile>
#include <utility>

#include "nalasr/version.h"

namespace nalasr::gui {
namespace {

// Seconds per token belong to this version, model and device on this machine.
QString pace_key(const RunSettings& run) {
  return QStringLiteral("pace/%1/%2/%3")
      .arg(QString::fromStdString(build_info().version), QString::fromLatin1(to_string(run.device)),
           run.model.sha256.isEmpty() ? run.model.name : run.model.sha256.left(16));
}

double tokens(QSize input, bool has_alpha) {
  return static_cast<double>(input.width()) * input.height() * (has_alpha ? 2 : 1);
}

}  // namespace

Planner::Planner(QString worker_program, QObject* parent)
    : QObject(parent), worker_program_(std::move(worker_program)) {
  thread_.setMaxThreadCount(1);
}

Planner::~Planner() {
  thread_.clear();
  thread_.waitForDone();
}

void Planner::request(const QString& input, const RunSettings& run) {
  const int number = ++newest_;
  thread_.start([this, input, run, number] {
    if (number != newest_) return;
    const Forecast made = make_forecast(input, run);
    QMetaObject::invokeMethod(this, [this, input, made, number] {
      if (number == newest_) emit forecast(input, made);
    });
  });
  if (!QSettings().contains(pace_key(run))) calibrate(run);
}

Forecast Planner::make_forecast(const QString& input, const RunSettings& run) {
  if (!(loaded_.choice == run.model) || loaded_.device != run.device || !loaded_.upscaler) {
    loaded_ = {run.model, run.device, {}, {}};
    auto model = Model::load(QFile::encodeName(run.model.file).toStdString(), run.model.sha256.toStdString());
    if (model) {
      loaded_.upscaler.emplace(*model, UpscalerOptions{.device = run.device});
    } else {
      loaded_.problem = model.error();
    }
  }
  Forecast made;
  const auto refuse = [&](const Error& error) {
    made.problem = QString::fromStdString(error.message);
    made.hint = QString::fromStdString(error.hint);
    return made;
  };
  if (!loaded_.upscaler) return refuse(loaded_.problem);
  auto reader = ImageReader::open(QFile::encodeName(input).toStdString());
  if (!reader) return refuse(reader.error());
  UpscaleRequest request;
  request.scale = run.scale;
  // First without a budget: it tells the device, and what a run that does not fit would take.
  auto plan = loaded_.upscaler->plan(**reader, request);
  if (!plan) return refuse(plan.error());
  made.plan = *plan;
  made.gpu = QString::fromStdString(loaded_.upscaler->gpu_name(*plan));
  made.budget = request.memory_budget = budget_for(run.memory_limit, plan->device);
  if (auto within = loaded_.upscaler->plan(**reader, request)) {
    made.plan = *within;
  } else {
    refuse(within.error());
    made.fits = false;
  }
  made.seconds = seconds_for(run, QSize(plan->width, plan->height), (*reader)->info().has_alpha());
  return made;
}

std::optional<double> Planner::seconds_for(const RunSettings& run, QSize input, bool has_alpha) const {
  const double pace = QSettings().value(pace_key(run)).toDouble();
  if (!(pace > 0)) return {};
  return pace * tokens(input, has_alpha);
}

void Planner::learn(const RunSettings& run, QSize input, bool has_alpha, double seconds) {
  if (tokens(input, has_alpha) < 20000) return;  // mostly start-up
  QSettings().setValue(pace_key(run), seconds / tokens(input, has_alpha));
  emit pace_changed();
}

void Planner::calibrate(const RunSettings& run) {
  if (calibration_) return;
  calibration_ = std::make_unique<WorkerProcess>(worker_program_);
  connect(calibration_.get(), &WorkerProcess::done, this, [this, run](const QJsonObject& report) {
    QSettings settings;
    if (!settings.contains(pace_key(run))) settings.setValue(pace_key(run), report["seconds_per_token"].toDouble());
    calibration_.release()->deleteLater();
    emit pace_changed();
  });
  connect(calibration_.get(), &WorkerProcess::failed, this, [this] { calibration_.release()->deleteLater(); });
  WorkRequest request;
  request.task = Task::calibrate;
  request.model_file = run.model.file;
  request.model_sha256 = run.model.sha256;
  request.device = QString::fromLatin1(to_string(run.device));
  calibration_->start(request);
}

}  // namespace nalasr::gui
