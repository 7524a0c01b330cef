// Which pictures are on show: decodes the chosen job's picture and result, and what it is compared with.
#pragma once

#include <QObject>
#include <memory>
#include <vector>

#include "document/picture_loader.h"
#include "jobs/job.h"
#include "view/compare_view.h"

namespace nalasr::gui {

/// What "before" is.
struct BeforeChoice {
  enum Kind { nearest, bicubic, lanczos, picture, model } kind = bicubic;
  QString file;  ///< another result or any picture
  QString label;
  RunSettings run{};  ///< of a model whose result was not made yet
  bool operator==(const BeforeChoice&) const = default;
};

[[nodiscard]] BeforeChoice result_choice(const JobResult& result);

class Comparison : public QObject {
  Q_OBJECT

 public:
  explicit Comparison(CompareView& view, QObject* parent = nullptr);

  /// Null: nothing.
  void show(const Job* job);
  void set_before(const BeforeChoice& before);
  [[nodiscard]] const BeforeChoice& before() const { return before_; }
  /// The models whose results can be compared with.
  void set_models(const std::vector<ModelChoice>& models) { models_ = models; }
  /// What can be chosen for the job on show: interpolations, its other results, and models that have none yet, plain
  /// and sharpest. Who chooses one of the latter has it made and then calls set_before() with result_choice().
  [[nodiscard]] std::vector<BeforeChoice> choices() const;
  /// Decoding has ended for all that is on show.
  [[nodiscard]] bool is_complete() const;

 signals:
  void choices_changed();
  /// 0..1 while a picture is decoded; 1 at the end.
  void loading(double fraction);
  void failed(const QString& file, const QString& reason);

 private:
  void load(std::unique_ptr<PictureLoader>& loader, const QString& path);
  void update_view();

  CompareView& view_;
  BeforeChoice before_;
  std::vector<ModelChoice> models_;
  int job_ = 0;
  std::vector<BeforeChoice> results_;  // of the job on show, without the one that it is compared with
  std::vector<RunSettings> made_;      // what these and that one were made with
  RunSettings newest_run_;
  QString result_label_;
  std::unique_ptr<PictureLoader> input_, result_, other_;
};

}  // namespace nalasr::gui
