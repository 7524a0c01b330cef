// The window's GPU readouts, fed with the numbers of a real run: machines with Qt have no GPU here, and those with a
// GPU no Qt. A script stands in for the child process and says what a real one said.
#include "gui/window_fixture.h"
#include "nalasr/comparison.h"
#include "view/format.h"
#include "view/memory_bars.h"
#include "view/memory_chart.h"
#include "window/side_panel.h"

namespace nalasr::gui::test {
namespace {

// Recorded on an NVIDIA H200, 2026-11-29: the first picture of `nalasr upscale --json --device cuda -m light` on 24
// pictures of 1920 × 1080.
constexpr qint64 kDevicePeak = 339044288, kDevicePredicted = 334850496, kPinned = 7372808;
constexpr qint64 kHostPeak = 67719168, kHostPredicted = 44321095;
constexpr double kSeconds = 0.2560027;
constexpr int kWidth = 1920, kHeight = 1080;
constexpr char kDeviceName[] = "NVIDIA H200", kInstructionSet[] = "cuda fused sm_90";
constexpr qint64 kLimit = 400 << 20;  // not recorded: what a user might set

QByteArray memory_line(double seconds, qint64 host, qint64 device) {
  return event_line(wire::memory, {{"seconds", seconds}, {"host", host}, {"device", device}});
}

QByteArray report_line() {
  const auto model = Model::load(source("models/light_x4.safetensors").toStdString());
  const auto computed = [&](Method method) {
    return static_cast<qint64>(computed_peak(method, (*model)->spec(), kWidth, kHeight, 2));
  };
  return event_line(
      wire::done,
      {{"report", QJsonObject{{"device", "cuda"},
                              {"device_note", kDeviceName},
                              {"instruction_set", kInstructionSet},
                              {"device_memory", QJsonObject{{"measured_peak_bytes", kDevicePeak},
                                                            {"predicted_peak_bytes", kDevicePredicted},
                                                            {"pinned_bytes", kPinned}}},
                              {"measured_peak_bytes", kHostPeak},
                              {"predicted_peak_bytes", kHostPredicted},
                              {"output", QJsonObject{{"width", kWidth * 4}, {"height", kHeight * 4}}},
                              {"computed_bytes",
                               QJsonObject{{"nala_eager", computed(Method::nala_eager)},
                                           {"softmax_flash", computed(Method::softmax_flash)},
                                           {"softmax_materialised", computed(Method::softmax_materialised)}}}}}});
}

// Says what the real child said, and ends when the file `go` is there. The recording has peaks but no samples: these
// rise to the peaks, ten times a second as real ones do. The picture itself stands in for its result.
QString make_gpu_worker(const QString& go) {
  QFile before(sandbox().file("before")), after(sandbox().file("after"));
  if (!before.open(QIODevice::WriteOnly) || !after.open(QIODevice::WriteOnly)) return {};
  before.write(event_line(wire::planned, {{"predicted", kDevicePredicted}, {"budget", kLimit}, {"gpu", kDeviceName}}));
  before.write(memory_line(0, 0, 0) + memory_line(0.1, kHostPredicted, kDevicePeak * 3 / 4));
  before.write(memory_line(0.2, kHostPeak, kDevicePeak) + event_line(wire::progress, {{"fraction", 0.62}}));
  after.write(memory_line(kSeconds, kHostPeak, kDevicePeak) + report_line());
  // Measures no pace.
  const QString commands = QStringLiteral(
      "read -r request\n"
      "case \"$request\" in *'\"task\":0'*) ;; *) exit 1 ;; esac\n"
      "field() { printf %s \"$request\" | sed \"s/.*\\\"$1\\\":\\\"//; s/\\\".*//\"; }\n"
      "cat '%1'\n"
      "until [ -e '%2' ]; do sleep 0.05; done\n"
      "cp \"$(field input)\" \"$(field output)\"\n"
      "cat '%3'\n");
  return make_script("gpu_worker", commands.arg(before.fileName(), go, after.fileName()).toUtf8());
}

}  // namespace

class GpuNumbersTest : public WindowFixture {
  Q_OBJECT

 private slots:
  void shows_both_memories_and_the_cards_name_data();
  void shows_both_memories_and_the_cards_name();
  void numbers_beside_the_chart_are_whole();

 private:
  void show_forecast();
  void look(const QString& state);
  const MemoryChart& chart_on_show();

