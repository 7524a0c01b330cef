#include "window/side_panel.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFileInfo>
#include <QFormLayout>
#include <QLabel>
#include <QScrollArea>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include "jobs/output_naming.h"
#include "view/format.h"
#include "window/appearance.h"
#include "window/panel_parts.h"
#include "window/result_panel.h"
#include "window/run_panel.h"

namespace nalasr::gui {
namespace {

constexpr double kGiB = 1024.0 * 1024 * 1024;

// Without the zeros that a spin box would show: "× 4", "× 2.5".
class ScaleBox final : public QDoubleSpinBox {
 public:
  [[nodiscard]] QString textFromValue(double value) const override { return locale().toString(value, 'g', 4); }
};

QFormLayout* form() {
  auto* layout = new QFormLayout;
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
  layout->setLabelAlignment(Qt::AlignLeft);
  layout->setHorizontalSpacing(12);
  return layout;
}

// Hints come as parts of a sentence, and stand here in a line of their own.
QString sentence(const QString& hint) { return hint.left(1).toUpper() + hint.mid(1); }

// The sections' fields stand in one column.
QLabel* field_label(const QString& text) {
  QLabel* label = quiet_label(text);
  label->setMinimumWidth(88);
  return label;
}

}  // namespace

SidePanel::SidePanel(QWidget* parent) : QWidget(parent) {
  name_ = section_title({});
  name_->setWordWrap(true);
  name_->setAccessibleName(tr("Name of the picture"));
  facts_ = value_label(tr("About the picture"));
  problem_ = value_label(tr("Problem"));
  settings_box_ = make_settings();

  plan_size_ = value_label(tr("Size of the result"));
  plan_time_ = value_label(tr("Expected time"));
  plan_memory_ = value_label(tr("Predicted peak memory"));
  plan_fits_ = value_label(tr("Does it fit?"));
  plan_box_ = new QWidget;
  auto* plan = form();
  plan->addRow(field_label(tr("Result")), plan_size_);
  plan->addRow(field_label(tr("Time")), plan_time_);
  plan->addRow(field_label(tr("Memory")), plan_memory_);
  auto* plan_layout = new QVBoxLayout(plan_box_);
  plan_layout->setContentsMargins(0, 0, 0, 0);
  plan_layout->addWidget(section_title(tr("What it will take")));
  plan_layout->addLayout(plan);
  plan_layout->addWidget(plan_fits_);

  run_ = new RunPanel;
  connect(run_, &RunPanel::pause_clicked, this, &SidePanel::pause_clicked);
  connect(run_, &RunPanel::cancel_clicked, this, &SidePanel::cancel_clicked);
  result_ = new ResultPanel;
  connect(result_, &ResultPanel::save_clicked, this, &SidePanel::save_clicked);

  auto* inside = new QWidget;
  auto* sections = new QVBoxLayout(inside);
  sections->setContentsMargins(14, 14, 14, 14);
  sections->setSpacing(6);
  sections->addWidget(name_);
  sections->addWidget(facts_);
  sections->addWidget(problem_);
  sections->addSpacing(12);
  sections->addWidget(run_);
  sections->addWidget(result_);
  sections->addSpacing(8);
  sections->addWidget(settings_box_);
  sections->addSpacing(10);
  sections->addWidget(plan_box_);
  sections->addStretch();
  auto* scroll = new QScrollArea;
  scroll->setWidget(inside);
  scroll->setWidgetResizable(true);
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);

  upscale_ = new PrimaryButton;
  upscale_->setText(tr("Upscale"));
  upscale_->setMinimumHeight(38);
  upscale_->setToolTip(tr("Upscale this picture (Ctrl+Return)"));
  connect(upscale_, &QPushButton::clicked, this, &SidePanel::upscale_clicked);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  layout->addWidget(scroll, 1);
  auto* bottom = new QVBoxLayout;
  bottom->setContentsMargins(14, 8, 14, 14);
  bottom->addWidget(upscale_);
  layout->addLayout(bottom);
  setFixedWidth(330);
  show_job(nullptr, 0);
}

