#include "jobs/worker_process.h"

#include <QCoreApplication>
#include <QFile>
#include <chrono>
#include <utility>

#include "jobs/worker_main.h"

namespace nalasr::gui {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 10s;  // a strip takes well under a second

}  // namespace

WorkerProcess::WorkerProcess(QString program, QObject* parent) : QObject(parent), program_(std::move(program)) {
  if (program_.isEmpty()) program_ = QCoreApplication::applicationFilePath();
  process_.setProcessChannelMode(QProcess::SeparateChannels);
  connect(&process_, &QProcess::readyReadStandardOutput, this, &WorkerProcess::read_events);
  connect(&process_, &QProcess::finished, this, &WorkerProcess::process_ended);
  connect(&process_, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
    if (error != QProcess::FailedToStart || std::exchange(told_, true)) return;
    emit failed(tr("the job could not be started: %1").arg(process_.errorString()), {});
  });
  kill_timer_.setSingleShot(true);
  connect(&kill_timer_, &QTimer::timeout, &process_, &QProcess::kill);
}

WorkerProcess::~WorkerProcess() {
  process_.disconnect(this);
  if (process_.state() == QProcess::NotRunning) return;
  process_.closeWriteChannel();  // cancels
  if (!process_.waitForFinished(2000)) {
    process_.kill();
    process_.waitForFinished(1000);
  }
  remove_temporary();
}

void WorkerProcess::start(const WorkRequest& request) {
  process_.start(program_, {QLatin1String(kWorkerOption)});
  process_.write(request.to_line());
}

void WorkerProcess::pause() { process_.write(QByteArray(wire::pause) + '\n'); }
void WorkerProcess::resume() { process_.write(QByteArray(wire::resume) + '\n'); }

void WorkerProcess::cancel() {
  if (std::exchange(cancelling_, true)) return;
  process_.write(QByteArray(wire::cancel) + '\n');
  kill_timer_.start(kPatience);
}

void WorkerProcess::read_events() {
  while (process_.canReadLine()) handle(parse_line(process_.readLine()));
}

void WorkerProcess::handle(const QJsonObject& event) {
  const QString name = event[wire::event].toString();
  const auto bytes = [&](const char* field) { return static_cast<quint64>(event[QLatin1String(field)].toInteger()); };
  if (name == QLatin1String(wire::planned)) {
    emit planned(bytes("predicted"), bytes("budget"), event["gpu"].toString());
  } else if (name == QLatin1String(wire::temporary)) {
    temporary_ = event["path"].toString();
  } else if (name == QLatin1String(wire::progress)) {
    emit progressed(event["fraction"].toDouble());
  } else if (name == QLatin1String(wire::memory)) {
    MemorySample sample{event["seconds"].toDouble(), bytes("host"), {}};
    if (event.contains("device")) sample.device = bytes("device");
    emit sampled(sample);
  } else if (name == QLatin1String(wire::done) && !std::exchange(told_, true)) {
    emit done(event["report"].toObject());
  } else if (name == QLatin1String(wire::failed) && !std::exchange(told_, true)) {
    if (event["cancelled"].toBool()) {
      emit cancelled();
    } else {
      emit failed(event["message"].toString(), event["hint"].toString());
    }
  }
}

void WorkerProcess::process_ended(int exit_code, QProcess::ExitStatus status) {
  kill_timer_.stop();
  read_events();
  remove_temporary();
  if (std::exchange(told_, true)) return;
  if (cancelling_) {
    emit cancelled();
  } else if (status == QProcess::CrashExit) {
    emit failed(tr("the job ended unexpectedly (signal %1)").arg(exit_code),
                exit_code == 9
                    ? tr("the system may have run out of memory: set a memory limit, or close other programs")
                    : tr("please report this, with the picture if you can"));
  } else {
    emit failed(tr("the job ended without a result (code %1)").arg(exit_code),
                QString::fromLocal8Bit(process_.readAllStandardError()).trimmed());
  }
}

void WorkerProcess::remove_temporary() {
  // The child removes its unfinished file itself; a killed one could not. A finished one has its final name by now.
  if (!temporary_.isEmpty()) QFile::remove(temporary_);
  temporary_.clear();
}

}  // namespace nalasr::gui
