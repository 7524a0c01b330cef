#include "window/preferences_dialog.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QDir>
#include <QFileDialog>
#include <QFormLayout>
#include <QGroupBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSlider>
#include <QSpinBox>
#include <QVBoxLayout>

#include "jobs/output_naming.h"
#include "nalasr/version.h"
#include "window/panel_parts.h"

namespace nalasr::gui {
namespace {

// A line of text with a button that chooses a file or folder for it.
QWidget* with_button(QLineEdit* line, const QString& button_name, const std::function<QString()>& choose) {
  auto* button = new QPushButton(button_name);
  QObject::connect(button, &QPushButton::clicked, line, [line, choose] {
    if (const QString path = choose(); !path.isEmpty()) line->setText(QDir::toNativeSeparators(path));
  });
  auto* row = new QWidget;
  auto* layout = new QHBoxLayout(row);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(line, 1);
  layout->addWidget(button);
  return row;
}

// The boxes' fields stand in one column.
QLabel* row_label(const QString& text, QWidget* field) {
  auto* label = new QLabel(text);
  label->setMinimumWidth(150);
  label->setBuddy(field);
  return label;
}

}  // namespace

PreferencesDialog::PreferencesDialog(QWidget* parent) : QDialog(parent) {
  setWindowTitle(tr("Preferences"));
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel);
  connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  auto* layout = new QVBoxLayout(this);
  layout->addWidget(make_output());
  layout->addWidget(make_looks());
  layout->addStretch();
  layout->addWidget(buttons);
  resize(560, sizeHint().height());
  update_example();
}

QWidget* PreferencesDialog::make_output() {
  const OutputSettings now = Settings::output();
  folder_kind_ = new QComboBox;
  folder_kind_->addItems({tr("Beside the picture"), tr("Always in this folder:")});
  folder_kind_->setAccessibleName(tr("Where results go"));
  folder_ = new QLineEdit(QDir::toNativeSeparators(now.folder));
  folder_->setAccessibleName(tr("Output folder"));
  QWidget* folder_row = with_button(folder_, tr("Choose …"), [this] {
    return QFileDialog::getExistingDirectory(this, tr("Output folder"), folder_->text());
  });
  connect(folder_kind_, &QComboBox::currentIndexChanged, folder_row,
          [folder_row](int i) { folder_row->setEnabled(i == 1); });
  folder_kind_->setCurrentIndex(now.folder.isEmpty() ? 0 : 1);
  folder_row->setEnabled(!now.folder.isEmpty());

  name_ = new QLineEdit(now.name_template);
  name_->setAccessibleName(tr("Name of results"));
  name_->setToolTip(
      tr("{name} is the picture's name, {scale} the factor, {model} the model, {width} and {height} the "
         "size, {date} today"));
  connect(name_, &QLineEdit::textChanged, this, &PreferencesDialog::update_example);
  example_ = quiet_label({});
  example_->setAccessibleName(tr("Example of a name"));

  format_ = new QComboBox;
  format_->setAccessibleName(tr("Format"));
  format_->addItem(tr("That of the picture"), QString());
  for (const char* name : {"png", "jpeg", "webp", "tiff", "bmp"}) {
    const bool own = QLatin1String(name) == QLatin1String("png") || QLatin1String(name) == QLatin1String("jpeg");
    if (own || build_info().opencv) format_->addItem(QString::fromLatin1(name).toUpper(), QString::fromLatin1(name));
  }
  format_->setCurrentIndex(std::max(0, format_->findData(now.format)));
  connect(format_, &QComboBox::currentIndexChanged, this, &PreferencesDialog::update_example);
  quality_ = new QSlider(Qt::Horizontal);
  quality_->setRange(1, 100);
  quality_->setAccessibleName(tr("Quality"));
  quality_number_ = new QSpinBox;
  quality_number_->setRange(1, 100);
  quality_number_->setAccessibleName(tr("Quality as a number"));
  connect(quality_, &QSlider::valueChanged, quality_number_, &QSpinBox::setValue);
  connect(quality_number_, &QSpinBox::valueChanged, quality_, &QSlider::setValue);
  quality_->setValue(now.quality);
  auto* quality = new QHBoxLayout;
  quality->addWidget(quality_, 1);
  quality->addWidget(quality_number_);

  auto* box = new QGroupBox(tr("Results"));
  auto* form = new QFormLayout(box);
  form->addRow(row_label(tr("Folder"), folder_kind_), folder_kind_);
  form->addRow(QString(), folder_row);
  form->addRow(row_label(tr("Name"), name_), name_);
  form->addRow(QString(), example_);
  form->addRow(row_label(tr("Format"), format_), format_);
  form->addRow(row_label(tr("Quality (JPEG, WebP)"), quality_), quality);
  return box;
}

QWidget* PreferencesDialog::make_looks() {
  theme_ = new QComboBox;
  theme_->addItems({tr("As the system"), tr("Light"), tr("Dark")});
  theme_->setAccessibleName(tr("Appearance"));
  theme_->setCurrentIndex(static_cast<int>(Settings::theme()));
  profile_ = new QLineEdit(QDir::toNativeSeparators(Settings::screen_profile()));
  profile_->setPlaceholderText(tr("What the system tells, else sRGB"));
  profile_->setAccessibleName(tr("Colour profile of the screen"));
  auto* box = new QGroupBox(tr("Looks"));
  auto* form = new QFormLayout(box);
  form->addRow(row_label(tr("Appearance"), theme_), theme_);
  form->addRow(row_label(tr("Screen profile"), profile_), with_button(profile_, tr("Choose …"), [this] {
                 return QFileDialog::getOpenFileName(this, tr("Colour profile of the screen"), profile_->text(),
                                                     tr("ICC profiles (*.icc *.icm)"));
               }));
  return box;
}

void PreferencesDialog::update_example() {
  RunSettings run;
  run.model.name = QStringLiteral("photo");
  const QString picture = tr("holiday.jpg");
  const QString format = format_->currentData().toString();
  const QString extension = format.isEmpty()
                                ? QStringLiteral("jpg")
                                : QString::fromLatin1(extension_of(*parse_image_format(format.toStdString())));
  example_->setText(
      tr("%1 becomes %2.%3").arg(picture, fill_template(name_->text(), picture, run, QSize(4000, 3000)), extension));
}

OutputSettings PreferencesDialog::output() const {
  OutputSettings output;
  if (folder_kind_->currentIndex() == 1) output.folder = QDir::fromNativeSeparators(folder_->text());
  output.name_template = name_->text();
  output.format = format_->currentData().toString();
  output.quality = quality_->value();
  return output;
}

Theme PreferencesDialog::theme() const { return static_cast<Theme>(theme_->currentIndex()); }

QString PreferencesDialog::screen_profile() const { return QDir::fromNativeSeparators(profile_->text()); }

}  // namespace nalasr::gui
