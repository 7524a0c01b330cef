#include "gui/window_fixture.h"

namespace nalasr::gui::test {

void WindowFixture::show_window(const QString& worker_program) {
  OutputSettings output;
  output.folder = out_;
  Settings::set_output(output);
  Settings::set_theme(Theme::light);
  Settings::set_run(run_);
  window_ = std::make_unique<MainWindow>(worker_program.isEmpty() ? viewer_program() : worker_program);
  window_->resize(1280, 800);
  window_->show();
  QVERIFY(QTest::qWaitForWindowExposed(window_.get()));
  activate(*window_);
}

bool WindowFixture::wait_for(JobState state) {
  return wait_until([&] { return job().state == state; });
}

bool WindowFixture::wait_for_view() {
  return wait_until([&] { return window_->comparison().is_complete() && window_->view().can_compare(); }) &&
         wait_until([&] {
           window_->view().repaint();
           return window_->view().is_settled();
         });
}

QPushButton* WindowFixture::button(const QString& text) {
  for (QPushButton* b : window_->findChildren<QPushButton*>()) {
    if (b->text() == text && b->isVisible()) return b;
  }
  return nullptr;
}

QString WindowFixture::shown_texts() {
  QStringList texts;
  for (QLabel* label : window_->findChildren<QLabel*>()) {
    if (label->isVisible()) texts.append(label->text());
  }
  return texts.join('\n');
}

QString sample() { return source("resources/samples/street.png"); }

QString compiled_translation(const QString& language) {
  const QString folder = elsewhere().isEmpty() ? QStringLiteral(NALASR_TRANSLATIONS) : elsewhere() + "/translations";
  return folder + QStringLiteral("/nalasr-viewer_%1.qm").arg(language);
}

int run_window_test(int argc, char** argv, const std::function<std::unique_ptr<QObject>()>& make_test) {
  sandbox();
  qputenv("NALASR_MODELS", source("models").toLocal8Bit());
  QApplication app(argc, argv);
  QTranslator plurals;
  if (plurals.load(compiled_translation("en"))) QApplication::installTranslator(&plurals);
  return QTest::qExec(make_test().get(), argc, argv);
}

}  // namespace nalasr::gui::test
