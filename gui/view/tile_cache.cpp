#include "view/tile_cache.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace nalasr::gui {
namespace {

constexpr int kStaleFrames = 4;
/// How many screens full of tiles are kept.
constexpr int kScreens = 2;

QRect tile_area(QSize picture, double zoom, int column, int row) {
  const QSize magnified(static_cast<int>(std::lround(picture.width() * zoom)),
                        static_cast<int>(std::lround(picture.height() * zoom)));
  constexpr int t = TileCache::kTile;
  return QRect(column * t, row * t, t, t) & QRect(QPoint(0, 0), magnified);
}

QImage draft_of(const TileSource& source, double zoom, const QRect& area) {
  const QRect half(area.left() / 2, area.top() / 2, (area.width() + 1) / 2, (area.height() + 1) / 2);
  QImage image(half.size(), QImage::Format_RGB32);
  source.render(zoom / 2, half, true, image);
  return image;
}

}  // namespace

TileCache::TileCache(QObject* parent) : QObject(parent) {}

TileCache::~TileCache() {
  pool_.clear();
  pool_.waitForDone();
}

void TileCache::begin_frame(int visible_tiles) {
  ++frame_;
  if (entries_.size() <= kScreens * std::max(visible_tiles, 16)) return;
  std::vector<int> frames;
  for (const Entry& entry : std::as_const(entries_)) frames.push_back(entry.last_frame);
  std::nth_element(frames.begin(), frames.begin() + frames.size() / 2, frames.end());
  const int oldest = std::min(frames[frames.size() / 2], frame_ - 1);
  entries_.removeIf([oldest](auto it) { return it->last_frame <= oldest; });
}

QImage TileCache::tile(const std::shared_ptr<const TileSource>& source, double zoom, int column, int row) {
  const Key key{source.get(), zoom, column, row};
  const QRect area = tile_area(source->size(), zoom, column, row);
  Entry& entry = entries_[key];
  entry.last_frame = frame_;
  if (entry.image.isNull()) {
    entry.source = source;
    entry.image = draft_of(*source, zoom, area);
  }
  const QImage image = entry.image;
  if (!entry.final) request(key, source, area);
  return image;
}

void TileCache::request(const Key& key, const std::shared_ptr<const TileSource>& source, const QRect& area) {
  auto& wanted = pending_[key];
  if (wanted) {
    wanted->store(frame_);
    return;
  }
  wanted = std::make_shared<std::atomic<int>>(frame_.load());
  // Newest first: what is on the screen now comes before what was.
  pool_.start(
      [this, key, source, area, wanted = wanted, generation = generation_] {
        QImage image;
        if (frame_ - *wanted <= kStaleFrames) {
          image = QImage(area.size(), QImage::Format_RGB32);
          source->render(key.zoom, area, false, image);
        }
        QMetaObject::invokeMethod(this, [this, key, source, image, generation] {
          pending_.remove(key);
          const auto entry = entries_.find(key);
          if (entry == entries_.end()) return;
          if (!image.isNull()) {
            entry->image = image;
            entry->final = generation == generation_;
          }
          // Given up just as it came back onto the screen: the next frame asks for it again.
          if (!image.isNull() || entry->last_frame == frame_) emit tile_ready();
        });
      },
      frame_);
}

void TileCache::invalidate(const TileSource* source) {
  ++generation_;
  for (auto entry = entries_.begin(); entry != entries_.end(); ++entry) {
    if (entry.key().source == source) entry->final = false;
  }
}

void TileCache::clear() {
  ++generation_;
  entries_.clear();
}

}  // namespace nalasr::gui
