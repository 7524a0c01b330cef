// The window in each language, light and dark: no text is cut off. Screenshots go to BUILD/screenshots, one of each
// state.
#include <QComboBox>
#include <QListView>
#include <QMessageBox>
#include <QScrollArea>
#include <QScrollBar>
#include <QTimer>

#include "gui/window_fixture.h"
#include "window/preferences_dialog.h"
#include "window/side_panel.h"

namespace nalasr::gui::test {
namespace {

/// Texts that have less room than they need.
QStringList cut_texts(QWidget& root) {
  QStringList cut;
  for (QWidget* widget : root.findChildren<QWidget*>()) {
    if (!widget->isVisible() || widget->window() != &root) continue;
    if (auto* label = qobject_cast<QLabel*>(widget); label != nullptr && !label->text().isEmpty()) {
      const bool fits = label->wordWrap() ? label->heightForWidth(label->width()) <= label->height()
                                          : label->sizeHint().width() <= label->width();
      if (!fits) cut.append(label->text());
    }
    if (auto* button = qobject_cast<QPushButton*>(widget); button != nullptr) {
      if (button->sizeHint().width() > button->width()) cut.append(button->text());
    }
    if (auto* box = qobject_cast<QComboBox*>(widget); box != nullptr) {
      constexpr int kArrow = 30;
      if (box->fontMetrics().horizontalAdvance(box->currentText()) + kArrow > box->width()) {
        cut.append(box->currentText());
      }
    }
  }
  return cut;
}

}  // namespace

class LanguagesTest : public WindowFixture {
  Q_OBJECT

 private slots:
  void cuts_no_text_off_data();
  void cuts_no_text_off();

 private:
  void look(QWidget& widget, const QString& state);

  QString language_;
  QStringList cut_;
};

void LanguagesTest::look(QWidget& widget, const QString& state) {
  QTest::qWait(100);
  cut_.append(cut_texts(widget));
  screenshot(widget, language_ + "_" + state);
}

void LanguagesTest::cuts_no_text_off_data() {
  QTest::addColumn<QString>("language");
  QTest::addColumn<bool>("dark");
  QTest::addRow("English, dark") << "en" << true;
  QTest::addRow("Italian") << "it" << false;
  QTest::addRow("Chinese, dark") << "zh_CN" << true;
}

void LanguagesTest::cuts_no_text_off() {
  QFETCH(QString, language);
  QFETCH(bool, dark);
  language_ = language;
  cut_.clear();
  QTranslator texts;
  QVERIFY(texts.load(compiled_translation(language)));
  QApplication::installTranslator(&texts);
  QLocale::setDefault(QLocale(language));
  Settings::clear_recent_files();
  show_window();
  window_->appearance().set_theme(dark ? Theme::dark : Theme::light);
  look(*window_, "1_empty");

  QFile bad(sandbox().file("damaged.png"));
  QVERIFY(bad.open(QIODevice::WriteOnly));
  bad.write("\x89PNG\r\n\x1a\nrubbish");
  bad.close();
  window_->open({sample(), bad.fileName(), cut_sample("bookshop.png", {30, 70, 300, 220})});
  QVERIFY(wait_until([&] {
    return window_->queue().at(1).state == JobState::failed && window_->queue().at(2).state == JobState::ready;
  }));
  QVERIFY(wait_until([&] { return shown_texts().contains(QStringLiteral("✓")); }));
  look(*window_, "2_planned");
  action("next")->trigger();
  look(*window_, "3_failed");
  action("previous")->trigger();
  action("upscale_all")->trigger();
  QVERIFY(wait_until([&] { return job().fraction > 0.5; }));
  window_->queue().toggle_pause();
  QVERIFY(wait_until([&] { return job().samples.size() > 3; }));
  look(*window_, "4_running");
  window_->queue().toggle_pause();
  QVERIFY(wait_until([&] { return window_->queue().active() == nullptr; }));
  QVERIFY(wait_for_view());
  look(*window_, "5_result");
  auto* scroll = window_->side_panel().findChild<QScrollArea*>();
  scroll->verticalScrollBar()->setValue(scroll->verticalScrollBar()->maximum());
  look(*window_, "6_panel_end");

  {
    PreferencesDialog dialog(window_.get());
    dialog.show();
    look(dialog, "7_preferences");
  }
  QTimer::singleShot(300, this, [this] {
    auto* box = qobject_cast<QMessageBox*>(QApplication::activeModalWidget());
    QVERIFY(box != nullptr);
    look(*box, "8_about");
    box->reject();
  });
  action("about")->trigger();
  window_.reset();
  QApplication::removeTranslator(&texts);
  QCOMPARE(cut_.join(" | "), QString());
}

}  // namespace nalasr::gui::test

int main(int argc, char** argv) {
  using namespace nalasr::gui::test;
  return run_window_test(argc, argv, [] { return std::make_unique<LanguagesTest>(); });
}

#include "languages_test.moc"
