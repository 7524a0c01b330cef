#include "jobs/job_queue.h"

#include <QDir>
#include <QDirIterator>
#include <QFileInfo>
#include <QJsonArray>
#include <algorithm>
#include <utility>

#include "jobs/output_naming.h"

namespace nalasr::gui {

JobQueue::JobQueue(QString worker_program, QObject* parent)
    : QAbstractListModel(parent), worker_program_(std::move(worker_program)) {
  clock_.start();
  readers_.setMaxThreadCount(1);  // headers are quick, and the disk is one
}

JobQueue::~JobQueue() {
  ending_ = true;
  readers_.clear();
  readers_.waitForDone();
}

int JobQueue::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(jobs_.size());
}

QVariant JobQueue::data(const QModelIndex& index, int role) const {
  if (!index.isValid() || index.row() >= rowCount()) return {};
  const Job& job = at(index.row());
  switch (role) {
    case IdRole:
      return job.id;
    case Qt::DisplayRole:
      return QFileInfo(job.input).fileName();
    case Qt::ToolTipRole: {
      QString text = QDir::toNativeSeparators(job.input) + '\n' + state_text(job);
      if (!job.hint.isEmpty()) text += '\n' + job.hint;
      return text;
    }
    case Qt::AccessibleTextRole:
      return QFileInfo(job.input).fileName() + ", " + state_text(job);
    default:
      return {};
  }
}

const Job* JobQueue::job(int id) const { return const_cast<JobQueue*>(this)->find(id); }

Job* JobQueue::find(int id) {
  const auto found = std::find_if(jobs_.begin(), jobs_.end(), [id](const auto& job) { return job->id == id; });
  return found == jobs_.end() ? nullptr : found->get();
}

int JobQueue::row_of(int id) const {
  const auto found = std::find_if(jobs_.begin(), jobs_.end(), [id](const auto& job) { return job->id == id; });
  return found == jobs_.end() ? -1 : static_cast<int>(found - jobs_.begin());
}

const Job* JobQueue::active() const { return job(active_); }

int JobQueue::waiting_count() const {
  return static_cast<int>(
      std::count_if(jobs_.begin(), jobs_.end(), [](const auto& job) { return job->state == JobState::waiting; }));
}

bool JobQueue::has_unsaved_results() const {
  return std::any_of(jobs_.begin(), jobs_.end(), [](const auto& job) { return job->has_unsaved_result(); });
}

int JobQueue::add(const QStringList& paths) {
  int first = 0;
  for (const QString& path : paths) {
    if (!QFileInfo(path).isDir()) {
      const int id = add_file(path);
      if (first == 0) first = id;
      continue;
    }
    // A folder may be large or far away: it is looked through in the background.
    readers_.start([this, path] {
      QStringList files;
      QDirIterator entries(path, QDir::Files, QDirIterator::Subdirectories);
      while (entries.hasNext() && !ending_) {
        const QString file = entries.next();
        if (has_picture_name(file)) files.append(file);
      }
      files.sort();
      QMetaObject::invokeMethod(this, [this, files] {
        for (const QString& file : files) add_file(file);
      });
    });
  }
  return first;
}

int JobQueue::add_file(const QString& path) {
  const QString file = QDir::cleanPath(QFileInfo(path).absoluteFilePath());
  for (const auto& job : jobs_) {
    if (job->input == file) return job->id;
  }
  auto job = std::make_unique<Job>();
  job->id = next_id_++;
  job->input = file;
  const int id = job->id;
  beginInsertRows({}, rowCount(), rowCount());
  jobs_.push_back(std::move(job));
  endInsertRows();
  inspect(id);
  return id;
}

void JobQueue::inspect(int id) {
  const QString path = find(id)->input;
  readers_.start([this, id, path] {
    Result<PictureFacts> facts = read_facts(path);
    QMetaObject::invokeMethod(this, [this, id, facts = std::move(facts)] {
      Job* job = find(id);
      if (job == nullptr) return;
      if (facts) {
        job->facts = *facts;
        job->state = JobState::ready;
      } else {
        job->state = JobState::failed;
        job->problem = QString::fromStdString(facts.error().message);
        job->hint = QString::fromStdString(facts.error().hint);
        job->in_series = true;
      }
      changed(id);
      if (std::exchange(job->wanted, false) && facts) enqueue(id, job->run, true);
      start_next();  // a series may have waited for this one
    });
  });
}

void JobQueue::remove(int id) {
  const int row = row_of(id);
  if (row < 0 || at(row).is_active()) return;
  beginRemoveRows({}, row, row);
  jobs_.erase(jobs_.begin() + row);
  endRemoveRows();
  start_next();
}

