// A whole picture in 8-bit tiles, with its halves, quarters, ... for zooming out: 4/3 of the picture's bytes.
//
// One thread writes rows while others read: readers see a row only after it is complete.
#pragma once

#include <QSize>
#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

namespace nalasr::gui {

class Pyramid {
 public:
  static constexpr int kTile = 256;  ///< pixels, both sides

  /// Throws std::bad_alloc.
  Pyramid(QSize size, int channels);

  [[nodiscard]] QSize size() const { return levels_.front()->size; }
  [[nodiscard]] int channels() const { return channels_; }
  [[nodiscard]] int level_count() const { return static_cast<int>(levels_.size()); }
  /// Level k has a pixel for every 2^k × 2^k of the picture.
  [[nodiscard]] QSize level_size(int level) const { return levels_[static_cast<std::size_t>(level)]->size; }
  /// Rows of a level that may be read.
  [[nodiscard]] int ready_rows(int level) const {
    return levels_[static_cast<std::size_t>(level)]->ready.load(std::memory_order_acquire);
  }
  [[nodiscard]] std::uint64_t bytes() const;

  /// The next row of the picture, from top to bottom.
  void append_row(const std::uint8_t* pixels);
  /// Any pixels, for pictures that are turned while they are read; finish() makes them readable.
  void put_pixel(int x, int y, const std::uint8_t* pixel);
  void finish();

  /// `count` pixels of a ready row; the range must lie inside the level.
  void copy_pixels(int level, int x, int y, int count, std::uint8_t* to) const;

 private:
  struct Level {
    QSize size;
    int tiles_across = 0;
    std::unique_ptr<std::uint8_t[]> tiles;  // tile after tile, each row by row
    std::atomic<int> ready{0};
  };
  /// Pixels from (x, y) to the right edge of their tile.
  [[nodiscard]] std::uint8_t* at(const Level& level, int x, int y) const;
  void write_row(Level& level, int y, const std::uint8_t* pixels);
  /// Publishes row `y` of a level and makes the rows above it that have become possible.
  void row_done(std::size_t level, int y);
  void halve(std::size_t level, int y);

  int channels_;
  std::vector<std::unique_ptr<Level>> levels_;
};

}  // namespace nalasr::gui