  QString go_ = sandbox().file("go");  ///< the run ends when this is there
  QString language_;
};

void GpuNumbersTest::show_forecast() {
  Forecast forecast;
  Plan& plan = forecast.plan.emplace();
  plan.output_width = kWidth * 4;
  plan.output_height = kHeight * 4;
  plan.device = Device::cuda;
  plan.predicted_peak = kHostPredicted;
  plan.device_memory = {.bytes = kDevicePredicted, .pinned_bytes = kPinned};
  forecast.gpu = kDeviceName;
  forecast.seconds = kSeconds;
  window_->side_panel().show_forecast(forecast);
}

void GpuNumbersTest::look(const QString& state) {
  QTest::qWait(300);  // the panel counts five times a second
  screenshot(*window_, "11_gpu_" + language_ + "_" + state);
}

// The run's or the result's.
const MemoryChart& GpuNumbersTest::chart_on_show() {
  const auto charts = window_->findChildren<MemoryChart*>();
  return **std::find_if(charts.begin(), charts.end(), [](const MemoryChart* chart) { return chart->isVisible(); });
}

void GpuNumbersTest::shows_both_memories_and_the_cards_name_data() {
  QTest::addColumn<QString>("language");
  for (const char* language : {"en", "it", "zh_CN"}) QTest::addRow("%s", language) << QString(language);
}

void GpuNumbersTest::shows_both_memories_and_the_cards_name() {
  QFETCH(QString, language);
  language_ = language;
  QTranslator texts;
  QVERIFY(texts.load(compiled_translation(language)));
  QApplication::installTranslator(&texts);
  QLocale::setDefault(QLocale(language));
  QFile::remove(go_);
  show_window(make_gpu_worker(go_));
  window_->side_panel().set_has_gpu(true);
  window_->open({cut_sample("hd.png", {0, 0, 384, 216}, 5)});
  QVERIFY(wait_until([&] { return shown_texts().contains("7680 × 4320"); }));  // this machine's own forecast
  const QString device_predicted = bytes_text(kDevicePredicted), host_predicted = bytes_text(kHostPredicted);
  show_forecast();
  look("1_planned");
  QVERIFY(shown_texts().contains(device_predicted));
  QVERIFY(shown_texts().contains(host_predicted));
  QVERIFY(shown_texts().contains(QString("✓")));
  QVERIFY(shown_texts().contains(kDeviceName));

  action("upscale")->trigger();
  QVERIFY(wait_until([&] { return job().fraction > 0.6; }));
  look("2_running");
  const QString running = shown_texts();
  QVERIFY(running.contains(bytes_text(kDevicePeak)));
  QVERIFY(running.contains(bytes_text(kHostPeak)));
  QVERIFY(running.contains(kDeviceName));
  const QString chart = chart_on_show().accessibleDescription();
  QVERIFY(chart.contains(bytes_text(kDevicePeak)) && chart.contains(device_predicted));

  QFile go(go_);
  QVERIFY(go.open(QIODevice::WriteOnly));
  QVERIFY(wait_for(JobState::done));
  QVERIFY(wait_for_view());
  look("3_result");
  const QString result = shown_texts();
  for (const QString& told : {bytes_text(kDevicePeak), device_predicted, bytes_text(kHostPeak), host_predicted,
                              QString(kDeviceName), QString(kInstructionSet)}) {
    QVERIFY2(result.contains(told), qPrintable(told + " is not in " + result));
  }
  if (language == "en") {
    const QString plain = QString(result).replace(QChar::Nbsp, ' ');
    QVERIFY(plain.contains("NVIDIA H200: peak 323.3 MiB measured, 319.3 MiB predicted"));
    QVERIFY(plain.contains("Main memory: peak 64.6 MiB measured, 42.3 MiB predicted"));
  }
  QVERIFY(window_->findChild<MemoryBars*>()->accessibleDescription().contains(bytes_text(kDevicePeak)));
  QApplication::removeTranslator(&texts);
}

// 682.7 MiB, half of 1.3 GiB, is wider than that: it was cut to "2.7 MiB".
void GpuNumbersTest::numbers_beside_the_chart_are_whole() {
  MemoryChart chart;
  chart.resize(300, 200);
  chart.set_limits((std::uint64_t{1} << 30) * 4 / 3, 0);
  const QImage image = chart.grab().toImage();
  for (int y = 0; y < image.height() / 2; ++y)  // the legend may begin at the edge
    QCOMPARE(image.pixelColor(0, y), image.pixelColor(0, 0));
}

}  // namespace nalasr::gui::test

int main(int argc, char** argv) {
  using namespace nalasr::gui::test;
  return run_window_test(argc, argv, [] { return std::make_unique<GpuNumbersTest>(); });
}

#include "gpu_numbers_test.moc"
