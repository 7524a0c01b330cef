#include "window/run_panel.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>

#include "view/format.h"
#include "view/memory_chart.h"
#include "window/appearance.h"
#include "window/panel_parts.h"

namespace nalasr::gui {

RunPanel::RunPanel(QWidget* parent) : QWidget(parent) {
  bar_ = new QProgressBar;
  bar_->setRange(0, 1000);
  bar_->setTextVisible(false);
  bar_->setFixedHeight(10);
  bar_->setAccessibleName(tr("Progress"));
  title_ = section_title({});
  title_->setWordWrap(true);
  left_ = value_label(tr("Time left"));
  memory_ = value_label(tr("Memory in use"));
  chart_ = new MemoryChart;
  pause_ = new QPushButton(tr("Pause"));
  connect(pause_, &QPushButton::clicked, this, &RunPanel::pause_clicked);
  cancel_ = new QPushButton(action_icon(QStringLiteral("cancel")), tr("Cancel"));
  cancel_->setToolTip(tr("Stop at once; no partial file stays behind (Esc)"));
  connect(cancel_, &QPushButton::clicked, this, &RunPanel::cancel_clicked);
  auto* buttons = new QHBoxLayout;
  buttons->addWidget(pause_);
  buttons->addWidget(cancel_);

  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(title_);
  layout->addWidget(bar_);
  layout->addWidget(left_);
  layout->addLayout(buttons);
  layout->addSpacing(10);
  layout->addWidget(section_title(tr("Memory")));
  layout->addWidget(memory_);
  layout->addWidget(chart_);
}

void RunPanel::show_job(const Job& job, qint64 now) {
  const bool waiting = job.state == JobState::waiting, paused = job.state == JobState::paused;
  const QString model = job.run.model.title.isEmpty() ? job.run.model.name : job.run.model.title;
  title_->setText(job.for_comparison ? tr("Upscaling with %1, to compare").arg(model) : tr("Upscaling"));
  bar_->setValue(static_cast<int>(job.fraction * 1000));
  QString text;
  if (waiting) {
    text = tr("Waiting for its turn");
  } else {
    text = paused ? tr("Paused at %1%").arg(static_cast<int>(job.fraction * 100))
                  : tr("%1%").arg(static_cast<int>(job.fraction * 100));
    if (const auto left = job.eta.seconds_left(now)) {
      text += tr(" · %1 left").arg(about_text(*left));
    } else if (!paused) {
      text += tr(" · measuring the pace …");
    }
  }
  left_->setText(text);
  pause_->setIcon(action_icon(paused ? QStringLiteral("play") : QStringLiteral("pause")));
  pause_->setText(paused ? tr("Go on") : tr("Pause"));
  pause_->setToolTip(paused ? tr("Go on where it stopped") : tr("Stop computing for now; the memory stays taken"));
  pause_->setEnabled(!waiting);
  const MemorySample now_used = job.samples.empty() ? MemorySample{} : job.samples.back();
  const QString host = bytes_text(now_used.host);
  const QString line = tr("%1: %2 in use");
  memory_->setText(now_used.device ? line.arg(gpu_text(job.gpu), bytes_text(*now_used.device)) + '\n' +
                                         line.arg(tr("Main memory"), host)
                                   : tr("%1 in use").arg(host));
  chart_->set_limits(job.predicted, job.budget);
  chart_->set_samples(job.samples);
}

}  // namespace nalasr::gui
