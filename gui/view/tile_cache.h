// Rendered tiles of the screen, kept from frame to frame and made in background threads.
//
// What a frame needs and isn't there is drafted at once, coarse but quick, and rendered properly in the background; so
// painting never waits, and panning mostly copies.
#pragma once

#include <QHash>
#include <QImage>
#include <QObject>
#include <QThreadPool>
#include <atomic>
#include <memory>

#include "document/tile_source.h"

namespace nalasr::gui {

class TileCache : public QObject {
  Q_OBJECT

 public:
  static constexpr int kTile = 256;

  explicit TileCache(QObject* parent = nullptr);
  ~TileCache() override;

  /// Begins a frame that needs about `visible_tiles`; tiles that were not used for long go.
  void begin_frame(int visible_tiles);
  /// Tile (column, row) of the source magnified by `zoom`: kTile or fewer pixels wide, or a draft of half the size.
  QImage tile(const std::shared_ptr<const TileSource>& source, double zoom, int column, int row);
  /// The source has grown: its tiles are rendered again, and shown as they were until then.
  void invalidate(const TileSource* source);
  void clear();
  [[nodiscard]] bool is_settled() const { return pending_.isEmpty(); }

 signals:
  void tile_ready();

 private:
  struct Key {
    const TileSource* source;
    double zoom;
    int column, row;
    bool operator==(const Key&) const = default;
    friend size_t qHash(const Key& key, size_t seed = 0) {
      return qHashMulti(seed, key.source, key.zoom, key.column, key.row);
    }
  };
  struct Entry {
    std::shared_ptr<const TileSource> source;  // keeps the key's address from being used again
    QImage image;
    bool final = false;
    int last_frame = 0;
  };
  void request(const Key& key, const std::shared_ptr<const TileSource>& source, const QRect& area);

  QHash<Key, Entry> entries_;
  QHash<Key, std::shared_ptr<std::atomic<int>>> pending_;  // with the frame that wanted it last
  std::atomic<int> frame_{0};
  int generation_ = 0;
  QThreadPool pool_;
};

}  // namespace nalasr::gui
