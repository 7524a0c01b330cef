// MainWindow's actions, menus and tool bar.
#include <QActionGroup>
#include <QApplication>
#include <QComboBox>
#include <QFileDialog>
#include <QLabel>
#include <QMenuBar>
#include <QMessageBox>
#include <QStatusBar>
#include <QToolBar>
#include <QToolButton>

#include "nalasr/version.h"
#include "view/compare_view.h"
#include "window/comparison.h"
#include "window/main_window.h"
#include "window/preferences_dialog.h"
#include "window/queue_panel.h"
#include "window/side_panel.h"

namespace nalasr::gui {
namespace {

constexpr double kZoomStep = 1.25;

}  // namespace

QAction* MainWindow::add_action(const char* name, const QString& text, const QString& icon, const QKeySequence& keys) {
  auto* action = new QAction(text, this);
  action->setObjectName(QLatin1String(name));
  if (!icon.isEmpty()) {
    action->setIcon(action_icon(icon));
    action->setProperty("drawing", icon);
  }
  action->setShortcut(keys);
  if (!keys.isEmpty()) {
    QString plain = text;
    action->setToolTip(QStringLiteral("%1 (%2)").arg(plain.remove('&'), keys.toString(QKeySequence::NativeText)));
  }
  addAction(action);
  return action;
}

void MainWindow::make_actions() {
  open_action_ = add_action("open", tr("&Open …"), "open", QKeySequence::Open);
  connect(open_action_, &QAction::triggered, this, &MainWindow::open_dialog);
  folder_action_ = add_action("open_folder", tr("Open &folder …"), "folder", QKeySequence("Ctrl+Shift+O"));
  connect(folder_action_, &QAction::triggered, this, &MainWindow::open_folder_dialog);
  paste_action_ = add_action("paste", tr("&Paste"), {}, QKeySequence::Paste);
  connect(paste_action_, &QAction::triggered, this, &MainWindow::paste);
  save_action_ = add_action("save", tr("&Save"), "save", QKeySequence::Save);
  connect(save_action_, &QAction::triggered, this, &MainWindow::save);
  save_as_action_ = add_action("save_as", tr("Save &as …"), {}, QKeySequence("Ctrl+Shift+S"));
  connect(save_as_action_, &QAction::triggered, this, &MainWindow::save_as);
  remove_action_ = add_action("remove", tr("&Remove from the list"), {}, QKeySequence("Ctrl+W"));
  remove_action_->setShortcuts({QKeySequence("Ctrl+W"), QKeySequence(Qt::Key_Delete)});
  connect(remove_action_, &QAction::triggered, this, [this] { remove(current_); });
  quit_action_ = add_action("quit", tr("&Quit"), {}, QKeySequence("Ctrl+Q"));
  connect(quit_action_, &QAction::triggered, this, &QWidget::close);

  upscale_action_ = add_action("upscale", tr("&Upscale"), "upscale", QKeySequence("Ctrl+Return"));
  connect(upscale_action_, &QAction::triggered, this, &MainWindow::upscale);
  all_action_ = add_action("upscale_all", tr("Upscale &all"), "play", QKeySequence("Ctrl+Shift+Return"));
  connect(all_action_, &QAction::triggered, this, [this] { queue_.enqueue_all(side_->run_settings()); });
  pause_action_ = add_action("pause", tr("&Pause"), "pause", QKeySequence("Ctrl+P"));
  connect(pause_action_, &QAction::triggered, &queue_, &JobQueue::toggle_pause);
  cancel_action_ = add_action("cancel", tr("&Cancel"), "cancel", QKeySequence(Qt::Key_Escape));
  connect(cancel_action_, &QAction::triggered, this, [this] {
    if (isFullScreen()) return full_screen_action_->setChecked(false);
    saver_.cancel();
    queue_.cancel_all();
  });
  retry_action_ = add_action("retry", tr("&Try again"), "retry", QKeySequence("Ctrl+R"));
  connect(retry_action_, &QAction::triggered, this, [this] { emit queue_panel_->retry_clicked(current_); });

  mode_group_ = new QActionGroup(this);
  struct Mode {
    const char* name;
    QString text, icon;
    QKeySequence keys;
    CompareMode mode;
  };
  for (const Mode& m :
       {Mode{"split", tr("&Split"), "split", QKeySequence("F2"), CompareMode::split},
        Mode{"side_by_side", tr("Side &by side"), "side", QKeySequence("F3"), CompareMode::side_by_side},
        Mode{"result_only", tr("&Result only"), "single", QKeySequence("F4"), CompareMode::after_only}}) {
    QAction* action = add_action(m.name, m.text, m.icon, m.keys);
    action->setCheckable(true);
    action->setChecked(m.mode == Settings::compare_mode());
    mode_group_->addAction(action);
    connect(action, &QAction::triggered, this, [this, mode = m.mode] { set_compare_mode(mode); });
  }
  view_->set_mode(Settings::compare_mode());
  flip_action_ = add_action("flip", tr("&Flip before and after"), "flip", QKeySequence("F5"));
  flip_action_->setCheckable(true);
  flip_action_->setToolTip(tr("Show the picture before; or hold the space bar (F5)"));
  connect(flip_action_, &QAction::toggled, view_, &CompareView::set_flipped);
  follow_action_ = add_action("divider_follows", tr("&Divider follows the mouse"), {}, QKeySequence("Ctrl+D"));
  follow_action_->setCheckable(true);
  connect(follow_action_, &QAction::toggled, this, [this](bool on) {
    Settings::set_divider_follows_mouse(on);
    view_->set_divider_follows_mouse(on);
  });
  follow_action_->setChecked(Settings::divider_follows_mouse());
  view_->set_divider_follows_mouse(follow_action_->isChecked());

  zoom_in_action_ = add_action("zoom_in", tr("Zoom &in"), "plus", QKeySequence("Ctrl++"));
  zoom_in_action_->setShortcuts({QKeySequence("Ctrl++"), QKeySequence("Ctrl+=")});
  connect(zoom_in_action_, &QAction::triggered, view_, [this] { view_->zoom_by(kZoomStep); });
  zoom_out_action_ = add_action("zoom_out", tr("Zoom &out"), "minus", QKeySequence("Ctrl+-"));
  connect(zoom_out_action_, &QAction::triggered, view_, [this] { view_->zoom_by(1 / kZoomStep); });
  fit_action_ = add_action("fit", tr("&Fit"), "fit", QKeySequence("Ctrl+0"));
  connect(fit_action_, &QAction::triggered, view_, &CompareView::fit);
  actual_action_ = add_action("actual", tr("&Actual size"), "actual", QKeySequence("Ctrl+1"));
  connect(actual_action_, &QAction::triggered, view_, [this] { view_->zoom_to(1); });
  double_action_ = add_action("double", tr("&Double size"), {}, QKeySequence("Ctrl+2"));
  connect(double_action_, &QAction::triggered, view_, [this] { view_->zoom_to(2); });

  queue_action_ = add_action("queue", tr("&List of pictures"), "queue", QKeySequence("F9"));
  queue_action_->setCheckable(true);
  connect(queue_action_, &QAction::toggled, queue_panel_, &QWidget::setVisible);
  side_action_ = add_action("panel", tr("&Panel"), "panel", QKeySequence("F8"));
  side_action_->setCheckable(true);
  side_action_->setChecked(true);
  connect(side_action_, &QAction::toggled, this, [this](bool on) { side_->setVisible(on && current_ != 0); });
  full_screen_action_ = add_action("full_screen", tr("F&ull screen"), {}, QKeySequence("F11"));
  full_screen_action_->setCheckable(true);
  connect(full_screen_action_, &QAction::toggled, this, &MainWindow::toggle_full_screen);
  const auto step = [this](int by) {
    const int rows = queue_.rowCount();
    if (rows > 0) queue_panel_->select(queue_.at((queue_.row_of(current_) + by + rows) % rows).id);
  };
  next_action_ = add_action("next", tr("&Next picture"), {}, QKeySequence(Qt::Key_PageDown));
  connect(next_action_, &QAction::triggered, this, [step] { step(1); });
  previous_action_ = add_action("previous", tr("&Previous picture"), {}, QKeySequence(Qt::Key_PageUp));
  connect(previous_action_, &QAction::triggered, this, [step] { step(-1); });
  preferences_action_ = add_action("preferences", tr("Pre&ferences …"), "settings", QKeySequence("Ctrl+,"));
  connect(preferences_action_, &QAction::triggered, this, &MainWindow::show_preferences);
  about_action_ = add_action("about", tr("&About NaLaSR"), {}, {});
  connect(about_action_, &QAction::triggered, this, &MainWindow::show_about);
}

void MainWindow::make_menus() {
  QMenu* file = menuBar()->addMenu(tr("&File"));
  file->addActions({open_action_, folder_action_});
  recent_menu_ = file->addMenu(tr("&Recent"));
  file->addAction(paste_action_);
  file->addSeparator();
  file->addActions({save_action_, save_as_action_});
  file->addSeparator();
  file->addActions({remove_action_, preferences_action_, quit_action_});
  QMenu* run = menuBar()->addMenu(tr("&Run"));
  run->addActions({upscale_action_, all_action_});
  run->addSeparator();
  run->addActions({pause_action_, cancel_action_, retry_action_});
  QMenu* view = menuBar()->addMenu(tr("&View"));
  view->addActions(mode_group_->actions());
  view->addActions({flip_action_, follow_action_});
  view->addSeparator();
  view->addActions({zoom_in_action_, zoom_out_action_, fit_action_, actual_action_, double_action_});
  view->addSeparator();
  view->addActions({previous_action_, next_action_});
  view->addSeparator();
  view->addActions({queue_action_, side_action_, full_screen_action_});
  QMenu* help = menuBar()->addMenu(tr("&Help"));
  help->addAction(about_action_);
  fill_recent_menu();
}

void MainWindow::make_toolbar() {
  toolbar_ = addToolBar(tr("Tools"));
  toolbar_->setObjectName("tools");
  toolbar_->setMovable(false);
  toolbar_->setContextMenuPolicy(Qt::PreventContextMenu);
  toolbar_->setIconSize({22, 22});
  toolbar_->addActions({open_action_, save_action_});
  toolbar_->addSeparator();
  toolbar_->addActions(mode_group_->actions());
  toolbar_->addAction(flip_action_);
  before_box_ = new QComboBox;
  before_box_->setObjectName("before");
  before_box_->setAccessibleName(tr("Compare with"));
  before_box_->setToolTip(
      tr("What the result is compared with: an interpolation, an earlier result, the result of another "
         "model (made when you choose it), or any picture"));
  before_box_->setSizeAdjustPolicy(QComboBox::AdjustToContents);
  before_box_->setMinimumWidth(140);
  auto* label = new QLabel(tr("Before:"));
  label->setContentsMargins(10, 0, 4, 0);
  label->setBuddy(before_box_);
  toolbar_->addWidget(label);
  toolbar_->addWidget(before_box_);
  connect(before_box_, &QComboBox::activated, this, [this](int index) {
    const auto choices = comparison_->choices();
    if (index < static_cast<int>(choices.size())) {
      choose_before(choices[static_cast<std::size_t>(index)]);
    } else if (const QString path = QFileDialog::getOpenFileName(this, tr("Compare with"), Settings::last_folder());
               !path.isEmpty()) {
      comparison_->set_before({BeforeChoice::picture, path, QFileInfo(path).fileName()});
    } else {
      fill_before_menu();
    }
  });
  auto* space = new QWidget;
  space->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
  toolbar_->addWidget(space);
  toolbar_->addActions({zoom_out_action_, zoom_in_action_, fit_action_, actual_action_});
  toolbar_->addSeparator();
  toolbar_->addActions({queue_action_, side_action_});
  for (QAction* action : toolbar_->actions()) {
    if (auto* button = qobject_cast<QToolButton*>(toolbar_->widgetForAction(action))) {
      button->setFocusPolicy(Qt::TabFocus);
      button->setAccessibleName(action->text().remove('&'));
    }
  }
  fill_before_menu();
}

void MainWindow::choose_before(const BeforeChoice& choice) {
  if (choice.kind != BeforeChoice::model) return comparison_->set_before(choice);
  fill_before_menu();  // until that result is there, all stays as it is
  const Job* job = queue_.job(current_);
  if (job == nullptr || !job->is_startable()) return tell(tr("Choose that again when this picture is done"));
  queue_.enqueue_for_comparison(current_, choice.run);
}

void MainWindow::fill_before_menu() {
  before_box_->clear();
  int index = 0;
  for (const BeforeChoice& choice : comparison_->choices()) {
    before_box_->addItem(choice.label);
    if (choice == comparison_->before()) before_box_->setCurrentIndex(index);
    ++index;
  }
  before_box_->addItem(tr("Another picture …"));
}

void MainWindow::fill_recent_menu() {
  recent_menu_->clear();
  for (const QString& path : Settings::recent_files()) {
    recent_menu_->addAction(QString(path).replace('&', "&&"), this, [this, path] { open({path}); });
  }
  recent_menu_->setEnabled(!recent_menu_->isEmpty());
  recent_menu_->addSeparator();
  recent_menu_->addAction(tr("Clear"), this, [this] {
    Settings::clear_recent_files();
    fill_recent_menu();
  });
}

void MainWindow::set_compare_mode(CompareMode mode) {
  Settings::set_compare_mode(mode);
  view_->set_mode(mode);
}

void MainWindow::toggle_full_screen(bool on) {
  menuBar()->setVisible(!on);
  statusBar()->setVisible(!on);
  toolbar_->setVisible(!on);
  queue_panel_->setVisible(!on && queue_action_->isChecked());
  side_->setVisible(!on && side_action_->isChecked() && current_ != 0);
  setWindowState(windowState().setFlag(Qt::WindowFullScreen, on));  // a maximised window is so again afterwards
}

void MainWindow::refresh_icons() {
  for (QAction* action : actions()) {
    const QString drawing = action->property("drawing").toString();
    if (!drawing.isEmpty()) action->setIcon(action_icon(drawing));
  }
}

void MainWindow::show_preferences() {
  PreferencesDialog dialog(this);
  if (dialog.exec() != QDialog::Accepted) return;
  Settings::set_output(dialog.output());
  Settings::set_theme(dialog.theme());
  Settings::set_screen_profile(dialog.screen_profile());
  queue_.set_output(dialog.output());
  appearance_.set_theme(dialog.theme());
}

void MainWindow::show_about() {
  const BuildInfo& build = build_info();
  const auto yes_no = [](bool yes) { return yes ? tr("yes") : tr("no"); };
  QMessageBox box(this);
  box.setWindowTitle(tr("About NaLaSR"));
  box.setIconPixmap(QIcon(QStringLiteral(":/icons/io.github.nalasr.Viewer.svg")).pixmap(72, 72));
  box.setText(QStringLiteral("<h3>NaLaSR %1</h3>").arg(QString::fromStdString(build.version)));
  box.setInformativeText(
      tr("Upscales pictures as a whole, never in tiles, in an amount of memory that is known before.\n\n"
         "Build: %1, %2\nQt %3\nWebP, TIFF, BMP (OpenCV): %4\nCMYK and colour profiles (Little CMS): %5\nCUDA: %6\n\n"
         "MIT licence")
          .arg(QString::fromStdString(build.kind), QString::fromStdString(build.compiler),
               QString::fromLatin1(qVersion()), yes_no(build.opencv), yes_no(build.lcms2), yes_no(build.cuda)));
  box.exec();
}

}  // namespace nalasr::gui
