// Beside the picture: what it is, how to upscale it, what that will take, how it goes, and what it took.
#pragma once

#include <QWidget>
#include <vector>

#include "jobs/job.h"
#include "jobs/planner.h"

class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QSlider;

namespace nalasr::gui {

class PrimaryButton;
class RunPanel;
class ResultPanel;

class SidePanel : public QWidget {
  Q_OBJECT

 public:
  explicit SidePanel(QWidget* parent = nullptr);

  /// Which devices can be chosen; with the processor alone there is nothing to choose.
  void set_has_gpu(bool has_gpu);
  void set_models(const std::vector<ModelChoice>& models, const RunSettings& chosen);
  /// The model of a file of the user's, chosen.
  void add_model(const ModelChoice& model);
  [[nodiscard]] RunSettings run_settings() const;

  /// The picture on show; null: none.
  void show_job(const Job* job, qint64 now);
  void show_forecast(const Forecast& forecast);
  /// Only what moves while a job runs.
  void show_progress(const Job& job, qint64 now);
  /// Saving can be started, or is under way.
  void set_saving(bool saving);

 signals:
  void settings_changed();
  void upscale_clicked();
  void pause_clicked();
  void cancel_clicked();
  void save_clicked();
  void choose_model_clicked();

 private:
  void show_facts(const Job& job);
  void show_state(const Job& job, qint64 now);
  QWidget* make_settings();
  QWidget* make_sharpness();
  /// Only for a model that has sharper weights.
  void update_sharpness();

  std::vector<ModelChoice> models_;
  QLabel *name_, *facts_, *problem_;
  QComboBox* model_;
  QComboBox* device_;
  QLabel* device_label_;
  QDoubleSpinBox *scale_, *limit_;
  QSlider* sharpness_;
  QWidget* sharpness_row_;
  QLabel *sharpness_label_, *sharpness_value_;
  QLabel *plan_size_, *plan_time_, *plan_memory_, *plan_fits_;
  QWidget *settings_box_, *plan_box_;
  RunPanel* run_;
  ResultPanel* result_;
  PrimaryButton* upscale_;
  bool fits_ = true;
};

}  // namespace nalasr::gui
