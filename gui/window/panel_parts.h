// Small pieces that the panels beside the picture are made of.
#pragma once

#include <QLabel>

namespace nalasr::gui {

/// A bold line above a section.
QLabel* section_title(const QString& text);
/// A label whose text wraps, with `name` for screen readers.
QLabel* value_label(const QString& name);
/// What is less important, in a quieter colour.
QLabel* quiet_label(const QString& text);

}  // namespace nalasr::gui
