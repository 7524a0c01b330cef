// The whole window with the bundled models, and what its tests ask of it.
#pragma once

#include <QAction>
#include <QLabel>
#include <QPushButton>
#include <QTest>
#include <QTranslator>
#include <memory>

#include "gui/gui_support.h"
#include "view/compare_view.h"
#include "window/comparison.h"
#include "window/main_window.h"
#include "window/settings.h"

namespace nalasr::gui::test {

class WindowFixture : public QObject {
  Q_OBJECT

 protected:
  /// `worker_program`: what does the work as a child; empty: the viewer.
  void show_window(const QString& worker_program = {});
  const Job& job() { return *window_->queue().job(window_->current()); }
  QAction* action(const char* name) { return window_->findChild<QAction*>(QLatin1String(name)); }
  bool wait_for(JobState state);
  /// Everything on show is decoded and rendered.
  bool wait_for_view();
  /// A button on show with this text; null where there is none.
  QPushButton* button(const QString& text);
  /// The texts of all labels on show, a line each.
  QString shown_texts();

  std::unique_ptr<MainWindow> window_;
  RunSettings run_ = light();            ///< what the window starts with
  QString out_ = sandbox().file("out");  ///< the output folder
};

QString sample();
/// The viewer's texts in a language, for QTranslator; in English its plurals.
QString compiled_translation(const QString& language);
/// For Qt's main(): a sandbox, the bundled models, English plurals.
int run_window_test(int argc, char** argv, const std::function<std::unique_ptr<QObject>()>& make_test);

}  // namespace nalasr::gui::test
