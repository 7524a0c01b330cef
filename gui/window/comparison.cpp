#include "window/comparison.h"

#include <QFileInfo>
#include <algorithm>

#include "window/screen_profile.h"

namespace nalasr::gui {
namespace {

std::shared_ptr<const StoredPicture> picture_of(const std::unique_ptr<PictureLoader>& loader) {
  return loader ? loader->picture() : nullptr;
}

}  // namespace

BeforeChoice result_choice(const JobResult& result) {
  return {BeforeChoice::picture, result.file, label_of(result.run)};
}

Comparison::Comparison(CompareView& view, QObject* parent) : QObject(parent), view_(view) {
  before_.label = tr("Bicubic");
}

void Comparison::load(std::unique_ptr<PictureLoader>& loader, const QString& path) {
  if (path.isEmpty()) {
    loader.reset();
    return;
  }
  if (loader && loader->path() == path) return;
  loader = std::make_unique<PictureLoader>(path, screen_profile());
  PictureLoader* raw = loader.get();
  connect(raw, &PictureLoader::opened, this, &Comparison::update_view);
  connect(raw, &PictureLoader::progressed, this, [this, raw](double fraction) {
    view_.refresh(raw->picture().get());
    emit loading(fraction);
  });
  connect(raw, &PictureLoader::completed, this, [this, raw] {
    view_.refresh(raw->picture().get());
    emit loading(1);
  });
  connect(raw, &PictureLoader::failed, this, [this, raw](const QString& reason) {
    emit loading(1);
    emit failed(raw->path(), reason);
  });
}

void Comparison::show(const Job* job) {
  const int id = job != nullptr ? job->id : 0;
  if (id != job_ && before_.kind == BeforeChoice::picture) before_ = {BeforeChoice::bicubic, {}, tr("Bicubic")};
  job_ = id;
  results_.clear();
  made_.clear();
  const JobResult* newest = job != nullptr ? job->result() : nullptr;
  if (newest != nullptr) {
    for (const JobResult& result : job->results) {
      if (&result != newest) results_.push_back(result_choice(result));
      made_.push_back(result.run);
    }
    newest_run_ = newest->run;
    result_label_ = label_of(newest->run);
  }
  load(input_, job != nullptr && job->facts ? job->input : QString());
  load(result_, newest != nullptr ? newest->file : QString());
  if (before_.kind != BeforeChoice::picture) other_.reset();
  emit choices_changed();
  update_view();
}

void Comparison::set_before(const BeforeChoice& before) {
  before_ = before;
  load(other_, before.kind == BeforeChoice::picture ? before.file : QString());
  emit choices_changed();
  update_view();
}

std::vector<BeforeChoice> Comparison::choices() const {
  std::vector<BeforeChoice> choices{{BeforeChoice::nearest, {}, tr("Original pixels")},
                                    {BeforeChoice::bicubic, {}, tr("Bicubic")},
                                    {BeforeChoice::lanczos, {}, tr("Lanczos")}};
  choices.insert(choices.end(), results_.begin(), results_.end());
  if (before_.kind == BeforeChoice::picture && std::find(choices.begin(), choices.end(), before_) == choices.end()) {
    choices.push_back(before_);
  }
  if (made_.empty()) return choices;
  for (const ModelChoice& model : models_) {
    RunSettings run = newest_run_;
    run.model = model;
    run.scale = newest_run_.final_scale() == model.scale ? 0 : newest_run_.final_scale();
    for (const double sharpness : {0.0, 1.0}) {
      if (sharpness > 0 && !model.can_sharpen()) continue;
      run.sharpness = sharpness;
      const bool is_made = std::any_of(made_.begin(), made_.end(), [&](const RunSettings& made) {
        return made.model.file == model.file && made.final_scale() == run.final_scale() &&
               made.used_sharpness() == sharpness;
      });
      if (!is_made) choices.push_back({BeforeChoice::model, {}, tr("%1 (to be computed)").arg(label_of(run)), run});
    }
  }
  return choices;
}

bool Comparison::is_complete() const {
  const auto complete = [](const auto& loader) { return !loader || loader->is_complete(); };
  return complete(input_) && complete(result_) && complete(other_);
}

void Comparison::update_view() {
  const auto input = picture_of(input_), result = picture_of(result_), other = picture_of(other_);
  if (!result) {
    view_.set_pictures(nullptr, input);
    view_.set_labels({}, {});
    return;
  }
  std::shared_ptr<const TileSource> before = other;
  if (before_.kind != BeforeChoice::picture && input) {
    const auto method = before_.kind == BeforeChoice::nearest   ? Interpolation::nearest
                        : before_.kind == BeforeChoice::bicubic ? Interpolation::bicubic
                                                                : Interpolation::lanczos;
    before = std::make_shared<InterpolatedPicture>(input, result->size(), method);
  }
  view_.set_pictures(before, result);
  view_.set_labels(before_.label, result_label_);
}

}  // namespace nalasr::gui
