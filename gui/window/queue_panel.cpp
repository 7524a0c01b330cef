#include "window/queue_panel.h"

#include <QDesktopServices>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QListView>
#include <QMenu>
#include <QPushButton>
#include <QToolButton>
#include <QUrl>
#include <QVBoxLayout>

#include "jobs/job_queue.h"
#include "view/format.h"
#include "window/appearance.h"
#include "window/queue_delegate.h"

namespace nalasr::gui {
namespace {

QToolButton* tool(const QString& icon, const QString& name, const QString& tip) {
  auto* button = new QToolButton;
  button->setIcon(action_icon(icon));
  button->setIconSize({20, 20});
  button->setAutoRaise(true);
  button->setAccessibleName(name);
  button->setToolTip(tip);
  button->setFocusPolicy(Qt::StrongFocus);
  return button;
}

}  // namespace

QueuePanel::QueuePanel(JobQueue& queue, QWidget* parent) : QWidget(parent), queue_(queue) {
  list_ = new QListView;
  list_->setModel(&queue_);
  list_->setItemDelegate(new QueueDelegate(queue_, list_));
  list_->setAccessibleName(tr("Pictures"));
  list_->setMouseTracking(true);
  list_->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
  list_->setContextMenuPolicy(Qt::CustomContextMenu);
  list_->setFrameShape(QFrame::NoFrame);
  connect(list_, &QWidget::customContextMenuRequested, this, &QueuePanel::show_menu);
  connect(list_->selectionModel(), &QItemSelectionModel::currentChanged, this, [this] {
    update_buttons();
    emit selected(current());
  });

  start_ = new QPushButton(action_icon(QStringLiteral("play")), tr("Upscale all"));
  start_->setMinimumHeight(32);
  start_->setToolTip(tr("Upscale every picture of the list into the output folder (Ctrl+Shift+Return)"));
  connect(start_, &QPushButton::clicked, this, &QueuePanel::start_all_clicked);
  pause_ = tool(QStringLiteral("pause"), tr("Pause"), tr("Pause or go on"));
  connect(pause_, &QToolButton::clicked, &queue_, &JobQueue::toggle_pause);
  cancel_ = tool(QStringLiteral("cancel"), tr("Cancel"), tr("Cancel the picture under way and all that wait"));
  connect(cancel_, &QToolButton::clicked, &queue_, &JobQueue::cancel_all);
  retry_ = tool(QStringLiteral("retry"), tr("Try again"), tr("Try the chosen picture again"));
  connect(retry_, &QToolButton::clicked, this, [this] { emit retry_clicked(current()); });
  remove_ =
      tool(QStringLiteral("minus"), tr("Remove"), tr("Take the chosen picture off the list (Del); the file stays"));
  connect(remove_, &QToolButton::clicked, this, [this] { emit remove_clicked(current()); });
  auto* output = tool(QStringLiteral("folder"), tr("Output"), tr("Folder, names, format and quality of the results"));
  connect(output, &QToolButton::clicked, this, &QueuePanel::output_clicked);

  auto* buttons = new QHBoxLayout;
  buttons->setContentsMargins(6, 6, 6, 0);
  buttons->setSpacing(2);
  for (QToolButton* button : {pause_, cancel_, retry_, remove_}) buttons->addWidget(button);
  buttons->addStretch();
  buttons->addWidget(output);
  auto* start = new QHBoxLayout;
  start->setContentsMargins(10, 4, 10, 4);
  start->addWidget(start_);
  status_ = new QLabel;
  status_->setContentsMargins(10, 0, 10, 8);
  status_->setWordWrap(true);
  status_->setForegroundRole(QPalette::PlaceholderText);
  status_->setAccessibleName(tr("State of the queue"));

  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  layout->addWidget(list_, 1);
  layout->addLayout(buttons);
  layout->addLayout(start);
  layout->addWidget(status_);

  connect(&queue_, &JobQueue::job_changed, this, &QueuePanel::update_buttons);
  connect(&queue_, &QAbstractItemModel::rowsInserted, this, &QueuePanel::update_buttons);
  connect(&queue_, &QAbstractItemModel::rowsRemoved, this, &QueuePanel::update_buttons);
  update_buttons();
}

int QueuePanel::current() const {
  const QModelIndex index = list_->currentIndex();
  return index.isValid() ? index.data(JobQueue::IdRole).toInt() : 0;
}

void QueuePanel::select(int id) { list_->setCurrentIndex(queue_.index(queue_.row_of(id))); }

void QueuePanel::update_buttons() {
  const Job* active = queue_.active();
  const Job* chosen = queue_.job(current());
  bool any_startable = false;
  int done = 0, failed = 0;
  for (int row = 0; row < queue_.rowCount(); ++row) {
    const Job& job = queue_.at(row);
    any_startable = any_startable || job.awaits_upscaling();
    done += job.state == JobState::done;
    failed += job.state == JobState::failed;
  }
  start_->setEnabled(any_startable);
  pause_->setEnabled(active != nullptr);
  const bool paused = active != nullptr && active->state == JobState::paused;
  pause_->setIcon(action_icon(paused ? QStringLiteral("play") : QStringLiteral("pause")));
  pause_->setAccessibleName(paused ? tr("Go on") : tr("Pause"));
  cancel_->setEnabled(active != nullptr || queue_.waiting_count() > 0);
  retry_->setEnabled(chosen != nullptr && (chosen->state == JobState::failed || chosen->state == JobState::cancelled));
  remove_->setEnabled(chosen != nullptr && !chosen->is_active());
  QString text = tr("%n picture(s)", nullptr, queue_.rowCount());
  if (done > 0) text += tr(" · %n done", nullptr, done);
  if (failed > 0) text += tr(" · %n failed", nullptr, failed);
  if (active != nullptr && queue_.waiting_count() > 0) text += tr(" · %n waiting", nullptr, queue_.waiting_count());
  status_->setText(text);
}

void QueuePanel::show_summary(const QueueSummary& summary) {
  status_->setText(tr("Finished in %1: %2 done, %3 failed, %4 cancelled")
                       .arg(duration_text(summary.seconds))
                       .arg(summary.done)
                       .arg(summary.failed)
                       .arg(summary.cancelled));
}

void QueuePanel::show_menu(QPoint at) {
  const Job* job = queue_.job(list_->indexAt(at).data(JobQueue::IdRole).toInt());
  if (job == nullptr) return;
  const int id = job->id;
  QMenu menu;
  if (job->state == JobState::running) menu.addAction(tr("Pause"), this, [this, id] { queue_.pause(id); });
  if (job->state == JobState::paused) menu.addAction(tr("Go on"), this, [this, id] { queue_.resume(id); });
  if (job->is_active() || job->state == JobState::waiting) {
    menu.addAction(tr("Cancel"), this, [this, id] { queue_.cancel(id); });
  }
  if (job->state == JobState::failed || job->state == JobState::cancelled) {
    menu.addAction(tr("Try again"), this, [this, id] { emit retry_clicked(id); });
  }
  if (!job->is_active()) menu.addAction(tr("Remove from the list"), this, [this, id] { emit remove_clicked(id); });
  const QString folder =
      QFileInfo(job->result() != nullptr && job->result()->is_saved && job->to_folder ? job->result()->file
                                                                                      : job->input)
          .absolutePath();
  menu.addAction(tr("Open its folder"), this, [folder] { QDesktopServices::openUrl(QUrl::fromLocalFile(folder)); });
  menu.exec(list_->viewport()->mapToGlobal(at));
}

}  // namespace nalasr::gui
