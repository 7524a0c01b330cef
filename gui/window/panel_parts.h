// Small pieces that the panels beside the picture are made of.
#pragma once

#include <QLabel>
#include <QPushButton>

namespace nalasr::gui {

/// A bold line above a section.
QLabel* section_title(const QString& text);
/// A label whose text wraps, with `name` for screen readers.
QLabel* value_label(const QString& name);
/// What is less important, in a quieter colour.
QLabel* quiet_label(const QString& text);

/// The one button that the eye should find; a plain one while it isn't.
class PrimaryButton : public QPushButton {
  Q_OBJECT

 public:
  explicit PrimaryButton(QWidget* parent = nullptr);
  void set_prominent(bool prominent);

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  bool prominent_ = true;
};

}  // namespace nalasr::gui
