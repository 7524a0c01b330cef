// The queue and its child processes: order, pause, cancel, failure, results for comparison, saving.
#include <signal.h>
#include <QSignalSpy>
#include <QTest>

#include "gui/gui_support.h"
#include "jobs/job_queue.h"
#include "jobs/result_saver.h"
#include "nalasr/comparison.h"
#include "nalasr/model.h"

namespace nalasr::gui::test {
namespace {

QStringList files_in(const QString& folder) {
  return QDir(folder).entryList(QDir::Files | QDir::Hidden | QDir::NoDotAndDotDot);
}

}  // namespace

class JobsTest : public QObject {
  Q_OBJECT

 private slots:
  void queue_goes_on_after_a_bad_file();
  void the_summary_counts_what_the_list_shows();
  void queue_pauses_resumes_and_cancels();
  void queue_retries();
  void pictures_still_being_read_take_part();
  void killed_child_leaves_window_and_folder_in_order();
  void child_without_memory_fails_alone();
  void results_are_saved_in_other_formats();
  void folders_are_searched();
  void comparison_runs_leave_the_result_alone();
  void a_gpus_memory_is_what_counts_on_it();
};

void JobsTest::queue_goes_on_after_a_bad_file() {
  JobQueue queue(viewer_program());
  OutputSettings output;
  output.folder = sandbox().file("queue_out");
  queue.set_output(output);
  QFile bad(sandbox().file("bad.png"));
  QVERIFY(bad.open(QIODevice::WriteOnly));
  bad.write("\x89PNG\r\n\x1a\nrubbish");
  bad.close();
  QByteArray cut;
  {
    QFile whole(make_picture("whole.png", 300, 200));
    QVERIFY(whole.open(QIODevice::ReadOnly));
    cut = whole.readAll();
  }
  QFile truncated(sandbox().file("truncated.png"));  // its header is fine
  QVERIFY(truncated.open(QIODevice::WriteOnly));
  truncated.write(cut.left(cut.size() / 2));
  truncated.close();
  queue.add({make_picture("one.png", 64, 48), bad.fileName(), truncated.fileName(), make_picture("two.png", 48, 64)});
  QVERIFY(wait_until([&] {
    for (int i = 0; i < 4; ++i) {
      if (queue.at(i).state == JobState::inspecting) return false;
    }
    return true;
  }));
  QCOMPARE(queue.at(1).state, JobState::failed);
  QVERIFY(!queue.at(1).problem.isEmpty());
  QSignalSpy finished(&queue, &JobQueue::queue_finished);
  queue.enqueue_all(tiny());
  QVERIFY(finished.wait(60000));
  const auto summary = finished.front().front().value<QueueSummary>();
  QCOMPARE(summary.done, 2);
  QCOMPARE(summary.failed, 2);  // the one that could not even be read stands in the list as well
  QCOMPARE(queue.at(0).state, JobState::done);
  QCOMPARE(queue.at(2).state, JobState::failed);
  QCOMPARE(queue.at(3).state, JobState::done);
  QCOMPARE(files_in(output.folder), QStringList({"one_x2.png", "two_x2.png"}));
  QVERIFY(queue.at(0).result()->peak().measured > 0);
  QVERIFY(queue.at(0).result()->computed_materialised > queue.at(0).result()->computed_flash);
  // In the precision of the run, so that the comparison is fair.
  const auto model = Model::load(tiny().model.file.toStdString());
  QCOMPARE(std::uint64_t(queue.at(0).result()->computed_materialised),
           computed_peak(Method::softmax_materialised, (*model)->spec(), 64, 48, 2));
}

void JobsTest::the_summary_counts_what_the_list_shows() {
  JobQueue queue(viewer_program());
  OutputSettings output;
  output.folder = sandbox().file("summary_out");
  queue.set_output(output);
  QSignalSpy finished(&queue, &JobQueue::queue_finished);
  const auto next_summary = [&] {
    if (finished.isEmpty() && !finished.wait(60000)) return QueueSummary{-1, -1, -1};
    return finished.takeFirst().front().value<QueueSummary>();
  };
  // All are still being read when they are asked for; the unreadable one comes last.
  queue.add({make_picture("counted.png", 40, 30), sandbox().file("nowhere.png")});
  queue.enqueue_all(tiny());
  QueueSummary summary = next_summary();
  QCOMPARE(summary.done, 1);
  QCOMPARE(summary.failed, 1);

  // What was told is not told again.
  const int long_one = queue.add({make_picture("counted_long.png", 900, 700)});
  queue.add({make_picture("counted_last.png", 40, 30)});
  queue.enqueue_all(light());
  QVERIFY(wait_until([&] { return queue.job(long_one)->fraction > 0 && queue.waiting_count() == 1; }));
  queue.cancel_all();
  summary = next_summary();
  QCOMPARE(summary.done, 0);
  QCOMPARE(summary.failed, 0);
  QCOMPARE(summary.cancelled, 2);  // the one that waited too
  QCOMPARE(queue.at(3).state, JobState::cancelled);

  queue.enqueue_for_comparison(queue.at(0).id, light());
  QVERIFY(wait_until([&] { return queue.active() == nullptr; }));
  QVERIFY(finished.isEmpty());  // the list is as it was
}

void JobsTest::queue_pauses_resumes_and_cancels() {
  JobQueue queue(viewer_program());
  OutputSettings output;
  output.folder = sandbox().file("cancel_out");
  queue.set_output(output);
  const int id = queue.add({make_picture("large.png", 900, 700)});
  QVERIFY(wait_until([&] { return queue.job(id)->state == JobState::ready; }));
  queue.enqueue(id, light(), true);
  QVERIFY(wait_until([&] { return queue.job(id)->fraction > 0.02; }));
  queue.pause(id);
  QTest::qWait(500);  // the strip under way
  const double at = queue.job(id)->fraction;
  QTest::qWait(700);
  QCOMPARE(queue.job(id)->fraction, at);
  QCOMPARE(queue.job(id)->state, JobState::paused);
  queue.resume(id);
  QVERIFY(wait_until([&] { return queue.job(id)->fraction > at; }));
  QCOMPARE(files_in(output.folder).size(), 1);  // the unfinished, hidden one
  QElapsedTimer timer;
  timer.start();
  queue.cancel(id);
  QVERIFY(wait_until([&] { return queue.job(id)->state == JobState::cancelled; }));
  qInfo("cancelled after %lld ms", static_cast<long long>(timer.elapsed()));
  QVERIFY(timer.elapsed() < 3000);
  QCOMPARE(files_in(output.folder), QStringList());
}

void JobsTest::queue_retries() {
  JobQueue queue(viewer_program());
  const QString path = sandbox().file("later.png");
  const int id = queue.add({path});
  QVERIFY(wait_until([&] { return queue.job(id)->state == JobState::failed; }));
  QFile::copy(make_picture("there.png", 32, 32), path);
  queue.enqueue(id, tiny(), false);  // reads it again
  QVERIFY(wait_until([&] { return queue.job(id)->state == JobState::ready; }));
  queue.enqueue(id, tiny(), false);
  QVERIFY(wait_until([&] { return queue.job(id)->state == JobState::done; }));
  QVERIFY(queue.has_unsaved_results());
  QVERIFY(QFileInfo::exists(queue.job(id)->result()->file));
}

void JobsTest::pictures_still_being_read_take_part() {
  JobQueue queue(viewer_program());
  OutputSettings output;
  output.folder = sandbox().file("early_out");
  queue.set_output(output);
  queue.add({make_picture("early.png", 40, 30)});
  QCOMPARE(queue.at(0).state, JobState::inspecting);
  queue.enqueue_all(tiny());
  QVERIFY(wait_until([&] { return queue.at(0).state == JobState::done; }));
  QCOMPARE(files_in(output.folder), QStringList("early_x2.png"));
}

void JobsTest::killed_child_leaves_window_and_folder_in_order() {
  const QString folder = sandbox().file("killed");
  QDir().mkpath(folder);
  WorkerProcess worker(viewer_program());
  QSignalSpy failed(&worker, &WorkerProcess::failed);
  double fraction = 0;
  connect(&worker, &WorkerProcess::progressed, this, [&](double f) { fraction = f; });
  WorkRequest request;
  request.input = make_picture("victim.png", 900, 700);
  request.output = folder + "/out.png";
  request.model_file = light().model.file;
  worker.start(request);
  QVERIFY(wait_until([&] { return fraction > 0.02; }));
  QCOMPARE(files_in(folder).size(), 1);
  ::kill(static_cast<pid_t>(worker.process_id()), SIGKILL);
  QVERIFY(failed.wait(5000));
  QVERIFY(failed.front().front().toString().contains("9"));
  QCOMPARE(files_in(folder), QStringList());
}

void JobsTest::child_without_memory_fails_alone() {
  if (kSanitized) QSKIP("sanitizers map terabytes of address space");
  // A child that may not map enough: the same as a machine whose memory is gone.
  const QString script =
      make_script("little_memory", "ulimit -v 400000\nexec '" + QFile::encodeName(viewer_program()) + "' \"$@\"\n");
  JobQueue queue(script);
  const int id = queue.add({make_picture("hungry.png", 2400, 1800)});
  QVERIFY(wait_until([&] { return queue.job(id)->state == JobState::ready; }));
  queue.enqueue(id, light(), false);
  QVERIFY(wait_until([&] { return queue.job(id)->state == JobState::failed; }));
  qInfo("told: %s", qPrintable(queue.job(id)->problem));
  QVERIFY(queue.job(id)->problem.contains("memory"));
}

void JobsTest::results_are_saved_in_other_formats() {
  ResultSaver saver(viewer_program());
  QSignalSpy saved(&saver, &ResultSaver::saved), failed(&saver, &ResultSaver::failed);
  const QString target = sandbox().file("copy.jpg");
  saver.save(7, make_picture("origin.png", 120, 90), target, ImageFormat::jpeg, 90);
  QVERIFY(saved.wait(10000));
  QCOMPARE(saved.front().front().toInt(), 7);
  QCOMPARE(QImage(target).size(), QSize(120, 90));
  saver.save(8, target, "/nowhere/at/all.png", ImageFormat::png, 90);
  QVERIFY(failed.wait(10000));
  QVERIFY(!saver.is_busy());
}

void JobsTest::folders_are_searched() {
  JobQueue queue(viewer_program());
  make_picture("tree/a.png", 8, 8);
  make_picture("tree/deep/er/b.png", 8, 8);
  QFile note(sandbox().file("tree/note.txt"));
  QVERIFY(note.open(QIODevice::WriteOnly));
  QCOMPARE(queue.add({sandbox().file("tree")}), 0);
  QVERIFY(wait_until([&] { return queue.rowCount() == 2; }));
  queue.add({sandbox().file("tree/a.png")});
  QCOMPARE(queue.rowCount(), 2);  // nothing twice
}

void JobsTest::comparison_runs_leave_the_result_alone() {
  JobQueue queue(viewer_program());
  OutputSettings output;
  output.folder = sandbox().file("compare_out");
  queue.set_output(output);
  const int id = queue.add({make_picture("compared.png", 300, 200)});
  QVERIFY(wait_until([&] { return queue.job(id)->state == JobState::ready; }));
  QSignalSpy made(&queue, &JobQueue::comparison_made), failed(&queue, &JobQueue::comparison_failed);
  queue.enqueue_for_comparison(id, light());  // with what?
  QCOMPARE(queue.job(id)->state, JobState::ready);
  queue.enqueue(id, tiny(), true);
  QVERIFY(wait_until([&] { return queue.job(id)->state == JobState::done; }));
  const QString result = queue.job(id)->result()->file;
  queue.enqueue_for_comparison(id, light());
  QVERIFY(queue.job(id)->is_active());
  QVERIFY(wait_until([&] { return !made.isEmpty(); }));
  QCOMPARE(queue.job(id)->state, JobState::done);
  QCOMPARE(queue.job(id)->result()->file, result);
  QCOMPARE(queue.job(id)->results.back().run, light());
  QVERIFY(QFileInfo::exists(queue.job(id)->results.back().file));
  QVERIFY(!queue.has_unsaved_results());
  QCOMPARE(files_in(output.folder), QStringList("compared_x2.png"));

  RunSettings large = light();
  large.scale = 8;
  queue.enqueue_for_comparison(id, large);
  QVERIFY(wait_until([&] { return queue.job(id)->fraction > 0; }));
  queue.cancel(id);
  QVERIFY(wait_until([&] { return !failed.isEmpty(); }));
  QCOMPARE(failed.front().at(1).toString(), QString());
  QCOMPARE(queue.job(id)->state, JobState::done);

  large.memory_limit = 1 << 20;
  queue.enqueue_for_comparison(id, large);
  QVERIFY(wait_until([&] { return failed.size() == 2; }));
  QVERIFY(!failed.back().at(1).toString().isEmpty());
  QCOMPARE(queue.job(id)->state, JobState::done);
  QCOMPARE(queue.job(id)->results.size(), std::size_t{2});
}

void JobsTest::a_gpus_memory_is_what_counts_on_it() {
  const QString script = make_script("gpu_worker", R"(read request
echo '{"event":"planned","predicted":5000,"budget":9000}'
echo '{"event":"memory","seconds":0.1,"host":700,"device":4000}'
echo '{"event":"done","report":{"device":"cuda","device_note":"A card","predicted_peak_bytes":800,"measured_peak_bytes":750,
"device_memory":{"predicted_peak_bytes":5000,"measured_peak_bytes":4900}}}' | tr -d '\n'; echo
)");
  JobQueue queue(script);
  const int id = queue.add({make_picture("for_gpu.png", 16, 16)});
  QVERIFY(wait_until([&] { return queue.job(id)->state == JobState::ready; }));
  queue.enqueue(id, tiny(), false);
  QVERIFY(wait_until([&] { return queue.job(id)->state == JobState::done; }));
  const JobResult& result = *queue.job(id)->result();
  QCOMPARE(queue.job(id)->predicted, std::uint64_t{5000});
  QCOMPARE(result.samples.size(), std::size_t{1});
  QCOMPARE(result.samples.front().device.value_or(0), std::uint64_t{4000});
  QCOMPARE(result.samples.front().host, std::uint64_t{700});
  QCOMPARE(result.peak().predicted, std::uint64_t{5000});
  QCOMPARE(result.peak().measured, std::uint64_t{4900});
  QCOMPARE(result.host.measured, std::uint64_t{750});
  QCOMPARE(result.gpu_name, QString("A card"));
}

}  // namespace nalasr::gui::test

int main(int argc, char** argv) {
  nalasr::gui::test::sandbox();
  QApplication app(argc, argv);
  nalasr::gui::test::JobsTest test;
  return QTest::qExec(&test, argc, argv);
}

#include "jobs_test.moc"