void JobQueue::enqueue(int id, const RunSettings& run, bool to_folder) {
  Job* job = find(id);
  if (job == nullptr || !job->is_startable()) {
    // A picture that could not be read may be there by now.
    if (job != nullptr && job->state == JobState::failed && !job->facts) {
      job->state = JobState::inspecting;
      changed(id);
      inspect(id);
    }
    return;
  }
  job->to_folder = to_folder;
  job->for_comparison = false;
  wait_for_turn(*job, run);
}

void JobQueue::enqueue_for_comparison(int id, const RunSettings& run) {
  Job* job = find(id);
  if (job == nullptr || !job->is_startable() || job->result() == nullptr) return;
  job->for_comparison = true;
  wait_for_turn(*job, run);
}

void JobQueue::wait_for_turn(Job& job, const RunSettings& run) {
  job.run = run;
  if (!job.for_comparison) job.in_series = true;
  job.state = JobState::waiting;
  job.problem.clear();
  job.hint.clear();
  job.fraction = 0;
  job.samples.clear();
  job.predicted = job.budget = 0;
  job.gpu.clear();
  changed(job.id);
  start_next();
}

void JobQueue::enqueue_all(const RunSettings& run) {
  std::vector<int> ids;
  for (const auto& job : jobs_) {
    if (!job->awaits_upscaling()) continue;
    if (job->state == JobState::inspecting) {
      job->run = run;
      job->wanted = true;
    } else {
      ids.push_back(job->id);
    }
  }
  for (const int id : ids) enqueue(id, run, true);
}

void JobQueue::start_next() {
  if (active_ != 0) return;
  const auto next =
      std::find_if(jobs_.begin(), jobs_.end(), [](const auto& job) { return job->state == JobState::waiting; });
  if (next != jobs_.end()) {
    // A run for comparison changes nothing in the list: alone it is no series.
    if (!series_.isValid() && !(*next)->for_comparison) series_.start();
    start(**next);
  } else if (series_.isValid() && std::none_of(jobs_.begin(), jobs_.end(), [](auto& job) { return job->wanted; })) {
    finish_series();
  }
}

void JobQueue::finish_series() {
  QueueSummary summary;
  for (const auto& job : jobs_) {
    if (!std::exchange(job->in_series, false)) continue;
    summary.done += job->state == JobState::done;
    summary.failed += job->state == JobState::failed;
    summary.cancelled += job->state == JobState::cancelled;
  }
  summary.seconds = static_cast<double>(series_.elapsed()) / 1000;
  series_.invalidate();
  emit queue_finished(summary);
}

void JobQueue::start(Job& job) {
  active_ = job.id;
  job.state = JobState::running;
  job.eta.start(now());
  WorkRequest request;
  request.input = job.input;
  request.model_file = job.run.model.file;
  request.model_sha256 = job.run.model.sha256;
  request.scale = job.run.scale;
  request.device = QString::fromLatin1(to_string(job.run.device));
  request.memory_limit = job.run.memory_limit;
  if (job.to_folder && !job.for_comparison) {
    target_ =
        output_path(job.input, *job.facts, job.run, output_, [](const QString& p) { return QFileInfo::exists(p); });
    const QSize size = result_size(job.facts->size, job.run.final_scale());
    request.format = QString::fromLatin1(extension_of(output_format(*job.facts, output_.format, size)));
    request.quality = output_.quality;
    QDir().mkpath(QFileInfo(target_).path());  // where that fails the worker says why
  } else {
    target_ = results_.new_file(job.input);
    request.png_compression = 1;  // it is read back once and written anew when saved
  }
  request.output = target_;
  worker_ = std::make_unique<WorkerProcess>(worker_program_);
  connect_worker(job.id);
  changed(job.id);
  worker_->start(request);
}

void JobQueue::connect_worker(int id) {
  connect(worker_.get(), &WorkerProcess::planned, this,
          [this, id](quint64 predicted, quint64 budget, const QString& gpu) {
            Job& job = *find(id);
            job.predicted = predicted;
            job.budget = budget;
            job.gpu = gpu;
            emit job_progressed(id);
          });
  connect(worker_.get(), &WorkerProcess::progressed, this, [this, id](double fraction) {
    Job& job = *find(id);
    job.fraction = std::max(job.fraction, fraction);
    job.eta.update(fraction, now());
    changed(id);
    emit job_progressed(id);
  });
  connect(worker_.get(), &WorkerProcess::sampled, this, [this, id](const MemorySample& sample) {
    find(id)->samples.push_back(sample);
    emit job_progressed(id);
  });
  connect(worker_.get(), &WorkerProcess::done, this, [this, id](const QJsonObject& report) { complete(id, report); });
  connect(worker_.get(), &WorkerProcess::failed, this,
          [this, id](const QString& problem, const QString& hint) { end(id, JobState::failed, problem, hint); });
  connect(worker_.get(), &WorkerProcess::cancelled, this, [this, id] { end(id, JobState::cancelled); });
}

