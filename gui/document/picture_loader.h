// Decodes a picture into a pyramid, in a thread of its own; the picture can be shown while it grows.
#pragma once

#include <QObject>
#include <QString>
#include <memory>
#include <thread>

#include "document/picture_sources.h"

namespace nalasr::gui {

/// One decoding. Destroying it stops it within a few rows; signals come in the GUI thread.
class PictureLoader : public QObject {
  Q_OBJECT

 public:
  /// `screen_profile`: ICC profile of the screen, empty for sRGB.
  PictureLoader(QString path, QByteArray screen_profile, QObject* parent = nullptr);
  ~PictureLoader() override;

  [[nodiscard]] const QString& path() const { return path_; }
  /// Null before opened().
  [[nodiscard]] std::shared_ptr<const StoredPicture> picture() const { return picture_; }
  [[nodiscard]] bool is_complete() const { return complete_; }

 signals:
  void opened();
  void progressed(double fraction);
  void completed();
  void failed(const QString& reason);

 private:
  void load(const std::stop_token& stop);
  void fail(const QString& reason);
  void deliver(std::shared_ptr<const StoredPicture> picture);

  QString path_;
  QByteArray screen_profile_;
  std::shared_ptr<const StoredPicture> picture_;
  bool complete_ = false;
  std::jthread thread_;
};

}  // namespace nalasr::gui