QWidget* SidePanel::make_settings() {
  model_ = new QComboBox;
  model_->setAccessibleName(tr("Model"));
  model_->setToolTip(tr("The network that upscales"));
  connect(model_, &QComboBox::activated, this, [this](int index) {
    if (index < static_cast<int>(models_.size())) {
      emit settings_changed();
    } else {
      emit choose_model_clicked();
    }
  });
  scale_ = new ScaleBox;
  scale_->setAccessibleName(tr("Scale"));
  scale_->setToolTip(tr("How many times larger each side becomes"));
  scale_->setRange(1, 8);
  scale_->setDecimals(2);
  scale_->setSingleStep(0.5);
  scale_->setPrefix(QStringLiteral("× "));
  connect(scale_, &QDoubleSpinBox::valueChanged, this, &SidePanel::settings_changed);
  limit_ = new QDoubleSpinBox;
  limit_->setAccessibleName(tr("Memory limit"));
  limit_->setToolTip(
      tr("The most a run may take, obeyed or refused beforehand; automatic: nine tenths of what is free"));
  limit_->setRange(0, 1024);
  limit_->setDecimals(2);
  limit_->setSingleStep(0.5);
  limit_->setSuffix(tr(" GiB"));
  limit_->setSpecialValueText(tr("automatic"));
  connect(limit_, &QDoubleSpinBox::valueChanged, this, &SidePanel::settings_changed);

  device_ = new QComboBox;
  device_->setAccessibleName(tr("Device"));
  device_->setToolTip(tr("What computes: the graphics card where it is there, or the processor"));
  device_->addItem(tr("automatic"), static_cast<int>(Device::automatic));
  device_->addItem(tr("Graphics card (GPU)"), static_cast<int>(Device::cuda));
  device_->addItem(tr("Processor (CPU)"), static_cast<int>(Device::cpu));
  connect(device_, &QComboBox::activated, this, &SidePanel::settings_changed);

  auto* box = new QWidget;
  auto* fields = form();
  const auto row = [&](const QString& name, QWidget* field) {
    QLabel* label = field_label(name);
    label->setBuddy(field);
    fields->addRow(label, field);
    return label;
  };
  row(tr("&Model"), model_);
  row(tr("S&cale"), scale_);
  device_label_ = row(tr("&Device"), device_);
  set_has_gpu(false);
  row(tr("Memory &limit"), limit_);
  auto* layout = new QVBoxLayout(box);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(section_title(tr("Settings")));
  layout->addLayout(fields);
  return box;
}

void SidePanel::set_models(const std::vector<ModelChoice>& models, const RunSettings& chosen) {
  const QSignalBlocker quiet_scale(scale_), quiet_limit(limit_);
  models_ = models;
  model_->clear();
  for (const ModelChoice& model : models_) model_->addItem(model.title.isEmpty() ? model.name : model.title);
  model_->addItem(tr("Another file …"));
  for (std::size_t i = 0; i < models_.size(); ++i) {
    if (models_[i] == chosen.model) model_->setCurrentIndex(static_cast<int>(i));
  }
  device_->setCurrentIndex(std::max(0, device_->findData(static_cast<int>(chosen.device))));
  scale_->setValue(chosen.final_scale());
  limit_->setValue(static_cast<double>(chosen.memory_limit) / kGiB);
}

void SidePanel::set_has_gpu(bool has_gpu) {
  device_->setVisible(has_gpu);
  device_label_->setVisible(has_gpu);
  if (!has_gpu) device_->setCurrentIndex(0);
}

void SidePanel::add_model(const ModelChoice& model) {
  RunSettings run = run_settings();
  std::vector<ModelChoice> models = models_;
  models.push_back(model);
  run.model = model;
  set_models(models, run);
  emit settings_changed();
}

RunSettings SidePanel::run_settings() const {
  RunSettings run;
  const auto index = static_cast<std::size_t>(std::max(0, model_->currentIndex()));
  if (index < models_.size()) run.model = models_[index];
  run.scale = scale_->value() == run.model.scale ? 0 : scale_->value();
  run.device = static_cast<Device>(device_->currentData().toInt());
  run.memory_limit = static_cast<std::uint64_t>(limit_->value() * kGiB);
  return run;
}

void SidePanel::show_job(const Job* job, qint64 now) {
  setEnabled(job != nullptr);
  if (job == nullptr) {
    name_->clear();
    facts_->clear();
    for (QWidget* w : {static_cast<QWidget*>(run_), static_cast<QWidget*>(result_), static_cast<QWidget*>(problem_)}) {
      w->hide();
    }
    plan_box_->hide();
    upscale_->setEnabled(false);
    return;
  }
  show_facts(*job);
  show_state(*job, now);
}

