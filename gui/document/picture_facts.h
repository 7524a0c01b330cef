// What a picture's header tells, read before any pixel.
#pragma once

#include <QSize>
#include <QString>
#include <optional>

#include "nalasr/image.h"
#include "nalasr/result.h"

namespace nalasr::gui {

struct PictureFacts {
  ImageInfo info;
  QSize size;       ///< pixels, upright
  QString profile;  ///< name of the embedded colour profile; empty: none
  qint64 file_bytes = 0;
};

/// Errors: those of ImageReader::open. Takes milliseconds for PNG and JPEG, may decode the picture for other formats:
/// not for the GUI thread.
Result<PictureFacts> read_facts(const QString& path);

/// "1920 × 1080 · 8 bit RGB · PNG"
QString describe(const PictureFacts& facts);

/// Whether a file's name is that of a picture: decides what is taken out of a folder.
bool has_picture_name(const QString& path);

}  // namespace nalasr::gui
