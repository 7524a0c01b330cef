#include "window/result_panel.h"

#include <QLabel>
#include <QVBoxLayout>

#include "view/format.h"
#include "view/memory_bars.h"
#include "view/memory_chart.h"
#include "window/panel_parts.h"

namespace nalasr::gui {

ResultPanel::ResultPanel(QWidget* parent) : QWidget(parent) {
  summary_ = value_label(tr("Result"));
  save_ = new PrimaryButton;
  save_->setText(tr("Save"));
  save_->setToolTip(tr("Write the result by the output settings (Ctrl+S)"));
  connect(save_, &QPushButton::clicked, this, &ResultPanel::save_clicked);
  peak_ = value_label(tr("Peak memory"));
  chart_ = new MemoryChart;
  bars_ = new MemoryBars;
  warnings_ = value_label(tr("Warnings"));
  auto* note =
      quiet_label(tr("“Computed” bars are formulas for the same network and picture, "
                     "not runs. Lengths are logarithmic."));
  note->setWordWrap(true);

  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(section_title(tr("Result")));
  layout->addWidget(summary_);
  layout->addWidget(warnings_);
  layout->addWidget(save_);
  layout->addSpacing(10);
  layout->addWidget(section_title(tr("Memory of this run")));
  layout->addWidget(peak_);
  layout->addWidget(chart_);
  layout->addSpacing(10);
  layout->addWidget(section_title(tr("The same picture by other methods")));
  layout->addWidget(bars_);
  layout->addWidget(note);
}

void ResultPanel::set_saving(bool saving) { save_->setEnabled(!saving); }

void ResultPanel::show_result(const Job& job, const JobResult& result) {
  save_->setVisible(!job.to_folder);
  save_->set_prominent(!result.is_saved);
  save_->setText(result.is_saved ? tr("Save again …") : tr("Save"));
  if (shown_ == result.file) return;
  shown_ = result.file;
  summary_->setText(tr("%1 × %2 in %3 · %4 on %5 (%6)")
                        .arg(result.size.width())
                        .arg(result.size.height())
                        .arg(duration_text(result.seconds), result.run.model.name,
                             result.gpu ? gpu_text(result.gpu_name) : QStringLiteral("CPU"), result.instruction_set));
  const auto peak_text = [](const QString& memory, const Peak& peak) {
    return tr("%1: peak %2 measured, %3 predicted").arg(memory, bytes_text(peak.measured), bytes_text(peak.predicted));
  };
  peak_->setText(result.gpu ? peak_text(gpu_text(result.gpu_name), *result.gpu) + '\n' +
                                  peak_text(tr("Main memory"), result.host)
                            : tr("Peak %1 measured, %2 predicted")
                                  .arg(bytes_text(result.host.measured), bytes_text(result.host.predicted)));
  chart_->set_limits(result.peak().predicted, 0);
  chart_->set_samples(result.samples);
  warnings_->setText(result.warnings.join('\n'));
  warnings_->setVisible(!result.warnings.isEmpty());

  bars_->set_bars({{tr("NaLaSR, this run"), result.peak().measured, true},
                   {tr("Same network, eager"), result.computed_eager},
                   {tr("Softmax, FlashAttention"), result.computed_flash},
                   {tr("Softmax, whole matrix"), result.computed_materialised}});
}

}  // namespace nalasr::gui
