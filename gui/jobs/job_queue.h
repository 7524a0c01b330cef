// All pictures that were opened, in order, and the one run that is under way. A list model for views.
//
// Runs happen one after the other, each in a child process: a run takes all cores anyway.
#pragma once

#include <QAbstractListModel>
#include <QElapsedTimer>
#include <QThreadPool>
#include <atomic>
#include <memory>
#include <vector>

#include "jobs/job.h"
#include "jobs/result_folder.h"

namespace nalasr::gui {

/// What has become of a series' pictures, as the list shows them: those that were to be upscaled, and those that could
/// not be read since the summary before.
struct QueueSummary {
  int done = 0, failed = 0, cancelled = 0;
  double seconds = 0;
};

class JobQueue : public QAbstractListModel {
  Q_OBJECT

 public:
  enum Role { IdRole = Qt::UserRole + 1 };

  /// `worker_program`: what runs with --worker; empty: this program.
  explicit JobQueue(QString worker_program = {}, QObject* parent = nullptr);
  ~JobQueue() override;

  [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;

  [[nodiscard]] const Job* job(int id) const;
  [[nodiscard]] const Job& at(int row) const { return *jobs_[static_cast<std::size_t>(row)]; }
  [[nodiscard]] int row_of(int id) const;
  /// The job under way; null where there is none.
  [[nodiscard]] const Job* active() const;
  [[nodiscard]] int waiting_count() const;
  [[nodiscard]] bool has_unsaved_results() const;
  /// Milliseconds of the clock that Job::eta runs on.
  [[nodiscard]] qint64 now() const { return clock_.elapsed(); }

  void set_output(const OutputSettings& output) { output_ = output; }
  [[nodiscard]] const OutputSettings& output() const { return output_; }

  /// Opens files, folders (with everything below them) and reads their headers in the background. Files that are there
  /// already are not added twice. Returns the id of the first file named, 0 for folders only.
  int add(const QStringList& paths);
  void remove(int id);
  /// Upscales it as soon as its turn comes. `to_folder`: to its name in the output folder, else to be looked at first.
  void enqueue(int id, const RunSettings& run, bool to_folder);
  /// Upscales a picture that has a result once more, to be compared with that result.
  void enqueue_for_comparison(int id, const RunSettings& run);
  /// Everything that is ready, failed, cancelled or still being read, to the output folder.
  void enqueue_all(const RunSettings& run);
  void pause(int id);
  void resume(int id);
  /// Pauses the job under way, or goes on with it; nothing where there is none.
  void toggle_pause();
  void cancel(int id);
  void cancel_all();
  /// The result `file` was written under a name of the user's.
  void mark_saved(int id, const QString& file);

 signals:
  void job_changed(int id);
  /// A new memory sample or progress of the job under way.
  void job_progressed(int id);
  void job_finished(int id);
  /// A run for comparison ended: made, or not (`problem` is empty where it was cancelled).
  void comparison_made(int id, const nalasr::gui::JobResult& result);
  void comparison_failed(int id, const QString& problem);
  /// After the last job of a series.
  void queue_finished(const nalasr::gui::QueueSummary& summary);

 private:
  Job* find(int id);
  int add_file(const QString& path);
  void inspect(int id);
  void wait_for_turn(Job& job, const RunSettings& run);
  void start_next();
  void finish_series();
  void start(Job& job);
  void connect_worker(int id);
  void complete(int id, const QJsonObject& report);
  void end(int id, JobState state, const QString& problem = {}, const QString& hint = {});
  void changed(int id);

  QString worker_program_;
  OutputSettings output_;
  ResultFolder results_;
  std::vector<std::unique_ptr<Job>> jobs_;
  std::unique_ptr<WorkerProcess> worker_;
  int active_ = 0;
  int next_id_ = 1;
  QString target_;  ///< of the job under way
  QElapsedTimer clock_, series_;
  QThreadPool readers_;
  std::atomic<bool> ending_ = false;  ///< a large folder is not looked through to its end
};

QString state_text(const Job& job);

}  // namespace nalasr::gui