void SidePanel::show_facts(const Job& job) {
  name_->setText(QFileInfo(job.input).fileName());
  if (!job.facts) {
    facts_->setText(job.state == JobState::inspecting ? tr("Reading …") : QString());
    return;
  }
  QStringList lines{describe(*job.facts)};
  lines.append(job.facts->profile.isEmpty() ? tr("No colour profile (shown as sRGB)")
                                            : tr("Profile: %1").arg(job.facts->profile));
  lines.append(bytes_text(static_cast<std::uint64_t>(job.facts->file_bytes)));
  facts_->setText(lines.join('\n'));
}

void SidePanel::show_state(const Job& job, qint64 now) {
  const bool busy = job.is_active() || job.state == JobState::waiting;
  QString problem;
  if (job.state == JobState::failed) {
    problem = tr("This did not work: %1").arg(job.problem);
    if (!job.hint.isEmpty()) problem += "\n" + sentence(job.hint);
  } else if (job.state == JobState::cancelled) {
    problem = tr("Cancelled; no file was written.");
  }
  problem_->setText(problem);
  problem_->setVisible(!problem.isEmpty());
  QPalette colors = palette();
  if (job.state == JobState::failed) colors.setColor(QPalette::WindowText, QColor(0xD6, 0x45, 0x45));
  problem_->setPalette(colors);

  run_->setVisible(busy);
  if (busy) run_->show_job(job, now);
  const JobResult* result = busy ? nullptr : job.result();
  result_->setVisible(result != nullptr);
  if (result != nullptr) result_->show_result(job, *result);
  settings_box_->setVisible(!busy);
  plan_box_->setVisible(!busy && job.facts.has_value());
  upscale_->setVisible(!busy);
  upscale_->setEnabled(job.is_startable() && fits_);
  upscale_->set_prominent(result == nullptr || result->is_saved);
  upscale_->setText(result != nullptr ? tr("Upscale again") : tr("Upscale"));
}

void SidePanel::show_progress(const Job& job, qint64 now) { run_->show_job(job, now); }

void SidePanel::set_saving(bool saving) { result_->set_saving(saving); }

void SidePanel::show_forecast(const Forecast& forecast) {
  fits_ = forecast.plan && forecast.fits;
  upscale_->setEnabled(fits_);
  QPalette colors = palette();
  if (!forecast.plan) {
    for (QLabel* label : {plan_size_, plan_time_, plan_memory_}) label->setText(QStringLiteral("–"));
    colors.setColor(QPalette::WindowText, QColor(0xD6, 0x45, 0x45));
    plan_fits_->setText(forecast.hint.isEmpty() ? forecast.problem : forecast.problem + "\n" + sentence(forecast.hint));
    plan_fits_->setPalette(colors);
    return;
  }
  const Plan& plan = *forecast.plan;
  plan_size_->setText(tr("%1 × %2").arg(plan.output_width).arg(plan.output_height));
  plan_time_->setText(forecast.seconds ? about_text(*forecast.seconds) : tr("measuring this machine …"));
  const bool on_gpu = plan.device == Device::cuda;
  plan_memory_->setText(on_gpu ? tr("%1 of the graphics card, %2 of main memory")
                                     .arg(bytes_text(peak_of(plan)), bytes_text(plan.predicted_peak))
                               : tr("%1 at its peak").arg(bytes_text(peak_of(plan))));
  if (forecast.fits) {
    plan_fits_->setText(forecast.budget ? tr("✓ Fits: %1 may be taken").arg(bytes_text(*forecast.budget))
                                        : tr("✓ Fits into the memory of the %1").arg(gpu_text(forecast.gpu)));
    colors.setColor(QPalette::WindowText, QColor(0x3F, 0xA3, 0x4D));
  } else {
    plan_fits_->setText(tr("✗ Does not fit into %1: raise the limit, close other programs, or choose a smaller scale")
                            .arg(bytes_text(forecast.budget.value_or(0))));
    colors.setColor(QPalette::WindowText, QColor(0xD6, 0x45, 0x45));
  }
  plan_fits_->setPalette(colors);
}

}  // namespace nalasr::gui
