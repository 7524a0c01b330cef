// Writes a result under a name of the user's, in a child process: encoding a large picture takes a while too.
#pragma once

#include <QObject>
#include <memory>

#include "jobs/worker_process.h"
#include "nalasr/image.h"

namespace nalasr::gui {

class ResultSaver : public QObject {
  Q_OBJECT

 public:
  explicit ResultSaver(QString worker_program = {}, QObject* parent = nullptr);

  [[nodiscard]] bool is_busy() const { return worker_ != nullptr; }
  /// `job` comes back with the signals.
  void save(int job, const QString& result, const QString& path, ImageFormat format, int quality);
  void cancel();

 signals:
  void progressed(double fraction);
  void saved(int job, const QString& result, const QString& path, const QStringList& warnings);
  /// Also when cancelled, with no reason.
  void failed(const QString& path, const QString& reason);

 private:
  QString worker_program_;
  std::unique_ptr<WorkerProcess> worker_;
};

}  // namespace nalasr::gui
