// The window's end of one child process that does one request.
#pragma once

#include <QJsonObject>
#include <QObject>
#include <QProcess>
#include <QTimer>
#include <cstdint>
#include <optional>

#include "jobs/worker_protocol.h"

namespace nalasr::gui {

struct MemorySample {
  double seconds = 0;  ///< since the run began
  std::uint64_t host = 0;
  std::optional<std::uint64_t> device;
};

/// Whatever happens to the child, exactly one of done(), failed() and cancelled() comes, and no partial file is left.
class WorkerProcess : public QObject {
  Q_OBJECT

 public:
  /// `program` is run with --worker; empty: this program itself.
  explicit WorkerProcess(QString program = {}, QObject* parent = nullptr);
  ~WorkerProcess() override;

  void start(const WorkRequest& request);
  void pause();
  void resume();
  /// Takes effect within one strip; a child that does not answer for a while is killed.
  void cancel();
  [[nodiscard]] qint64 process_id() const { return process_.processId(); }

 signals:
  void planned(quint64 predicted, quint64 budget, const QString& gpu);
  void progressed(double fraction);
  void sampled(const nalasr::gui::MemorySample& sample);
  void done(const QJsonObject& report);
  void failed(const QString& message, const QString& hint);
  void cancelled();

 private:
  void read_events();
  void handle(const QJsonObject& event);
  void process_ended(int exit_code, QProcess::ExitStatus status);
  void remove_temporary();

  QString program_;
  QProcess process_;
  QTimer kill_timer_;
  QString temporary_;
  bool cancelling_ = false;
  bool told_ = false;
};

}  // namespace nalasr::gui
