// The viewer's models without widgets: pyramid, viewport, time left, names, protocol, queue, saving.
#include <signal.h>
#include <QBuffer>
#include <QSignalSpy>
#include <QTest>

#include "document/picture_loader.h"
#include "document/picture_sources.h"
#include "gui/gui_support.h"
#include "jobs/job_queue.h"
#include "jobs/output_naming.h"
#include "jobs/planner.h"
#include "jobs/result_saver.h"
#include "view/viewport.h"

namespace nalasr::gui::test {
namespace {

QStringList files_in(const QString& folder) {
  return QDir(folder).entryList(QDir::Files | QDir::Hidden | QDir::NoDotAndDotDot);
}

PictureFacts facts_of(int width, int height, const char* format, int channels = 3, int bits = 8) {
  PictureFacts facts;
  facts.info.width = width;
  facts.info.height = height;
  facts.info.channels = channels;
  facts.info.bits = bits;
  facts.info.format = format;
  facts.size = QSize(width, height);
  return facts;
}

}  // namespace

class ModelsTest : public QObject {
  Q_OBJECT

 private slots:
  void pyramid_keeps_pixels_and_halves();
  void pyramid_of_odd_sizes();
  void pyramid_takes_less_than_one_and_a_half_pictures();
  void loader_applies_orientation();
  void loader_tells_what_is_wrong();
  void interpolated_picture_matches_stored_one_where_nearest();
  void viewport_zooms_at_the_cursor();
  void viewport_links_sizes();
  void eta_is_silent_then_honest();
  void names_follow_the_template();
  void formats_follow_the_picture();
  void requests_survive_the_wire();
  void planner_tells_size_memory_and_time();
  void planner_refuses_what_does_not_fit();
  void queue_goes_on_after_a_bad_file();
  void queue_pauses_resumes_and_cancels();
  void queue_retries();
  void killed_child_leaves_window_and_folder_in_order();
  void child_without_memory_fails_alone();
  void results_are_saved_in_other_formats();
  void folders_are_searched();
};

void ModelsTest::pyramid_keeps_pixels_and_halves() {
  Pyramid pyramid(QSize(600, 520), 3);
  std::vector<std::uint8_t> row(600 * 3);
  for (int y = 0; y < 520; ++y) {
    QCOMPARE(pyramid.ready_rows(0), y);
    for (int i = 0; i < 600 * 3; ++i) row[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(i / 3 + y);
    pyramid.append_row(row.data());
  }
  QCOMPARE(pyramid.level_count(), 3);
  QCOMPARE(pyramid.level_size(2), QSize(150, 130));
  std::uint8_t pixels[6];
  pyramid.copy_pixels(0, 255, 300, 2, pixels);  // across two tiles
  QCOMPARE(pixels[0], static_cast<std::uint8_t>(255 + 300));
  QCOMPARE(pixels[3], static_cast<std::uint8_t>(256 + 300));
  pyramid.copy_pixels(1, 10, 20, 1, pixels);  // mean of 60, 61, 61, 62
  QCOMPARE(pixels[0], std::uint8_t{61});
}

void ModelsTest::pyramid_of_odd_sizes() {
  for (const QSize size : {QSize(1, 1), QSize(1, 700), QSize(257, 3), QSize(513, 511)}) {
    Pyramid pyramid(size, 1);
    const std::vector<std::uint8_t> row(static_cast<std::size_t>(size.width()), 90);
    for (int y = 0; y < size.height(); ++y) pyramid.append_row(row.data());
    for (int level = 0; level < pyramid.level_count(); ++level) {
      const QSize s = pyramid.level_size(level);
      QCOMPARE(pyramid.ready_rows(level), s.height());
      std::vector<std::uint8_t> last(static_cast<std::size_t>(s.width()));
      pyramid.copy_pixels(level, 0, s.height() - 1, s.width(), last.data());
      QVERIFY(std::all_of(last.begin(), last.end(), [](int v) { return v == 90; }));
    }
  }
}

void ModelsTest::pyramid_takes_less_than_one_and_a_half_pictures() {
  const Pyramid pyramid(QSize(4000, 3000), 3);
  QVERIFY(pyramid.bytes() < 4000ULL * 3000 * 3 * 3 / 2);
}

void ModelsTest::loader_applies_orientation() {
  // A JPEG whose EXIF says: turn by 90 degrees. Qt does not write EXIF: the tag is put in by hand.
  QImage image(64, 32, QImage::Format_RGB888);
  image.fill(Qt::blue);
  for (int y = 0; y < 32; ++y) {
    for (int x = 0; x < 16; ++x) image.setPixel(x, y, qRgb(255, 0, 0));
  }
  QByteArray jpeg;
  QBuffer buffer(&jpeg);
  buffer.open(QIODevice::WriteOnly);
  image.save(&buffer, "JPEG", 100);
  const QByteArray exif = QByteArray::fromHex("ffe10022457869660000") +
                          QByteArray::fromHex("4d4d002a00000008000101120003000000010006000000000000");
  jpeg.insert(2, exif);
  const QString path = sandbox().file("turned.jpg");
  QFile file(path);
  QVERIFY(file.open(QIODevice::WriteOnly));
  file.write(jpeg);
  file.close();

  PictureLoader loader(path, {});
  QVERIFY(wait_until([&] { return loader.is_complete(); }));
  QCOMPARE(loader.picture()->size(), QSize(32, 64));
  QVERIFY(loader.picture()->pixel(16, 4).samples[0] > 200);   // red has come to the top
  QVERIFY(loader.picture()->pixel(16, 60).samples[2] > 200);  // blue to the bottom
}

void ModelsTest::loader_tells_what_is_wrong() {
  PictureLoader loader(source("README.md"), {});
  QSignalSpy failed(&loader, &PictureLoader::failed);
  QVERIFY(failed.wait(5000));
  QVERIFY(failed.front().front().toString().contains("picture"));
}

void ModelsTest::interpolated_picture_matches_stored_one_where_nearest() {
  PictureLoader loader(make_picture("small.png", 60, 40), {});
  QVERIFY(wait_until([&] { return loader.is_complete(); }));
  const InterpolatedPicture large(loader.picture(), QSize(240, 160), Interpolation::nearest);
  QCOMPARE(large.pixel(81, 45).samples, loader.picture()->pixel(20, 11).samples);
  QImage out(50, 50, QImage::Format_RGB32);
  large.render(1, QRect(40, 40, 50, 50), false, out);
  for (const QPoint p : {QPoint(0, 0), QPoint(13, 7), QPoint(49, 49)}) {
    const PixelValue want = large.pixel(40 + p.x(), 40 + p.y());
    QCOMPARE(out.pixel(p), qRgb(want.samples[0], want.samples[1], want.samples[2]));
  }
}

void ModelsTest::viewport_zooms_at_the_cursor() {
  Viewport viewport;
  viewport.set_pane(QSize(800, 600));
  viewport.set_picture(QSize(4000, 2000));
  QVERIFY(viewport.is_fitted());
  QCOMPARE(viewport.zoom(), 0.2);
  const QPointF cursor(500, 400);
  const QPointF under = viewport.to_picture(cursor);
  viewport.zoom_to(1, cursor);
  const QPointF now = viewport.to_picture(cursor);
  QVERIFY(std::abs(now.x() - under.x()) <= 1 && std::abs(now.y() - under.y()) <= 1);
  viewport.zoom_to(1000, cursor);
  QCOMPARE(viewport.zoom(), Viewport::kMaxZoom);
  viewport.zoom_to(0, cursor);
  QCOMPARE(viewport.zoom(), Viewport::kMinZoom);
}

void ModelsTest::viewport_links_sizes() {
  Viewport a, b;
  for (Viewport* v : {&a, &b}) v->set_pane(QSize(400, 400));
  a.set_picture(QSize(1000, 1000));
  b.set_picture(QSize(4000, 4000));
  a.zoom_to(4, {200, 200});
  b.zoom_to(1, {200, 200});
  a.set_center({0.3, 0.6});
  b.set_center({0.3, 0.6});
  QCOMPARE(a.origin(), b.origin());
  a.pan({1e9, 1e9});  // never beyond the edge
  QCOMPARE(a.origin(), QPoint(0, 0));
}

void ModelsTest::eta_is_silent_then_honest() {
  Eta eta;
  eta.start(0);
  QVERIFY(!eta.seconds_left(500));
  eta.update(0.01, 1000);
  QVERIFY(!eta.seconds_left(1100));
  eta.update(0.11, 2000);
  eta.update(0.21, 3000);  // a tenth each second
  QCOMPARE(std::round(*eta.seconds_left(3000)), 8.0);
  eta.pause(3000);
  eta.resume(63000);  // a minute of pause changes nothing
  QCOMPARE(std::round(*eta.seconds_left(63000)), 8.0);
  QCOMPARE(eta.elapsed(63000), 3.0);
}

void ModelsTest::names_follow_the_template() {
  RunSettings run = light();
  QCOMPARE(fill_template("{name}_x{scale}_{model}_{width}x{height}", "/a/b.c.jpg", run, {40, 30}),
           "b.c_x4_light_40x30");
  QCOMPARE(fill_template("a/b", "/x.png", run, {}), "a_b");
  QCOMPARE(fill_template("  ", "/x.png", run, {}), "upscaled");
  OutputSettings output;
  output.folder = "/out";
  const auto facts = facts_of(10, 10, "jpeg");
  QCOMPARE(output_path("/in/x.jpeg", facts, run, output, [](const QString&) { return false; }), "/out/x_x4.jpg");
  const QStringList taken{"/out/x_x4.jpg", "/out/x_x4 (2).jpg"};
  QCOMPARE(output_path("/in/x.jpeg", facts, run, output, [&](const QString& p) { return taken.contains(p); }),
           "/out/x_x4 (3).jpg");
}

void ModelsTest::formats_follow_the_picture() {
  QCOMPARE(output_format(facts_of(10, 10, "jpeg"), {}, {40, 40}), ImageFormat::jpeg);
  QCOMPARE(output_format(facts_of(10, 10, "jpeg"), "tiff", {40, 40}), ImageFormat::tiff);
  QCOMPARE(output_format(facts_of(10, 10, "jp2"), {}, {40, 40}), ImageFormat::png);         // no writer
  QCOMPARE(output_format(facts_of(30000, 9, "jpeg"), {}, {120000, 36}), ImageFormat::png);  // too wide for a JPEG
}

void ModelsTest::requests_survive_the_wire() {
  WorkRequest request;
  request.task = Task::convert;
  request.input = QStringLiteral("/tmp/ö \"x\"\n.png");
  request.memory_limit = 5'000'000'000;
  const QByteArray line = request.to_line();
  QCOMPARE(line.count('\n'), 1);
  const auto back = WorkRequest::from_line(line);
  QVERIFY(back);
  QCOMPARE(back->input, request.input);
  QCOMPARE(back->memory_limit, request.memory_limit);
  QVERIFY(!WorkRequest::from_line("{}"));
  QVERIFY(!WorkRequest::from_line("nonsense"));
}

void ModelsTest::planner_tells_size_memory_and_time() {
  Planner planner(viewer_program());
  QSignalSpy told(&planner, &Planner::forecast), pace(&planner, &Planner::pace_changed);
  planner.request(source("resources/samples/street.png"), light());
  QVERIFY(told.wait(10000));
  auto forecast = told.takeFirst().at(1).value<Forecast>();
  QVERIFY(forecast.plan && forecast.fits);
  QCOMPARE(forecast.plan->output_width, 1600);
  QVERIFY(forecast.plan->predicted_peak > 10'000'000);
  QVERIFY(pace.count() > 0 || pace.wait(30000));  // the machine was measured once
  planner.request(source("resources/samples/street.png"), light());
  QVERIFY(told.wait(10000));
  forecast = told.takeFirst().at(1).value<Forecast>();
  QVERIFY(forecast.seconds && *forecast.seconds > 0.05 && *forecast.seconds < 120);
}

void ModelsTest::planner_refuses_what_does_not_fit() {
  Planner planner(viewer_program());
  QSignalSpy told(&planner, &Planner::forecast);
  RunSettings run = light();
  run.memory_limit = 1 << 20;
  planner.request(source("resources/samples/street.png"), run);
  QVERIFY(told.wait(10000));
  const auto forecast = told.takeFirst().at(1).value<Forecast>();
  QVERIFY(!forecast.fits);
  QVERIFY(forecast.plan && forecast.plan->predicted_peak > run.memory_limit);
  QVERIFY(!forecast.problem.isEmpty());
}

void ModelsTest::queue_goes_on_after_a_bad_file() {
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
  QCOMPARE(summary.failed, 1);
  QCOMPARE(queue.at(0).state, JobState::done);
  QCOMPARE(queue.at(2).state, JobState::failed);
  QCOMPARE(queue.at(3).state, JobState::done);
  QCOMPARE(files_in(output.folder), QStringList({"one_x2.png", "two_x2.png"}));
  QVERIFY(queue.at(0).result()->measured_peak > 0);
  QVERIFY(queue.at(0).result()->computed_materialised > queue.at(0).result()->computed_flash);
}

void ModelsTest::queue_pauses_resumes_and_cancels() {
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

void ModelsTest::queue_retries() {
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

void ModelsTest::killed_child_leaves_window_and_folder_in_order() {
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

void ModelsTest::child_without_memory_fails_alone() {
  // A child that may not map enough: the same as a machine whose memory is gone.
  const QString script = sandbox().file("little_memory");
  QFile file(script);
  QVERIFY(file.open(QIODevice::WriteOnly));
  file.write("#!/bin/sh\nulimit -v 400000\nexec '" + QFile::encodeName(viewer_program()) + "' \"$@\"\n");
  file.close();
  file.setPermissions(file.permissions() | QFileDevice::ExeOwner);
  JobQueue queue(script);
  const int id = queue.add({make_picture("hungry.png", 2400, 1800)});
  QVERIFY(wait_until([&] { return queue.job(id)->state == JobState::ready; }));
  queue.enqueue(id, light(), false);
  QVERIFY(wait_until([&] { return queue.job(id)->state == JobState::failed; }));
  qInfo("told: %s", qPrintable(queue.job(id)->problem));
  QVERIFY(queue.job(id)->problem.contains("memory"));
}

void ModelsTest::results_are_saved_in_other_formats() {
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

void ModelsTest::folders_are_searched() {
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

}  // namespace nalasr::gui::test

int main(int argc, char** argv) {
  nalasr::gui::test::sandbox();
  qRegisterMetaType<nalasr::gui::Forecast>();
  QApplication app(argc, argv);
  nalasr::gui::test::ModelsTest test;
  return QTest::qExec(&test, argc, argv);
}

#include "models_test.moc"
