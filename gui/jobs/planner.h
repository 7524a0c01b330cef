// Plans runs before they start, in a thread of its own: models are loaded there, not in the GUI thread.
#pragma once

#include <QObject>
#include <QSettings>
#include <QThreadPool>
#include <memory>
#include <optional>

#include "document/picture_facts.h"
#include "jobs/run_settings.h"
#include "jobs/worker_process.h"
#include "nalasr/upscaler.h"

namespace nalasr::gui {

/// What a run would take.
struct Forecast {
  std::optional<Plan> plan;             ///< empty where the picture cannot be upscaled so
  QString problem, hint;                ///< why not
  std::optional<std::uint64_t> budget;  ///< bytes
  bool fits = true;                     ///< within the budget
  QString gpu{};                        ///< the name of the one that would compute
  std::optional<double> seconds{};      ///< empty until this machine's pace is known
};

class Planner : public QObject {
  Q_OBJECT

 public:
  explicit Planner(QString worker_program = {}, QObject* parent = nullptr);
  ~Planner() override;

  /// forecast() comes soon; a later request replaces an earlier one that was not answered yet.
  void request(const QString& input, const RunSettings& run);
  /// What a real run took: better than any calibration.
  void learn(const RunSettings& run, QSize input, bool has_alpha, double seconds);
  [[nodiscard]] std::optional<double> seconds_for(const RunSettings& run, QSize input, bool has_alpha) const;

 signals:
  void forecast(const QString& input, const nalasr::gui::Forecast& forecast);
  /// seconds_for() knows more than before.
  void pace_changed();

 private:
  struct LoadedModel {
    ModelChoice choice;
    Device device = Device::automatic;
    std::optional<Upscaler> upscaler;
    Error problem;
  };
  Forecast make_forecast(const QString& input, const RunSettings& run);
  void calibrate(const RunSettings& run);

  QString worker_program_;
  QThreadPool thread_;
  LoadedModel loaded_;  ///< of the planning thread
  std::atomic<int> newest_{0};
  std::unique_ptr<WorkerProcess> calibration_;
};

}  // namespace nalasr::gui
