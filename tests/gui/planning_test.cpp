// What is known before a run, and how it is said: time left, names, formats, requests to a worker, forecasts.
#include <QSignalSpy>
#include <QTest>

#include "gui/gui_support.h"
#include "jobs/eta.h"
#include "jobs/output_naming.h"
#include "jobs/planner.h"
#include "jobs/worker_protocol.h"

namespace nalasr::gui::test {
namespace {

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

class PlanningTest : public QObject {
  Q_OBJECT

 private slots:
  void eta_is_silent_then_honest();
  void names_follow_the_template();
  void formats_follow_the_picture();
  void requests_survive_the_wire();
  void planner_tells_size_memory_and_time();
  void planner_refuses_what_does_not_fit();
};

void PlanningTest::eta_is_silent_then_honest() {
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

void PlanningTest::names_follow_the_template() {
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

void PlanningTest::formats_follow_the_picture() {
  QCOMPARE(output_format(facts_of(10, 10, "jpeg"), {}, {40, 40}), ImageFormat::jpeg);
  QCOMPARE(output_format(facts_of(10, 10, "jpeg"), "tiff", {40, 40}), ImageFormat::tiff);
  QCOMPARE(output_format(facts_of(10, 10, "jp2"), {}, {40, 40}), ImageFormat::png);         // no writer
  QCOMPARE(output_format(facts_of(30000, 9, "jpeg"), {}, {120000, 36}), ImageFormat::png);  // too wide for a JPEG
}

void PlanningTest::requests_survive_the_wire() {
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

void PlanningTest::planner_tells_size_memory_and_time() {
  Planner planner(viewer_program());
  QSignalSpy told(&planner, &Planner::forecast), pace(&planner, &Planner::pace_changed);
  planner.request(source("resources/samples/street.png"), light());
  QVERIFY(told.wait(10000));
  auto forecast = told.takeFirst().at(1).value<Forecast>();
  QVERIFY(forecast.plan && forecast.fits);
  QCOMPARE(forecast.plan->output_width, 1600);
  QVERIFY(forecast.plan->predicted_peak > 10'000'000);
  QVERIFY(pace.count() > 0 || pace.wait(120000));  // the machine was measured once
  planner.request(source("resources/samples/street.png"), light());
  QVERIFY(told.wait(10000));
  forecast = told.takeFirst().at(1).value<Forecast>();
  QVERIFY(forecast.seconds && *forecast.seconds > 0.05 && *forecast.seconds < 120);
}

void PlanningTest::planner_refuses_what_does_not_fit() {
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

}  // namespace nalasr::gui::test

int main(int argc, char** argv) {
  nalasr::gui::test::sandbox();
  qRegisterMetaType<nalasr::gui::Forecast>();
  QApplication app(argc, argv);
  nalasr::gui::test::PlanningTest test;
  return QTest::qExec(&test, argc, argv);
}

#include "planning_test.moc"
