// Pull-push: an alpha-weighted pyramid of means is built upwards ("pull"), then holes of each level are filled from
// the next coarser one ("push"). The pyramid starts at half size; the picture itself is level 0.
#include "image/alpha.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>
#include <vector>

namespace nalasr {
namespace {

// Mean colour of what is visible, and how much of it there is (0..1).
struct Cell {
  float color[3];
  float weight;
};

struct Level {
  int width = 0, height = 0;
  Cell* cells = nullptr;

  [[nodiscard]] Cell& at(int x, int y) const {
    return cells[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x)];
  }
};

// The sizes of all levels, from half size down to 1 × 1.
std::vector<Level> level_sizes(int width, int height) {
  std::vector<Level> levels;
  do {
    width = width / 2 + width % 2;
    height = height / 2 + height % 2;
    levels.push_back({width, height, nullptr});
  } while (width > 1 || height > 1);
  return levels;
}

void normalise(Cell& cell) {
  if (cell.weight <= 0) return;
  for (float& c : cell.color) c /= cell.weight;
  cell.weight = std::min(cell.weight, 1.0f);
}

// A bilinear sample of `coarse` at the centre of cell (x, y) of the next finer level. Cells of weight 0 have no
// colour and don't count; the result's weight is 0 where none of the four has one.
Cell sample(const Level& coarse, int x, int y) {
  // The centre lies a quarter cell beside the coarse centre, on the side that the parity says.
  const int x0 = x / 2, y0 = y / 2;
  const int x1 = std::clamp(x0 + (x % 2 == 0 ? -1 : 1), 0, coarse.width - 1);
  const int y1 = std::clamp(y0 + (y % 2 == 0 ? -1 : 1), 0, coarse.height - 1);
  const std::pair<const Cell*, float> taps[] = {{&coarse.at(x0, y0), 0.5625f},
                                                {&coarse.at(x1, y0), 0.1875f},
                                                {&coarse.at(x0, y1), 0.1875f},
                                                {&coarse.at(x1, y1), 0.0625f}};
  Cell sum{};
  for (const auto& [cell, factor] : taps) {
    if (cell->weight <= 0) continue;
    for (int c = 0; c < 3; ++c) sum.color[c] += factor * cell->color[c];
    sum.weight += factor;
  }
  normalise(sum);
  return sum;
}

template <typename Sample>
class Bleeder {
 public:
  explicit Bleeder(Picture& picture) : picture_(picture), colors_(picture.info.channels - 1) {}

  [[nodiscard]] bool needs_work() const {
    bool hidden = false, visible = false;
    for (int y = 0; y < picture_.info.height && !(hidden && visible); ++y) {
      const Sample* p = row(y);
      for (int x = 0; x < picture_.info.width; ++x, p += colors_ + 1) {
        hidden = hidden || p[colors_] < kLow;
        visible = visible || p[colors_] > 0;
      }
    }
    return hidden && visible;
  }

  void run(std::vector<Level>& levels) {
    pull_picture(levels[0]);
    for (std::size_t i = 1; i < levels.size(); ++i) pull(levels[i - 1], levels[i]);
    for (std::size_t i = levels.size() - 1; i > 0; --i) push(levels[i], levels[i - 1]);
    push_picture(levels[0]);
  }

 private:
  static constexpr float kMax = static_cast<float>(static_cast<Sample>(~Sample{0}));
  static constexpr Sample kLow = static_cast<Sample>((static_cast<Sample>(~Sample{0}) + 1) / 16);

  [[nodiscard]] Sample* row(int y) const { return reinterpret_cast<Sample*>(picture_.row(y)); }

  void pull_picture(const Level& half) {
    const ImageInfo& info = picture_.info;
    for (int y = 0; y < half.height; ++y) {
      for (int x = 0; x < half.width; ++x) {
        Cell sum{};
        for (int v = 2 * y; v < std::min(2 * y + 2, info.height); ++v) {
          for (int u = 2 * x; u < std::min(2 * x + 2, info.width); ++u) {
            const Sample* p = row(v) + static_cast<std::ptrdiff_t>(u) * (colors_ + 1);
            const float alpha = p[colors_] / kMax;
            for (int c = 0; c < colors_; ++c) sum.color[c] += alpha * p[c];
            sum.weight += alpha;
          }
        }
        normalise(sum);
        half.at(x, y) = sum;
      }
    }
  }

  static void pull(const Level& fine, const Level& coarse) {
    for (int y = 0; y < coarse.height; ++y) {
      for (int x = 0; x < coarse.width; ++x) {
        Cell sum{};
        for (int v = 2 * y; v < std::min(2 * y + 2, fine.height); ++v) {
          for (int u = 2 * x; u < std::min(2 * x + 2, fine.width); ++u) {
            const Cell& cell = fine.at(u, v);
            for (int c = 0; c < 3; ++c) sum.color[c] += cell.weight * cell.color[c];
            sum.weight += cell.weight;
          }
        }
        normalise(sum);
        coarse.at(x, y) = sum;
      }
    }
  }

  static void push(const Level& coarse, const Level& fine) {
    for (int y = 0; y < fine.height; ++y) {
      for (int x = 0; x < fine.width; ++x) {
        Cell& cell = fine.at(x, y);
        if (cell.weight >= 1) continue;
        const Cell around = sample(coarse, x, y);
        if (around.weight <= 0) continue;
        for (int c = 0; c < 3; ++c) {
          cell.color[c] = cell.weight * cell.color[c] + (1 - cell.weight) * around.color[c];
        }
        cell.weight = 1;
      }
    }
  }

  void push_picture(const Level& half) {
    const ImageInfo& info = picture_.info;
    for (int y = 0; y < info.height; ++y) {
      Sample* p = row(y);
      for (int x = 0; x < info.width; ++x, p += colors_ + 1) {
        if (p[colors_] >= kLow) continue;
        const float own = static_cast<float>(p[colors_]) / kLow;
        const Cell around = sample(half, x, y);
        for (int c = 0; c < colors_; ++c) {
          p[c] = static_cast<Sample>(std::lround(own * p[c] + (1 - own) * around.color[c]));
        }
      }
    }
  }

  Picture& picture_;
  int colors_;
};

template <typename Sample>
Result<void> bleed(Picture& picture) {
  Bleeder<Sample> bleeder(picture);
  if (!bleeder.needs_work()) return {};
  AlignedBuffer memory = AlignedBuffer::allocate(bleed_color_bytes(picture.info.width, picture.info.height));
  if (memory.data() == nullptr) {
    return Error{ErrorCode::out_of_memory, "not enough memory to prepare the transparent picture", ""};
  }
  std::vector<Level> levels = level_sizes(picture.info.width, picture.info.height);
  auto* cells = reinterpret_cast<Cell*>(memory.data());
  for (Level& level : levels) {
    level.cells = cells;
    cells += static_cast<std::size_t>(level.width) * static_cast<std::size_t>(level.height);
  }
  bleeder.run(levels);
  return {};
}

}  // namespace

std::uint64_t bleed_color_bytes(int width, int height) {
  std::uint64_t cells = 0;
  for (const Level& level : level_sizes(width, height)) {
    cells += static_cast<std::uint64_t>(level.width) * static_cast<std::uint64_t>(level.height);
  }
  return cells * sizeof(Cell);
}

Result<void> bleed_color(Picture& picture) {
  if (!picture.info.has_alpha()) return {};
  return picture.info.bits == 16 ? bleed<std::uint16_t>(picture) : bleed<std::uint8_t>(picture);
}

}  // namespace nalasr
