#include "document/pyramid.h"

#include <algorithm>
#include <cstring>

namespace nalasr::gui {
namespace {

std::size_t tiles(int pixels) { return static_cast<std::size_t>((pixels + Pyramid::kTile - 1) / Pyramid::kTile); }

}  // namespace

Pyramid::Pyramid(QSize size, int channels) : channels_(channels) {
  for (;; size = QSize((size.width() + 1) / 2, (size.height() + 1) / 2)) {
    auto level = std::make_unique<Level>();
    level->size = size;
    level->tiles_across = static_cast<int>(tiles(size.width()));
    const std::size_t bytes = tiles(size.width()) * tiles(size.height()) * kTile * kTile * channels_;
    level->tiles.reset(new std::uint8_t[bytes]);  // uninitialised: pages that nobody writes are never taken
    levels_.push_back(std::move(level));
    if (size.width() <= kTile && size.height() <= kTile) break;
  }
}

std::uint64_t Pyramid::bytes() const {
  std::uint64_t sum = 0;
  for (const auto& level : levels_) {
    sum += static_cast<std::uint64_t>(level->size.width()) * level->size.height() * channels_;
  }
  return sum;
}

std::uint8_t* Pyramid::at(const Level& level, int x, int y) const {
  const std::size_t tile = static_cast<std::size_t>(y / kTile) * level.tiles_across + x / kTile;
  const std::size_t pixel = tile * kTile * kTile + static_cast<std::size_t>(y % kTile) * kTile + x % kTile;
  return level.tiles.get() + pixel * channels_;
}

void Pyramid::write_row(Level& level, int y, const std::uint8_t* pixels) {
  for (int x = 0; x < level.size.width(); x += kTile) {
    const int count = std::min(kTile, level.size.width() - x);
    std::memcpy(at(level, x, y), pixels, static_cast<std::size_t>(count) * channels_);
    pixels += static_cast<std::size_t>(count) * channels_;
  }
}

void Pyramid::append_row(const std::uint8_t* pixels) {
  Level& level = *levels_.front();
  const int y = level.ready.load(std::memory_order_relaxed);
  write_row(level, y, pixels);
  row_done(0, y);
}

void Pyramid::put_pixel(int x, int y, const std::uint8_t* pixel) {
  std::memcpy(at(*levels_.front(), x, y), pixel, static_cast<std::size_t>(channels_));
}

void Pyramid::finish() {
  for (int y = ready_rows(0); y < size().height(); ++y) row_done(0, y);
}

void Pyramid::row_done(std::size_t level, int y) {
  levels_[level]->ready.store(y + 1, std::memory_order_release);
  const bool last = y + 1 == levels_[level]->size.height();
  if (level + 1 < levels_.size() && (y % 2 == 1 || last)) halve(level, y / 2);
}

void Pyramid::halve(std::size_t level, int y) {
  const Level& from = *levels_[level];
  const int width = from.size.width(), y0 = 2 * y, y1 = std::min(2 * y + 1, from.size.height() - 1);
  const auto c = static_cast<std::size_t>(channels_);
  std::vector<std::uint8_t> upper(static_cast<std::size_t>(width + 1) * c), lower(upper.size());
  copy_pixels(static_cast<int>(level), 0, y0, width, upper.data());
  copy_pixels(static_cast<int>(level), 0, y1, width, lower.data());
  for (auto* row : {&upper, &lower}) {  // odd widths: the last column counts twice
    std::copy_n(row->end() - static_cast<std::ptrdiff_t>(2 * c), c, row->end() - static_cast<std::ptrdiff_t>(c));
  }
  const int half = levels_[level + 1]->size.width();
  for (std::size_t x = 0; x < static_cast<std::size_t>(half); ++x) {
    for (std::size_t i = 0; i < c; ++i) {
      const std::size_t a = 2 * x * c + i, b = a + c;
      upper[x * c + i] = static_cast<std::uint8_t>((upper[a] + upper[b] + lower[a] + lower[b] + 2) / 4);
    }
  }
  write_row(*levels_[level + 1], y, upper.data());
  row_done(level + 1, y);
}

void Pyramid::copy_pixels(int level, int x, int y, int count, std::uint8_t* to) const {
  const Level& l = *levels_[static_cast<std::size_t>(level)];
  while (count > 0) {
    const int n = std::min(count, kTile - x % kTile);
    std::memcpy(to, at(l, x, y), static_cast<std::size_t>(n) * channels_);
    to += static_cast<std::size_t>(n) * channels_;
    x += n;
    count -= n;
  }
}

}  // namespace nalasr::gui
