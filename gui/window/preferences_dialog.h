// Where results go, what they are called, how they are written; looks and colours.
#pragma once

#include <QDialog>

#include "window/settings.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QSlider;
class QSpinBox;

namespace nalasr::gui {

class PreferencesDialog : public QDialog {
  Q_OBJECT

 public:
  explicit PreferencesDialog(QWidget* parent = nullptr);
  [[nodiscard]] OutputSettings output() const;
  [[nodiscard]] Theme theme() const;
  [[nodiscard]] QString screen_profile() const;

 private:
  QWidget* make_output();
  QWidget* make_looks();
  void update_example();

  QComboBox *folder_kind_, *format_, *theme_;
  QLineEdit *folder_, *name_, *profile_;
  QSlider* quality_;
  QSpinBox* quality_number_;
  QLabel* example_;
};

}  // namespace nalasr::gui
