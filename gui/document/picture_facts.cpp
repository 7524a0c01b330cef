#include "document/picture_facts.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <QSet>

#include "nalasr/color.h"

namespace nalasr::gui {

Result<PictureFacts> read_facts(const QString& path) {
  auto reader = ImageReader::open(QFile::encodeName(path).toStdString());
  if (!reader) return reader.error();
  PictureFacts facts;
  facts.info = (*reader)->info();
  facts.size = QSize(facts.info.width, facts.info.height);
  if (facts.info.orientation >= 5) facts.size.transpose();
  facts.profile = QString::fromStdString(profile_name((*reader)->metadata().icc));
  facts.file_bytes = QFileInfo(path).size();
  return facts;
}

QString describe(const PictureFacts& facts) {
  const ImageInfo& info = facts.info;
  QString colors = info.channels <= 2 ? QCoreApplication::translate("PictureFacts", "grey") : QStringLiteral("RGB");
  if (info.has_alpha()) colors += QCoreApplication::translate("PictureFacts", " + transparency");
  return QCoreApplication::translate("PictureFacts", "%1 × %2 · %3 bit %4 · %5")
      .arg(facts.size.width())
      .arg(facts.size.height())
      .arg(info.bits)
      .arg(colors, QString::fromStdString(info.format).toUpper());
}

bool has_picture_name(const QString& path) {
  static const QSet<QString> suffixes{"png", "jpg", "jpeg", "jpe", "jfif", "webp", "tif", "tiff",
                                      "bmp", "dib", "jp2",  "pgm", "ppm",  "pbm",  "pnm"};
  return suffixes.contains(QFileInfo(path).suffix().toLower());
}

}  // namespace nalasr::gui
