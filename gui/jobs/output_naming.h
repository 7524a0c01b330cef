// Where a result goes and what it is called.
#pragma once

#include <QString>
#include <functional>

#include "document/picture_facts.h"
#include "jobs/run_settings.h"
#include "nalasr/image.h"

namespace nalasr::gui {

/// The wanted format, or what "the picture's own" means for this picture: its format where that can be written and can
/// hold the result, else PNG.
ImageFormat output_format(const PictureFacts& facts, const QString& wanted, QSize result_size);

/// Fills {name}, {scale}, {model}, {width}, {height} and {date} of a template. Never empty, never with a slash.
QString fill_template(const QString& name_template, const QString& input, const RunSettings& run, QSize result_size);

/// The path of the result, with " (2)", " (3)", ... where `exists` says that the name is taken: nothing is overwritten.
QString output_path(const QString& input, const PictureFacts& facts, const RunSettings& run,
                    const OutputSettings& output, const std::function<bool(const QString&)>& exists);

/// "4", "1.5"
QString scale_text(double scale);
QSize result_size(QSize input, double scale);

}  // namespace nalasr::gui
