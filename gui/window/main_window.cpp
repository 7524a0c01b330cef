#include "window/main_window.h"

#include <QFileInfo>
#include <QLabel>
#include <QProgressBar>
#include <QScreen>
#include <QSettings>
#include <QSplitter>
#include <QStackedWidget>
#include <QStatusBar>
#include <QThreadPool>
#include <QToolBar>
#include <chrono>

#include "view/compare_view.h"
#include "view/format.h"
#include "window/comparison.h"
#include "window/empty_page.h"
#include "window/queue_panel.h"
#include "window/side_panel.h"

namespace nalasr::gui {
namespace {

using namespace std::chrono_literals;

QString value_text(const PixelValue& value) {
  QStringList numbers;
  for (int c = 0; c < value.channels; ++c) numbers.append(QString::number(value.samples[static_cast<std::size_t>(c)]));
  return numbers.isEmpty() ? QStringLiteral("–") : numbers.join(' ');
}

}  // namespace

MainWindow::MainWindow(QString worker_program, QWidget* parent)
    : QMainWindow(parent), queue_(worker_program), planner_(worker_program), saver_(worker_program) {
  setWindowTitle(QStringLiteral("NaLaSR"));
  setAcceptDrops(true);
  appearance_.set_theme(Settings::theme());
  queue_.set_output(Settings::output());

  queue_panel_ = new QueuePanel(queue_);
  queue_panel_->setMinimumWidth(220);
  view_ = new CompareView;
  comparison_ = new Comparison(*view_, this);
  empty_ = new EmptyPage;
  empty_->set_recent(Settings::recent_files());
  center_ = new QStackedWidget;
  center_->addWidget(empty_);
  center_->addWidget(view_);
  side_ = new SidePanel;
  splitter_ = new QSplitter;
  splitter_->setChildrenCollapsible(false);
  splitter_->setHandleWidth(1);
  splitter_->addWidget(queue_panel_);
  splitter_->addWidget(center_);
  splitter_->addWidget(side_);
  splitter_->setStretchFactor(1, 1);
  splitter_->setSizes({250, 800, 330});
  setCentralWidget(splitter_);

  cursor_label_ = new QLabel;
  cursor_label_->setAccessibleName(tr("Pixel under the cursor"));
  zoom_label_ = new QLabel;
  zoom_label_->setAccessibleName(tr("Zoom"));
  zoom_label_->setMinimumWidth(52);
  zoom_label_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
  loading_bar_ = new QProgressBar;
  loading_bar_->setFixedWidth(120);
  loading_bar_->setAccessibleName(tr("Reading a picture"));
  loading_bar_->hide();
  statusBar()->addPermanentWidget(loading_bar_);
  statusBar()->addPermanentWidget(cursor_label_);
  statusBar()->addPermanentWidget(zoom_label_);

  make_actions();
  make_menus();
  make_toolbar();
  connect_parts();
  queue_panel_->hide();
  side_->hide();
  resize(QSize(1280, 800).boundedTo(screen()->availableSize()));
  restoreGeometry(QSettings().value("window/geometry").toByteArray());
  update_actions();
  load_models();
}

MainWindow::~MainWindow() = default;

void MainWindow::connect_parts() {
  connect(&appearance_, &Appearance::changed, this, &MainWindow::refresh_icons);
  connect(empty_, &EmptyPage::open_clicked, this, &MainWindow::open_dialog);
  connect(empty_, &EmptyPage::paste_clicked, this, &MainWindow::paste);
  connect(empty_, &EmptyPage::recent_clicked, this, [this](const QString& path) { open({path}); });

  connect(queue_panel_, &QueuePanel::selected, this, &MainWindow::show_job);
  connect(queue_panel_, &QueuePanel::start_all_clicked, all_action_, &QAction::trigger);
  connect(queue_panel_, &QueuePanel::output_clicked, this, &MainWindow::show_preferences);
  connect(queue_panel_, &QueuePanel::remove_clicked, this, &MainWindow::remove);
  connect(queue_panel_, &QueuePanel::retry_clicked, this, [this](int id) {
    if (const Job* job = queue_.job(id)) queue_.enqueue(id, side_->run_settings(), job->to_folder);
  });
  connect(&queue_, &JobQueue::job_changed, this, &MainWindow::job_changed);
  connect(&queue_, &JobQueue::queue_finished, queue_panel_, &QueuePanel::show_summary);
  connect(&queue_, &JobQueue::queue_finished, this, [this](const QueueSummary& s) {
    if (s.done + s.failed + s.cancelled > 1) {
      tell(tr("Queue finished: %1 done, %2 failed, %3 cancelled").arg(s.done).arg(s.failed).arg(s.cancelled));
    }
  });
  connect(&queue_, &QAbstractItemModel::rowsInserted, this, [this] {
    if (queue_.rowCount() > 1 && !queue_panel_->isVisible() && !isFullScreen()) queue_action_->setChecked(true);
    if (current_ == 0) queue_panel_->select(queue_.at(0).id);
  });
  connect(&queue_, &QAbstractItemModel::rowsRemoved, this, [this] { show_job(queue_panel_->current()); });
  connect(&queue_, &JobQueue::job_finished, this, [this](int id) {
    const Job* job = queue_.job(id);
    if (job->state != JobState::done || !job->facts || job->fraction < 1) return;
    planner_.learn(job->run, job->facts->size, job->facts->info.has_alpha(), job->results.back().seconds);
  });
  connect(&queue_, &JobQueue::comparison_made, this, [this](int id, const JobResult& result) {
    if (id == current_) comparison_->set_before(result_choice(result));
  });
  connect(&queue_, &JobQueue::comparison_failed, this, [this](int, const QString& problem) {
    tell(problem.isEmpty() ? tr("Nothing new to compare with: cancelled")
                           : tr("Nothing new to compare with: %1").arg(problem));
  });

  connect(side_, &SidePanel::settings_changed, this, [this] {
    Settings::set_run(side_->run_settings());
    forecast_timer_.start(150ms);
  });
  connect(side_, &SidePanel::upscale_clicked, this, &MainWindow::upscale);
  connect(side_, &SidePanel::pause_clicked, pause_action_, &QAction::trigger);
  connect(side_, &SidePanel::cancel_clicked, this, [this] { queue_.cancel(current_); });
  connect(side_, &SidePanel::save_clicked, this, &MainWindow::save);
  connect(side_, &SidePanel::choose_model_clicked, this, &MainWindow::choose_model_file);
  forecast_timer_.setSingleShot(true);
  connect(&forecast_timer_, &QTimer::timeout, this, &MainWindow::request_forecast);
  connect(&planner_, &Planner::pace_changed, this, &MainWindow::request_forecast);
  connect(&planner_, &Planner::forecast, this, [this](const QString& input, const Forecast& forecast) {
    const Job* job = queue_.job(current_);
    if (job != nullptr && job->input == input && !job->is_active()) side_->show_forecast(forecast);
  });
  // The countdown goes on between two strips too.
  connect(&progress_timer_, &QTimer::timeout, this, [this] {
    const Job* job = queue_.job(current_);
    if (job != nullptr && job->is_active()) side_->show_progress(*job, queue_.now());
  });
  progress_timer_.start(200ms);

  connect(view_, &CompareView::zoom_changed, this,
          [this](double zoom) { zoom_label_->setText(current_ != 0 ? zoom_text(zoom) : QString()); });
  connect(view_, &CompareView::cursor_moved, this, &MainWindow::show_cursor);
  connect(comparison_, &Comparison::choices_changed, this, &MainWindow::fill_before_menu);
  connect(comparison_, &Comparison::loading, this, [this](double fraction) {
    loading_bar_->setVisible(fraction < 1);
    loading_bar_->setValue(static_cast<int>(fraction * 100));
  });
  connect(comparison_, &Comparison::failed, this, [this](const QString& file, const QString& reason) {
    tell(tr("%1 cannot be shown: %2").arg(QFileInfo(file).fileName(), reason));
  });

  connect(&saver_, &ResultSaver::progressed, this, [this](double fraction) {
    statusBar()->showMessage(tr("Saving … %1%").arg(static_cast<int>(fraction * 100)));
  });
  connect(&saver_, &ResultSaver::saved, this,
          [this](int job, const QString& result, const QString& path, const QStringList& warnings) {
            queue_.mark_saved(job, result);
            side_->set_saving(false);
            tell(QStringList(warnings + QStringList(tr("Saved as %1").arg(path))).join(" · "));
          });
  connect(&saver_, &ResultSaver::failed, this, [this](const QString& path, const QString& reason) {
    side_->set_saving(false);
    tell(reason.isEmpty() ? tr("Saving was cancelled") : tr("%1 could not be written: %2").arg(path, reason));
  });
}

void MainWindow::load_models() {
  // The manifest is read off the GUI thread: the window comes first.
  const QPointer<MainWindow> self(this);
  QThreadPool::globalInstance()->start([self] {
    const auto models = bundled_models();
    const bool has_gpu = device_unavailable_reason(Device::cuda).empty();
    QMetaObject::invokeMethod(qApp, [self, models, has_gpu] {
      if (!self) return;
      self->models_ = models;
      self->comparison_->set_models(models);
      self->side_->set_models(models, Settings::run(models));
      self->side_->set_has_gpu(has_gpu);
      self->request_forecast();
      if (models.empty()) self->tell(tr("No models were found: choose a .safetensors file in the settings"));
    });
  });
}

void MainWindow::open(const QStringList& paths) {
  for (const QString& path : paths) {
    if (QFileInfo(path).isFile()) Settings::add_recent_file(QFileInfo(path).absoluteFilePath());
  }
  fill_recent_menu();
  const int first = queue_.add(paths);
  if (first != 0) queue_panel_->select(first);
}

void MainWindow::show_job(int id) {
  current_ = id;
  const Job* job = queue_.job(id);
  center_->setCurrentWidget(job != nullptr ? static_cast<QWidget*>(view_) : empty_);
  side_->setVisible(job != nullptr && side_action_->isChecked());
  setWindowTitle(job != nullptr ? tr("%1 – NaLaSR").arg(QFileInfo(job->input).fileName()) : QStringLiteral("NaLaSR"));
  comparison_->show(job);
  side_->show_job(job, queue_.now());
  cursor_label_->clear();
  if (job == nullptr) zoom_label_->clear();
  if (job == nullptr) empty_->set_recent(Settings::recent_files());
  if (job != nullptr) view_->setFocus();
  request_forecast();
  update_actions();
}

void MainWindow::job_changed(int id) {
  update_actions();
  if (id != current_) return;
  const Job* job = queue_.job(id);
  side_->show_job(job, queue_.now());
  // Pictures change where the header has come or a result has; progress changes nothing to see.
  if (job->state == JobState::ready || job->state == JobState::done) {
    comparison_->show(job);
    request_forecast();
  }
}

void MainWindow::request_forecast() {
  const Job* job = queue_.job(current_);
  const RunSettings run = side_->run_settings();
  if (job == nullptr || !job->facts || job->is_active() || run.model.file.isEmpty()) return;
  planner_.request(job->input, run);
}

void MainWindow::upscale() {
  const Job* job = queue_.job(current_);
  if (job == nullptr || side_->run_settings().model.file.isEmpty()) return;
  queue_.enqueue(current_, side_->run_settings(), false);
}

void MainWindow::update_actions() {
  const Job* job = queue_.job(current_);
  const Job* active = queue_.active();
  const JobResult* result = job != nullptr ? job->result() : nullptr;
  const bool comparing = result != nullptr && !job->is_active();
  save_action_->setEnabled(comparing && !saver_.is_busy());
  save_as_action_->setEnabled(comparing && !saver_.is_busy());
  upscale_action_->setEnabled(job != nullptr && job->is_startable());
  retry_action_->setEnabled(job != nullptr && (job->state == JobState::failed || job->state == JobState::cancelled));
  remove_action_->setEnabled(job != nullptr && !job->is_active());
  all_action_->setEnabled(queue_.rowCount() > 0);
  pause_action_->setEnabled(active != nullptr);
  pause_action_->setText(active != nullptr && active->state == JobState::paused ? tr("&Go on") : tr("&Pause"));
  cancel_action_->setEnabled(active != nullptr || queue_.waiting_count() > 0 || saver_.is_busy());
  for (QAction* action : mode_group_->actions()) action->setEnabled(result != nullptr);
  flip_action_->setEnabled(result != nullptr);
  before_box_->setEnabled(result != nullptr);
  for (QAction* action : {zoom_in_action_, zoom_out_action_, fit_action_, actual_action_, double_action_}) {
    action->setEnabled(job != nullptr);
  }
  next_action_->setEnabled(queue_.rowCount() > 1);
  previous_action_->setEnabled(queue_.rowCount() > 1);
}

void MainWindow::show_cursor(bool inside, QPoint pixel, const PixelValue& before, const PixelValue& after) {
  if (!inside) {
    cursor_label_->clear();
    return;
  }
  const QString at = tr("x %1  y %2").arg(pixel.x()).arg(pixel.y());
  cursor_label_->setText(view_->can_compare()
                             ? tr("%1    before %2    after %3").arg(at, value_text(before), value_text(after))
                             : QStringLiteral("%1    %2").arg(at, value_text(after)));
}

void MainWindow::tell(const QString& message) { statusBar()->showMessage(message, 15000); }

}  // namespace nalasr::gui
