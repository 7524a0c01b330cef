// Sharpness, for models that have sharper weights: what can be chosen, what is kept, what the run gets, what it is
// called.
#include <QComboBox>
#include <QCryptographicHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QSlider>
#include <QtEndian>

#include "gui/window_fixture.h"
#include "window/side_panel.h"

namespace nalasr::gui::test {
namespace {

QByteArray bytes_of(const QString& path) {
  QFile file(path);
  return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

// The same architecture with weights of zero: adds nothing to the interpolated picture.
QByteArray without_weights(QByteArray model) {
  const auto header = qFromLittleEndian<quint64>(model.constData());
  std::fill(model.begin() + 8 + static_cast<qsizetype>(header), model.end(), '\0');
  return model;
}

// photo ×2, photo-sharp ×2 which sharpens it, plain ×2 which nobody sharpens, and weights for a model that is not
// there.
void make_models(const QString& folder) {
  QDir().mkpath(folder);
  QJsonArray entries;
  const auto add = [&](const QString& name, const QString& title, const QByteArray& model, const QString& sharpens) {
    QFile file(folder + "/" + name + "_x2.safetensors");
    if (!file.open(QIODevice::WriteOnly)) return;
    file.write(model);
    QJsonObject entry{{"name", name},
                      {"title", title},
                      {"file", QFileInfo(file).fileName()},
                      {"scale", 2},
                      {"sha256", QString(QCryptographicHash::hash(model, QCryptographicHash::Sha256).toHex())}};
    if (!sharpens.isEmpty()) entry["sharpens"] = sharpens;
    entries.append(entry);
  };
  const QByteArray tiny_model = bytes_of(tiny().model.file);
  add("plain", "Plain ×2", tiny_model, {});
  add("photo", "Photo ×2", without_weights(tiny_model), {});
  add("photo-sharp", "Photo, sharper ×2", tiny_model, "photo");
  add("lost-sharp", "Lost, sharper ×2", tiny_model, "lost");
  QFile manifest(folder + "/manifest.json");
  if (manifest.open(QIODevice::WriteOnly)) {
    manifest.write(QJsonDocument(QJsonObject{{"format", 1}, {"models", entries}}).toJson());
  }
}

}  // namespace

class SharpnessTest : public WindowFixture {
  Q_OBJECT

 private slots:
  void initTestCase();
  void sharper_weights_are_no_model_of_their_own();
  void the_slider_is_there_for_models_that_have_it();
  void a_run_gets_the_wished_share();
  void is_kept_for_the_next_start();

 private:
  QSlider& slider() { return *window_->side_panel().findChild<QSlider*>(); }
  void choose_model(const QString& title);
  /// The picture's new result.
  QImage upscaled(int percent);
};

void SharpnessTest::initTestCase() {
  show_window();
  window_->open({cut_sample("sharpened.png", {40, 100, 120, 90})});
  QVERIFY(wait_until([&] { return shown_texts().contains("240 × 180"); }));
}

void SharpnessTest::choose_model(const QString& title) {
  for (auto* box : window_->side_panel().findChildren<QComboBox*>()) {
    const int index = box->findText(title);
    if (index < 0) continue;
    box->setCurrentIndex(index);
    emit box->activated(index);
  }
}

QImage SharpnessTest::upscaled(int percent) {
  slider().setValue(percent);
  const std::size_t before = job().results.size();
  action("upscale")->trigger();
  if (!wait_until([&] { return job().results.size() > before && !job().is_active(); })) return {};
  return QImage(job().result()->file);
}

void SharpnessTest::sharper_weights_are_no_model_of_their_own() {
  QStringList names;
  for (const ModelChoice& model : bundled_models()) {
    names.append(model.name);
    QCOMPARE(model.can_sharpen(), model.name == "photo");
  }
  QCOMPARE(names, QStringList({"plain", "photo", "lost-sharp"}));  // what sharpens nothing here is a model like others
}

void SharpnessTest::the_slider_is_there_for_models_that_have_it() {
  QCOMPARE(window_->side_panel().run_settings().model.name, QString("photo"));
  QVERIFY(slider().isVisible());
  QCOMPARE(slider().value(), 0);
  slider().setValue(60);
  QVERIFY(shown_texts().contains("60%"));
  QCOMPARE(window_->side_panel().run_settings().used_sharpness(), 0.6);
  QTest::qWait(300);
  screenshot(*window_, "12_sharpness");
  choose_model("Plain ×2");
  QVERIFY(!slider().isVisible());
  QVERIFY(!shown_texts().contains("60%"));
  QCOMPARE(window_->side_panel().run_settings().used_sharpness(), 0.0);
  choose_model("Photo ×2");
  QVERIFY(slider().isVisible());
  QCOMPARE(window_->side_panel().run_settings().used_sharpness(), 0.6);  // it comes back with the model
}

void SharpnessTest::a_run_gets_the_wished_share() {
  const QImage plain = upscaled(0);
  QVERIFY(!plain.isNull());
  QVERIFY(shown_texts().contains("Photo ×2 on CPU"));
  const auto choices = [&] {
    QStringList labels;
    for (const BeforeChoice& choice : window_->comparison().choices()) labels.append(choice.label);
    return labels;
  };
  QVERIFY(choices().contains("Photo ×2, sharpness 100% (to be computed)"));
  const QImage half = upscaled(50);
  QVERIFY(shown_texts().contains("Photo ×2, sharpness 50% on CPU"));
  QVERIFY(choices().contains("Photo ×2"));  // the result before it
  const QImage sharpest = upscaled(100);
  QVERIFY(!choices().contains("Photo ×2, sharpness 100% (to be computed)"));
  QVERIFY(half != plain && half != sharpest);
  QVERIFY(wait_for_view());
  screenshot(*window_, "12_sharpened");
  choose_model("Plain ×2");  // which has the sharper weights
  QCOMPARE(upscaled(100), sharpest);
  choose_model("Photo ×2");
}

void SharpnessTest::is_kept_for_the_next_start() {
  slider().setValue(35);
  MainWindow second(viewer_program());
  QVERIFY(wait_until([&] { return second.side_panel().run_settings().used_sharpness() == 0.35; }));
}

}  // namespace nalasr::gui::test

int main(int argc, char** argv) {
  using namespace nalasr::gui::test;
  return run_window_test(argc, argv, [] {
    make_models(sandbox().file("models"));
    qputenv("NALASR_MODELS", QFile::encodeName(sandbox().file("models")));
    return std::make_unique<SharpnessTest>();
  });
}

#include "sharpness_test.moc"
