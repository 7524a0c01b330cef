#include "document/sampling.h"

#include <algorithm>
#include <cmath>

namespace nalasr::gui {
namespace {

// One axis: which two pixels an output pixel lies between, and how far (of 256) towards the second.
struct Axis {
  std::vector<int> first, second, weight;

  Axis(double zoom, int from, int count, int low, int high, bool smooth) {
    for (int i = 0; i < count; ++i) {
      const double at = (from + i + 0.5) / zoom;
      const double corner = smooth ? at - 0.5 : at;
      const int whole = static_cast<int>(std::floor(corner));
      first.push_back(std::clamp(whole, low, high));
      second.push_back(std::clamp(whole + 1, low, high));
      weight.push_back(smooth ? static_cast<int>((corner - whole) * 256) : 0);
    }
  }
};

template <int C>
QRgb to_rgb(const int* s) {
  if constexpr (C == 1) return qRgb(s[0], s[0], s[0]);
  if constexpr (C == 2) return qRgba(s[0], s[0], s[0], s[1]);
  if constexpr (C == 3) return qRgb(s[0], s[1], s[2]);
  if constexpr (C == 4) return qRgba(s[0], s[1], s[2], s[3]);
}

template <int C>
void sample_channels(const Block& block, double zoom, const QRect& area, bool smooth, QImage& out) {
  const QRect& in = block.area;
  const Axis columns(zoom, area.left(), area.width(), in.left(), in.right(), smooth);
  const Axis rows(zoom, area.top(), area.height(), in.top(), in.bottom(), smooth);
  int s[C];
  for (int y = 0; y < area.height(); ++y) {
    const std::uint8_t* upper = block.row(rows.first[static_cast<std::size_t>(y)]);
    const std::uint8_t* lower = block.row(rows.second[static_cast<std::size_t>(y)]);
    const int down = rows.weight[static_cast<std::size_t>(y)];
    auto* to = reinterpret_cast<QRgb*>(out.scanLine(y));
    for (int x = 0; x < area.width(); ++x) {
      const auto i = static_cast<std::size_t>(x);
      const int a = (columns.first[i] - in.left()) * C;
      if (!smooth) {
        for (int c = 0; c < C; ++c) s[c] = upper[a + c];
      } else {
        const int b = (columns.second[i] - in.left()) * C, right = columns.weight[i];
        for (int c = 0; c < C; ++c) {
          const int top = upper[a + c] * (256 - right) + upper[b + c] * right;
          const int bottom = lower[a + c] * (256 - right) + lower[b + c] * right;
          s[c] = (top * (256 - down) + bottom * down + 32768) >> 16;
        }
      }
      to[x] = to_rgb<C>(s);
    }
  }
}

}  // namespace

QRect pixels_for(double zoom, const QRect& area, const QSize& picture) {
  const auto low = [&](int at) { return static_cast<int>(std::floor((at + 0.5) / zoom - 0.5)); };
  const auto high = [&](int at) { return static_cast<int>(std::floor((at + 0.5) / zoom + 0.5)); };
  const QRect all(QPoint(0, 0), picture);
  QRect pixels(QPoint(low(area.left()), low(area.top())), QPoint(high(area.right()), high(area.bottom())));
  pixels &= all;
  return pixels;
}

void sample(const Block& block, double zoom, const QRect& area, bool smooth, QImage& out) {
  switch (block.channels) {
    case 1:
      return sample_channels<1>(block, zoom, area, smooth, out);
    case 2:
      return sample_channels<2>(block, zoom, area, smooth, out);
    case 3:
      return sample_channels<3>(block, zoom, area, smooth, out);
    default:
      return sample_channels<4>(block, zoom, area, smooth, out);
  }
}

void finish_pixels(const QRect& area, bool has_alpha, const ScreenColors* colors, QImage& out) {
  constexpr int kSquare = 8, kLight = 0xF0, kDark = 0xC8;
  if (!has_alpha && colors == nullptr) return;
  for (int y = 0; y < out.height(); ++y) {
    auto* row = reinterpret_cast<QRgb*>(out.scanLine(y));
    if (colors != nullptr) colors->convert(row, out.width());
    if (!has_alpha) continue;
    for (int x = 0; x < out.width(); ++x) {
      const bool odd = ((area.left() + x) / kSquare + (area.top() + y) / kSquare) % 2 != 0;
      const int back = odd ? kDark : kLight, alpha = qAlpha(row[x]);
      const auto over = [&](int value) { return (value * alpha + back * (255 - alpha) + 127) / 255; };
      row[x] = qRgb(over(qRed(row[x])), over(qGreen(row[x])), over(qBlue(row[x])));
    }
  }
}

}  // namespace nalasr::gui
