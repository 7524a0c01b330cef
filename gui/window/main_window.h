// The window: puts queue, picture and panels together and moves between them.
#pragma once

#include <QMainWindow>
#include <QPointer>
#include <QTimer>
#include <vector>

#include "jobs/job_queue.h"
#include "jobs/planner.h"
#include "jobs/result_saver.h"
#include "window/appearance.h"

class QAction;
class QActionGroup;
class QComboBox;
class QLabel;
class QMenu;
class QMimeData;
class QProgressBar;
class QSplitter;
class QStackedWidget;

namespace nalasr::gui {

class Comparison;
struct BeforeChoice;
class CompareView;
class EmptyPage;
class QueuePanel;
class SidePanel;

class MainWindow : public QMainWindow {
  Q_OBJECT

 public:
  /// `worker_program`: what runs with --worker; empty: this program.
  explicit MainWindow(QString worker_program = {}, QWidget* parent = nullptr);
  ~MainWindow() override;

  /// Files and folders; the first file is shown.
  void open(const QStringList& paths);
  void save_to(const QString& path);

  [[nodiscard]] JobQueue& queue() { return queue_; }
  [[nodiscard]] CompareView& view() { return *view_; }
  [[nodiscard]] Comparison& comparison() { return *comparison_; }
  [[nodiscard]] SidePanel& side_panel() { return *side_; }
  [[nodiscard]] Appearance& appearance() { return appearance_; }
  [[nodiscard]] int current() const { return current_; }

 protected:
  void closeEvent(QCloseEvent* event) override;
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dropEvent(QDropEvent* event) override;

 private:
  // main_window.cpp
  void connect_parts();
  void load_models();
  void show_job(int id);
  void job_changed(int id);
  void request_forecast();
  void update_actions();
  void upscale();
  void show_cursor(bool inside, QPoint pixel, const PixelValue& before, const PixelValue& after);
  void tell(const QString& message);

  // main_window_actions.cpp
  void make_actions();
  void make_menus();
  void make_toolbar();
  QAction* add_action(const char* name, const QString& text, const QString& icon, const QKeySequence& keys);
  void choose_before(const BeforeChoice& choice);
  void fill_before_menu();
  void fill_recent_menu();
  void set_compare_mode(CompareMode mode);
  void toggle_full_screen(bool on);
  void refresh_icons();
  void show_preferences();
  void show_about();

  // main_window_files.cpp
  void open_dialog();
  void open_folder_dialog();
  void paste();
  /// What was dropped or pasted: files and folders, else a picture. False where there is neither.
  bool open_data(const QMimeData& offered);
  void save();
  void save_as();
  void choose_model_file();
  /// Off the list; asks where a result would be lost.
  void remove(int id);
  bool may_close();
  bool confirm(const QString& question, const QString& consequence, const QString& yes);

  Appearance appearance_;
  JobQueue queue_;
  Planner planner_;
  ResultSaver saver_;
  std::vector<ModelChoice> models_;
  int current_ = 0;
  QTimer forecast_timer_, progress_timer_;

  QSplitter* splitter_;
  QueuePanel* queue_panel_;
  QStackedWidget* center_;
  EmptyPage* empty_;
  CompareView* view_;
  SidePanel* side_;
  Comparison* comparison_;
  QComboBox* before_box_;
  QLabel *cursor_label_, *zoom_label_;
  QProgressBar* loading_bar_;
  QMenu* recent_menu_;
  QActionGroup* mode_group_;
  QToolBar* toolbar_;
  QAction *open_action_, *folder_action_, *paste_action_, *save_action_, *save_as_action_, *remove_action_,
      *quit_action_, *upscale_action_, *all_action_, *pause_action_, *cancel_action_, *retry_action_, *flip_action_,
      *follow_action_, *zoom_in_action_, *zoom_out_action_, *fit_action_, *actual_action_, *double_action_,
      *queue_action_, *side_action_, *full_screen_action_, *next_action_, *previous_action_, *preferences_action_,
      *about_action_;
};

}  // namespace nalasr::gui
