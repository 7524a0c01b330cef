#include "image/resample.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstring>

namespace nalasr {
namespace {

// Keys' cubic convolution kernel with a = -0.5.
double cubic(double x) {
  x = std::abs(x);
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  if (x < 2) return ((-0.5 * x + 2.5) * x - 4) * x + 2;
  return 0;
}

// The inputs [first, last) whose centres lie under the kernel of one output.
struct Window {
  double center, scale;
  int first, last;
};

Window window_of(int in_size, int out_size, int out) {
  const double step = static_cast<double>(in_size) / out_size;
  const double scale = std::max(step, 1.0);
  const double center = (out + 0.5) * step;
  const int first = std::max(0, static_cast<int>(center - 2 * scale + 0.5));
  const int last = std::min(in_size, static_cast<int>(center + 2 * scale + 0.5));
  return {center, scale, std::min(first, in_size - 1), std::max(last, std::min(first, in_size - 1) + 1)};
}

int max_taps(int in_size, int out_size) {
  const double scale = std::max(static_cast<double>(in_size) / out_size, 1.0);
  return std::min(in_size, static_cast<int>(std::ceil(4 * scale)) + 1);
}

}  // namespace

CubicAxis::CubicAxis(int in_size, int out_size) : taps_(max_taps(in_size, out_size)) {
  const auto n = static_cast<std::size_t>(out_size);
  first_.resize(n);
  count_.resize(n);
  weights_.resize(n * static_cast<std::size_t>(taps_));
  std::vector<double> exact(static_cast<std::size_t>(taps_));
  for (int out = 0; out < out_size; ++out) {
    const Window w = window_of(in_size, out_size, out);
    const int count = w.last - w.first;
    assert(count <= taps_);
    double sum = 0;
    for (int i = 0; i < count; ++i) {
      exact[static_cast<std::size_t>(i)] = cubic((w.first + i + 0.5 - w.center) / w.scale);
      sum += exact[static_cast<std::size_t>(i)];
    }
    float* weights = weights_.data() + static_cast<std::size_t>(out) * static_cast<std::size_t>(taps_);
    for (int i = 0; i < count; ++i) weights[i] = static_cast<float>(exact[static_cast<std::size_t>(i)] / sum);
    first_[static_cast<std::size_t>(out)] = w.first;
    count_[static_cast<std::size_t>(out)] = count;
  }
}

std::uint64_t CubicAxis::bytes(int in_size, int out_size) {
  const auto taps = static_cast<std::uint64_t>(max_taps(in_size, out_size));
  return static_cast<std::uint64_t>(out_size) * (taps * sizeof(float) + 2 * sizeof(int));
}

CubicResampler::CubicResampler(int in_width, int in_height, int out_width, int out_height, int channels)
    : in_width_(in_width),
      in_height_(in_height),
      out_width_(out_width),
      out_height_(out_height),
      channels_(channels),
      columns_(in_width, out_width),
      rows_(in_height, out_height),
      row_floats_(static_cast<std::size_t>(out_width) * static_cast<std::size_t>(channels)),
      ring_(row_floats_ * static_cast<std::size_t>(rows_.taps())) {}

void CubicResampler::push_row(const float* row) {
  assert(pushed_ < in_height_);
  float* out = ring_row(pushed_);
  const auto filter = [&](auto channels) {
    const int n = channels;
    for (int x = 0; x < out_width_; ++x, out += n) {
      const float* in = row + static_cast<std::ptrdiff_t>(columns_.first(x)) * n;
      const float* weights = columns_.weights(x);
      const int count = columns_.count(x);
      for (int c = 0; c < n; ++c) {
        float sum = 0;
        for (int i = 0; i < count; ++i) sum += weights[i] * in[i * n + c];
        out[c] = sum;
      }
    }
  };
  switch (channels_) {  // the usual counts as constants, so that the inner loops unroll
    case 1:
      filter(std::integral_constant<int, 1>());
      break;
    case 3:
      filter(std::integral_constant<int, 3>());
      break;
    case 4:
      filter(std::integral_constant<int, 4>());
      break;
    default:
      filter(channels_);
      break;
  }
  ++pushed_;
}

bool CubicResampler::pop_row(float* out) {
  if (popped_ >= out_height_) return false;
  const int first = rows_.first(popped_);
  const int count = rows_.count(popped_);
  if (first + count > pushed_) return false;
  const float* weights = rows_.weights(popped_);
  std::fill(out, out + row_floats_, 0.0f);
  for (int i = 0; i < count; ++i) {
    const float* in = ring_row(first + i);
    const float weight = weights[i];
    for (std::size_t x = 0; x < row_floats_; ++x) out[x] += weight * in[x];
  }
  ++popped_;
  return true;
}

std::uint64_t CubicResampler::state_bytes() const {
  return state_bytes(in_width_, in_height_, out_width_, out_height_, channels_);
}

std::uint64_t CubicResampler::state_bytes(int in_width, int in_height, int out_width, int out_height, int channels) {
  const auto ring_rows = static_cast<std::uint64_t>(max_taps(in_height, out_height));
  return CubicAxis::bytes(in_width, out_width) + CubicAxis::bytes(in_height, out_height) +
         ring_rows * static_cast<std::uint64_t>(out_width) * static_cast<std::uint64_t>(channels) * sizeof(float);
}

}  // namespace nalasr
