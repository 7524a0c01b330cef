// The viewer on a real graphics card: the plan names it, the run happens on it and is seen there, what it took is what
// was predicted, the result is the command line's, and it can be cancelled. Skipped where there is none. Needs no
// screen: scripts/viewer-bundle carries it to machines with a GPU and without Qt.
//
// NALASR_TEST_DEVICE=cpu goes through the same steps on the processor, with smaller pictures.
#include <QProcess>
#include <QRegularExpression>

#include "gui/window_fixture.h"
#include "view/format.h"
#include "view/memory_chart.h"

namespace nalasr::gui::test {

class RealGpuTest : public WindowFixture {
  Q_OBJECT

 private slots:
  void initTestCase();
  void plans_on_the_card();
  void upscales_as_the_command_line_does();
  void shows_memory_while_it_runs();
  void cancels();

 private:
  /// The run that was started is done; tells why where it is not.
  bool finishes();
  void check_peak(const Peak& peak);
  /// What the device held at most.
  static std::uint64_t highest(const std::vector<MemorySample>& samples);

  bool on_gpu_ = qEnvironmentVariable("NALASR_TEST_DEVICE") != "cpu";
  QString where_ = on_gpu_ ? "gpu" : "cpu";  ///< in the screenshots' names
  QString card_;                             ///< its name
  QString hd_, uhd_;
};

void RealGpuTest::initTestCase() {
  if (on_gpu_) {
    const std::string reason = device_unavailable_reason(Device::cuda);
    if (!reason.empty()) QSKIP(("no graphics card: " + reason).c_str());
  }
  run_.model = {"photo", "Photo ×4", source("models/photo_x4.safetensors"), {}, 4};
  run_.device = on_gpu_ ? Device::cuda : Device::cpu;
  hd_ = cut_sample("street_hd.png", {0, 0, 384, 216}, on_gpu_ ? 5 : 1);
  uhd_ = cut_sample("street_uhd.png", {0, 60, 384, 216}, on_gpu_ ? 10 : kSanitized ? 1 : 2);
  show_window();
  window_->open({hd_});
  QVERIFY(wait_for(JobState::ready));
}

void RealGpuTest::plans_on_the_card() {
  // With the time: until it is known another process uses the card, to measure its pace.
  // A card may take less than a second.
  const QRegularExpression time("about|under a second");
  QVERIFY2(wait_until([&] { return shown_texts().contains(time) && shown_texts().contains("✓"); }, 15000),
           qPrintable(shown_texts()));
  wait_until([&] { return window_->comparison().is_complete() && window_->view().is_settled(); });
  QTest::qWait(500);
  screenshot(*window_, "12_" + where_ + "_1_planned");
  if (!on_gpu_) return;
  QVERIFY(shown_texts().contains("7680 × 4320"));
  QVERIFY2(shown_texts().contains("of the graphics card"), qPrintable(shown_texts()));
  const QRegularExpression fits("Fits into the memory of the (.+)");
  card_ = fits.match(shown_texts()).captured(1);
  QVERIFY2(!card_.isEmpty(), qPrintable(shown_texts()));
  qInfo("planned for %s", qPrintable(card_));
}

bool RealGpuTest::finishes() {
  if (!wait_until([&] { return !job().is_active() && job().state != JobState::waiting; })) return false;
  if (job().state != JobState::done) qWarning("%s; %s", qPrintable(job().problem), qPrintable(job().hint));
  return job().state == JobState::done;
}

void RealGpuTest::check_peak(const Peak& peak) {
  const double measured = static_cast<double>(peak.measured), predicted = static_cast<double>(peak.predicted);
  qInfo("peak %.1f MiB measured, %.1f MiB predicted", measured / 0x1p20, predicted / 0x1p20);
  QVERIFY(measured > 0 && predicted > 0);
  QVERIFY(!on_gpu_ || std::abs(measured / predicted - 1) < 0.15);
}

std::uint64_t RealGpuTest::highest(const std::vector<MemorySample>& samples) {
  std::uint64_t most = 0;
  for (const MemorySample& sample : samples) most = std::max(most, sample.device.value_or(0));
  return most;
}

void RealGpuTest::upscales_as_the_command_line_does() {
  action("upscale")->trigger();
  QVERIFY(finishes());
  QVERIFY(wait_for_view());
  QTest::qWait(300);
  screenshot(*window_, "12_" + where_ + "_2_result_hd");
  const JobResult& result = *job().result();
  qInfo("%lld samples in %.2f s on %s", static_cast<long long>(result.samples.size()), result.seconds,
        qPrintable(result.instruction_set));
  QCOMPARE(result.gpu.has_value(), on_gpu_);
  check_peak(result.peak());
  if (on_gpu_) {
    QVERIFY(result.instruction_set.startsWith("cuda"));
    QVERIFY(card_.contains(result.gpu_name));
    QVERIFY(shown_texts().contains(bytes_text(result.gpu->measured)));
    QVERIFY(shown_texts().contains(bytes_text(result.gpu->predicted)));
  }

  const QString other = sandbox().file("command_line.png");
  QProcess program;
  program.setProcessChannelMode(QProcess::MergedChannels);
  program.start(command_line_program(),
                {"upscale", hd_, "-o", other, "-m", "photo", "--png-level", "1", "--device", on_gpu_ ? "cuda" : "cpu"});
  QVERIFY(program.waitForFinished(60000));
  QVERIFY2(program.exitCode() == 0, program.readAll().constData());
  const QImage ours(result.file), theirs(other);
  QCOMPARE(ours.size(), QImage(hd_).size() * 4);
  QVERIFY(ours == theirs);
  QFile our_file(result.file), their_file(other);
  QVERIFY(our_file.open(QIODevice::ReadOnly) && their_file.open(QIODevice::ReadOnly));
  qInfo("same pixels as nalasr's; the files are %s",
        our_file.readAll() == their_file.readAll() ? "equal" : "not equal");
}

void RealGpuTest::shows_memory_while_it_runs() {
  window_->open({uhd_});
  QVERIFY(wait_for(JobState::ready));
  QTest::qWait(500);
  action("upscale")->trigger();
  QVERIFY(wait_until([&] { return job().fraction > 0.3; }));
  action("pause")->trigger();
  QTest::qWait(1200);
  screenshot(*window_, "12_" + where_ + "_3_running");
  QCOMPARE(job().state, JobState::paused);
  QVERIFY(job().samples.size() > 2);
  QVERIFY(job().predicted > 0);
  if (on_gpu_) {
    for (const MemorySample& sample : job().samples) QVERIFY(sample.device.has_value());
    QVERIFY(highest(job().samples) > job().predicted / 2);
    QVERIFY(highest(job().samples) < job().predicted * 115 / 100);
    const auto charts = window_->findChildren<MemoryChart*>();
    const auto shown = std::find_if(charts.begin(), charts.end(), [](auto* chart) { return chart->isVisible(); });
    QVERIFY(shown != charts.end());
    QVERIFY((*shown)->accessibleDescription().contains(bytes_text(job().predicted)));
    QVERIFY(shown_texts().contains(job().gpu));
  }
  action("pause")->trigger();
  QVERIFY(finishes());
  QVERIFY(wait_for_view());
  QTest::qWait(300);
  screenshot(*window_, "12_" + where_ + "_4_result_uhd");
  check_peak(job().result()->peak());
  qInfo("%lld samples, the highest %.1f MiB", static_cast<long long>(job().result()->samples.size()),
        static_cast<double>(highest(job().result()->samples)) / 0x1p20);
}

void RealGpuTest::cancels() {
  const std::size_t results = job().results.size();
  action("upscale")->trigger();
  QVERIFY(wait_until([&] { return job().fraction > 0.05; }));
  QElapsedTimer timer;
  timer.start();
  action("cancel")->trigger();
  QVERIFY(wait_for(JobState::cancelled));
  qInfo("cancelled after %lld ms", static_cast<long long>(timer.elapsed()));
  QVERIFY(kSanitized || timer.elapsed() < 2000);
  QCOMPARE(job().results.size(), results);
  screenshot(*window_, "12_" + where_ + "_5_cancelled");
  window_->open({hd_});  // nothing is left that stands in the way of the next
  action("upscale")->trigger();
  QVERIFY(job().is_active());
  QVERIFY(finishes());
  QCOMPARE(job().results.size(), 2U);
}

}  // namespace nalasr::gui::test

int main(int argc, char** argv) {
  using namespace nalasr::gui::test;
  return run_window_test(argc, argv, [] { return std::make_unique<RealGpuTest>(); });
}

#include "real_gpu_test.moc"
