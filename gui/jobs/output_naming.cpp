#include "jobs/output_naming.h"

#include <QDate>
#include <QDir>
#include <QFileInfo>
#include <algorithm>
#include <cmath>

#include "nalasr/version.h"

namespace nalasr::gui {

QString scale_text(double scale) { return QString::number(scale, 'g', 4); }

QSize result_size(QSize input, double scale) {
  const auto scaled = [scale](int pixels) { return std::max(1, static_cast<int>(std::lround(pixels * scale))); };
  return {scaled(input.width()), scaled(input.height())};
}

ImageFormat output_format(const PictureFacts& facts, const QString& wanted, QSize result_size) {
  if (const auto chosen = parse_image_format(wanted.toStdString()); chosen && !wanted.isEmpty()) return *chosen;
  const auto own = parse_image_format(facts.info.format);
  if (!own) return ImageFormat::png;
  const bool writable = build_info().opencv || *own == ImageFormat::png || *own == ImageFormat::jpeg;
  const bool fits = std::max(result_size.width(), result_size.height()) <= format_max_side(*own) &&
                    format_holds(*own, facts.info.channels, facts.info.bits);
  return writable && fits ? *own : ImageFormat::png;
}

QString fill_template(const QString& name_template, const QString& input, const RunSettings& run, QSize result_size) {
  QString name = name_template;
  name.replace(QStringLiteral("{name}"), QFileInfo(input).completeBaseName());
  name.replace(QStringLiteral("{scale}"), scale_text(run.final_scale()));
  name.replace(QStringLiteral("{model}"), run.model.name);
  name.replace(QStringLiteral("{width}"), QString::number(result_size.width()));
  name.replace(QStringLiteral("{height}"), QString::number(result_size.height()));
  name.replace(QStringLiteral("{date}"), QDate::currentDate().toString(Qt::ISODate));
  name.replace(QLatin1Char('/'), QLatin1Char('_'));
  name = name.trimmed();
  return name.isEmpty() || name == QStringLiteral(".") || name == QStringLiteral("..") ? QStringLiteral("upscaled")
                                                                                       : name;
}

QString output_path(const QString& input, const PictureFacts& facts, const RunSettings& run,
                    const OutputSettings& output, const std::function<bool(const QString&)>& exists) {
  const QSize size = result_size(facts.size, run.final_scale());
  const QDir folder(output.folder.isEmpty() ? QFileInfo(input).absolutePath() : output.folder);
  const QString stem = fill_template(output.name_template, input, run, size);
  const QString extension =
      QLatin1Char('.') + QString::fromLatin1(extension_of(output_format(facts, output.format, size)));
  QString path = folder.filePath(stem + extension);
  for (int n = 2; exists(path); ++n)
    path = folder.filePath(QStringLiteral("%1 (%2)%3").arg(stem).arg(n).arg(extension));
  return path;
}

}  // namespace nalasr::gui