void JobQueue::complete(int id, const QJsonObject& report) {
  Job& job = *find(id);
  JobResult result;
  result.file = target_;
  result.is_saved = job.to_folder && !job.for_comparison;
  result.for_comparison = job.for_comparison;
  result.run = job.run;
  result.size = QSize(report["output"]["width"].toInt(), report["output"]["height"].toInt());
  const auto bytes = [](const QJsonValue& value) { return static_cast<std::uint64_t>(value.toInteger()); };
  const auto peak = [&](const QJsonObject& of) {
    return Peak{bytes(of["predicted_peak_bytes"]), bytes(of["measured_peak_bytes"])};
  };
  result.host = peak(report);
  if (report["device"] == QLatin1String(to_string(Device::cuda))) {
    result.gpu = peak(report["device_memory"].toObject());
    result.gpu_name = report["device_note"].toString();
  }
  result.computed_eager = bytes(report["computed_bytes"]["nala_eager"]);
  result.computed_flash = bytes(report["computed_bytes"]["softmax_flash"]);
  result.computed_materialised = bytes(report["computed_bytes"]["softmax_materialised"]);
  result.seconds = job.eta.elapsed(now());  // as the user waited, but for pauses
  result.instruction_set = report["instruction_set"].toString();
  for (const auto& warning : report["warnings"].toArray()) result.warnings.append(warning.toString());
  result.samples = job.samples;
  job.results.push_back(std::move(result));
  job.fraction = 1;
  end(id, JobState::done);
}

void JobQueue::end(int id, JobState state, const QString& problem, const QString& hint) {
  Job& job = *find(id);
  job.state = state;
  job.problem = problem;
  job.hint = hint;
  worker_.release()->deleteLater();  // we are in one of its signals
  active_ = 0;
  const bool for_comparison = std::exchange(job.for_comparison, false);
  if (for_comparison) {  // the picture has the result that it had before
    job.state = JobState::done;
    job.problem.clear();
    job.hint.clear();
  }
  changed(id);
  if (for_comparison && state == JobState::done) emit comparison_made(id, job.results.back());
  if (for_comparison && state != JobState::done) emit comparison_failed(id, problem);
  emit job_finished(id);
  start_next();
}

void JobQueue::pause(int id) {
  Job* job = find(id);
  if (job == nullptr || job->state != JobState::running) return;
  worker_->pause();
  job->state = JobState::paused;
  job->eta.pause(now());
  changed(id);
}

void JobQueue::resume(int id) {
  Job* job = find(id);
  if (job == nullptr || job->state != JobState::paused) return;
  worker_->resume();
  job->state = JobState::running;
  job->eta.resume(now());
  changed(id);
}

void JobQueue::toggle_pause() {
  const Job* job = active();
  if (job == nullptr) return;
  if (job->state == JobState::paused) {
    resume(job->id);
  } else {
    pause(job->id);
  }
}

void JobQueue::cancel(int id) {
  Job* job = find(id);
  if (job == nullptr) return;
  job->wanted = false;
  if (job->is_active()) worker_->cancel();
  if (job->state == JobState::waiting) {
    job->state = std::exchange(job->for_comparison, false) ? JobState::done : JobState::cancelled;
    changed(id);
  }
  start_next();  // nothing may be left to wait for
}

void JobQueue::cancel_all() {
  for (const auto& job : jobs_) {
    if (job->state == JobState::waiting || job->wanted) cancel(job->id);
  }
  cancel(active_);
}

void JobQueue::mark_saved(int id, const QString& file) {
  Job* job = find(id);
  if (job == nullptr) return;
  for (JobResult& result : job->results) {
    if (result.file == file) result.is_saved = true;
  }
  changed(id);
}

void JobQueue::changed(int id) {
  const QModelIndex index = this->index(row_of(id));
  emit dataChanged(index, index);
  emit job_changed(id);
}

QString state_text(const Job& job) {
  switch (job.state) {
    case JobState::inspecting:
      return JobQueue::tr("reading …");
    case JobState::ready:
      return job.facts ? describe(*job.facts) : QString();
    case JobState::waiting:
      return JobQueue::tr("waiting");
    case JobState::running:
      return JobQueue::tr("%1%").arg(static_cast<int>(job.fraction * 100));
    case JobState::paused:
      return JobQueue::tr("paused at %1%").arg(static_cast<int>(job.fraction * 100));
    case JobState::done:
      return job.has_unsaved_result() ? JobQueue::tr("done, not saved yet") : JobQueue::tr("done");
    case JobState::failed:
      return JobQueue::tr("failed: %1").arg(job.problem);
    case JobState::cancelled:
      return JobQueue::tr("cancelled");
  }
  return {};
}

}  // namespace nalasr::gui
