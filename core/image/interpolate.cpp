#include "nalasr/interpolate.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>
#include <vector>

namespace nalasr {
namespace {

// One axis of a region: for every output sample the first input sample (may lie outside) and its weights.
struct Axis {
  int taps = 1;
  std::vector<int> first;
  std::vector<float> weights;  // taps per output sample

  [[nodiscard]] int lowest() const { return *std::min_element(first.begin(), first.end()); }
  [[nodiscard]] int highest() const { return *std::max_element(first.begin(), first.end()) + taps - 1; }
};

double cubic(double x) {
  constexpr double a = -0.75;
  x = std::abs(x);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
  return 0;
}

double lanczos4(double x) {
  if (std::abs(x) < 1e-9) return 1;
  if (std::abs(x) >= 4) return 0;
  const double t = std::numbers::pi * x;
  return std::sin(t) / t * std::sin(t / 4) / (t / 4);
}

Axis make_axis(int in_size, int out_size, int from, int count, Interpolation method) {
  Axis axis;
  axis.taps = method == Interpolation::nearest ? 1 : method == Interpolation::bicubic ? 4 : 8;
  const double step = static_cast<double>(in_size) / out_size;
  std::vector<double> exact(static_cast<std::size_t>(axis.taps));
  for (int out = from; out < from + count; ++out) {
    if (method == Interpolation::nearest) {
      axis.first.push_back(std::min(in_size - 1, static_cast<int>(out * step)));
      axis.weights.push_back(1);
      continue;
    }
    const double center = (out + 0.5) * step - 0.5;
    const int first = static_cast<int>(std::floor(center)) - axis.taps / 2 + 1;
    double sum = 0;
    for (int i = 0; i < axis.taps; ++i) {
      const double distance = first + i - center;
      exact[static_cast<std::size_t>(i)] = method == Interpolation::bicubic ? cubic(distance) : lanczos4(distance);
      sum += exact[static_cast<std::size_t>(i)];
    }
    axis.first.push_back(first);
    for (const double weight : exact) axis.weights.push_back(static_cast<float>(weight / sum));
  }
  return axis;
}

}  // namespace

Enlargement::Enlargement(PixelSource source, int width, int height, int channels, int out_width, int out_height,
                         Interpolation method)
    : source_(std::move(source)),
      width_(width),
      height_(height),
      channels_(channels),
      out_width_(out_width),
      out_height_(out_height),
      method_(method) {}

void Enlargement::region(int x, int y, int width, int height, std::uint8_t* to, std::size_t stride) const {
  if (width <= 0 || height <= 0) return;
  const Axis columns = make_axis(width_, out_width_, x, width, method_);
  const Axis rows = make_axis(height_, out_height_, y, height, method_);
  const auto channels = static_cast<std::size_t>(channels_);

  // The input columns that count, with the border replicated to both sides.
  const int left = columns.lowest(), right = columns.highest();
  const int inner_left = std::clamp(left, 0, width_ - 1), inner_right = std::clamp(right, 0, width_ - 1);
  std::vector<std::uint8_t> line(static_cast<std::size_t>(right - left + 1) * channels);
  const auto read_line = [&](int in_y) {
    std::uint8_t* inner = line.data() + static_cast<std::size_t>(inner_left - left) * channels;
    source_(inner_left, std::clamp(in_y, 0, height_ - 1), inner_right - inner_left + 1, inner);
    const std::uint8_t* last = inner + static_cast<std::size_t>(inner_right - inner_left) * channels;
    for (std::uint8_t* p = line.data(); p < inner; p += channels) std::copy_n(inner, channels, p);
    for (int i = inner_right + 1; i <= right; ++i) {
      std::copy_n(last, channels, line.data() + static_cast<std::size_t>(i - left) * channels);
    }
  };

  // Columns first: a ring of as many rows as the kernel is high.
  const std::size_t row_floats = static_cast<std::size_t>(width) * channels;
  std::vector<float> ring(row_floats * static_cast<std::size_t>(rows.taps));
  const int top = rows.lowest();
  int next = top;
  const auto ring_row = [&](int in_y) {
    return ring.data() + static_cast<std::size_t>((in_y - top) % rows.taps) * row_floats;
  };
  std::vector<float> sums(row_floats);
  for (int i = 0; i < height; ++i) {
    const int first = rows.first[static_cast<std::size_t>(i)];
    for (next = std::max(next, first); next < first + rows.taps; ++next) {
      read_line(next);
      float* out = ring_row(next);
      for (int j = 0; j < width; ++j) {
        const std::uint8_t* in =
            line.data() + static_cast<std::size_t>(columns.first[static_cast<std::size_t>(j)] - left) * channels;
        const float* weights = columns.weights.data() + static_cast<std::ptrdiff_t>(j) * columns.taps;
        for (std::size_t c = 0; c < channels; ++c) {
          float sum = 0;
          for (int t = 0; t < columns.taps; ++t) sum += weights[t] * in[static_cast<std::size_t>(t) * channels + c];
          *out++ = sum;
        }
      }
    }
    std::fill(sums.begin(), sums.end(), 0.5F);  // rounds
    for (int t = 0; t < rows.taps; ++t) {
      const float weight = rows.weights[static_cast<std::size_t>(i * rows.taps + t)];
      const float* in = ring_row(first + t);
      for (std::size_t j = 0; j < row_floats; ++j) sums[j] += weight * in[j];
    }
    std::uint8_t* out = to + stride * static_cast<std::size_t>(i);
    for (std::size_t j = 0; j < row_floats; ++j) out[j] = static_cast<std::uint8_t>(std::clamp(sums[j], 0.0F, 255.0F));
  }
}

}  // namespace nalasr
