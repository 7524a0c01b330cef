#include "document/picture_loader.h"

#include <QElapsedTimer>
#include <QFile>
#include <algorithm>
#include <new>
#include <utility>
#include <vector>

#include "nalasr/image.h"

namespace nalasr::gui {
namespace {

constexpr int kStripRows = 32;
constexpr qint64 kReportEvery = 100;  // ms

// 8 bits are what a screen shows.
void reduce(const std::byte* row, int bits, std::vector<std::uint8_t>& out) {
  if (bits == 8) {
    std::transform(row, row + out.size(), out.begin(), [](std::byte b) { return static_cast<std::uint8_t>(b); });
    return;
  }
  const auto* wide = reinterpret_cast<const std::uint16_t*>(row);
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<std::uint8_t>((wide[i] * 255U + 32767U) / 65535U);
}

// Where the stored pixel (x, y) of a picture of w × h stands when it is upright.
QPoint upright(int orientation, int x, int y, int w, int h) {
  switch (orientation) {
    case 2:
      return {w - 1 - x, y};
    case 3:
      return {w - 1 - x, h - 1 - y};
    case 4:
      return {x, h - 1 - y};
    case 5:
      return {y, x};
    case 6:
      return {h - 1 - y, x};
    case 7:
      return {h - 1 - y, w - 1 - x};
    case 8:
      return {y, w - 1 - x};
    default:
      return {x, y};
  }
}

void append(Pyramid& pyramid, const ImageInfo& info, int y, const std::vector<std::uint8_t>& row) {
  if (info.orientation <= 1 || info.orientation > 8) {
    pyramid.append_row(row.data());
    return;
  }
  for (int x = 0; x < info.width; ++x) {
    const QPoint to = upright(info.orientation, x, y, info.width, info.height);
    pyramid.put_pixel(to.x(), to.y(), row.data() + static_cast<std::ptrdiff_t>(x) * info.channels);
  }
}

QString text_of(const Error& error) { return QString::fromStdString(error.message); }

}  // namespace

PictureLoader::PictureLoader(QString path, QByteArray screen_profile, QObject* parent)
    : QObject(parent), path_(std::move(path)), screen_profile_(std::move(screen_profile)) {
  thread_ = std::jthread([this](const std::stop_token& stop) {
    try {
      load(stop);
    } catch (const std::bad_alloc&) { fail(tr("not enough memory to show the picture")); }
  });
}

PictureLoader::~PictureLoader() = default;  // the thread is asked to stop and waited for

// All signals come from the loader's own thread, and so after whoever made it had time to connect.
void PictureLoader::fail(const QString& reason) {
  QMetaObject::invokeMethod(this, [this, reason] { emit failed(reason); });
}

void PictureLoader::deliver(std::shared_ptr<const StoredPicture> picture) {
  QMetaObject::invokeMethod(this, [this, picture = std::move(picture)] {
    picture_ = picture;
    emit opened();
  });
}

void PictureLoader::load(const std::stop_token& stop) {
  auto reader = ImageReader::open(QFile::encodeName(path_).toStdString());
  if (!reader) {
    fail(text_of(reader.error()));
    return;
  }
  const ImageInfo info = (*reader)->info();
  QSize size(info.width, info.height);
  if (info.orientation >= 5 && info.orientation <= 8) size.transpose();
  const auto pyramid = std::make_shared<Pyramid>(size, info.channels);
  const auto screen =
      std::as_bytes(std::span(screen_profile_.constData(), static_cast<std::size_t>(screen_profile_.size())));
  deliver(std::make_shared<StoredPicture>(pyramid, ScreenColors::create(info, (*reader)->metadata(), screen)));

  std::vector<std::byte> strip(info.row_bytes() * kStripRows);
  std::vector<std::uint8_t> row(static_cast<std::size_t>(info.width) * info.channels);
  QElapsedTimer since_report;
  since_report.start();
  for (int y = 0; y < info.height; y += kStripRows) {
    if (stop.stop_requested()) return;
    const int count = std::min(kStripRows, info.height - y);
    if (auto read = (*reader)->read_rows({strip.data(), info.width, count, info.row_bytes()}); !read) {
      fail(text_of(read.error()));
      return;
    }
    for (int i = 0; i < count; ++i) {
      reduce(strip.data() + info.row_bytes() * static_cast<std::size_t>(i), info.bits, row);
      append(*pyramid, info, y + i, row);
    }
    if (since_report.hasExpired(kReportEvery)) {
      since_report.restart();
      const double fraction = static_cast<double>(y + count) / info.height;
      QMetaObject::invokeMethod(this, [this, fraction] { emit progressed(fraction); });
    }
  }
  pyramid->finish();
  QMetaObject::invokeMethod(this, [this] {
    complete_ = true;
    emit completed();
  });
}

}  // namespace nalasr::gui
