#include "jobs/result_saver.h"

#include <QJsonArray>
#include <utility>

namespace nalasr::gui {

ResultSaver::ResultSaver(QString worker_program, QObject* parent)
    : QObject(parent), worker_program_(std::move(worker_program)) {}

void ResultSaver::save(int job, const QString& result, const QString& path, ImageFormat format, int quality) {
  if (is_busy()) return;
  WorkRequest request;
  request.task = Task::convert;
  request.input = result;
  request.output = path;
  request.format = QString::fromLatin1(extension_of(format));
  request.quality = quality;
  worker_ = std::make_unique<WorkerProcess>(worker_program_);
  connect(worker_.get(), &WorkerProcess::progressed, this, &ResultSaver::progressed);
  connect(worker_.get(), &WorkerProcess::done, this, [this, job, result, path](const QJsonObject& report) {
    worker_.release()->deleteLater();
    QStringList warnings;
    for (const auto& warning : report["warnings"].toArray()) warnings.append(warning.toString());
    emit saved(job, result, path, warnings);
  });
  connect(worker_.get(), &WorkerProcess::failed, this, [this, path](const QString& problem, const QString& hint) {
    worker_.release()->deleteLater();
    emit failed(path, hint.isEmpty() ? problem : problem + "; " + hint);
  });
  connect(worker_.get(), &WorkerProcess::cancelled, this, [this, path] {
    worker_.release()->deleteLater();
    emit failed(path, {});
  });
  worker_->start(request);
}

void ResultSaver::cancel() {
  if (worker_) worker_->cancel();
}

}  // namespace nalasr::gui
