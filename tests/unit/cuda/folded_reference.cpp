#include "unit/cuda/folded_reference.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "kernels/reference/nala_reference.h"

namespace nalasr::test {
namespace {

template <typename F>
void for_each_token(const Map64& m, F&& f) {
  for (int y = 0; y < m.height; ++y)
    for (int x = 0; x < m.width; ++x) f(y, x);
}

/// The rectangle from (y0, x0) on as [heads][tokens][d]; outside the picture zeros.
std::vector<double> gather(const NalaParams& p, const Map64& m, int y0, int x0, int rows, int columns) {
  std::vector<double> out;
  for (int h = 0; h < p.heads; ++h)
    for (int y = 0; y < rows; ++y)
      for (int x = 0; x < columns; ++x)
        for (int c = 0; c < p.head_dim; ++c) out.push_back(m.padded(y0 + y, x0 + x, h * p.head_dim + c));
  return out;
}

}  // namespace

Map64 depthwise(const FoldedDepthwise& w, const Map64& in) {
  Map64 out = in;
  for_each_token(in, [&](int y, int x) {
    for (int c = 0; c < in.channels; ++c) {
      double sum = w.bias[c];
      for (int t = 0; t < w.k * w.k; ++t)
        sum += w.weights[static_cast<std::size_t>(t) * in.channels + c] *
               in.padded(y + t / w.k - w.k / 2, x + t % w.k - w.k / 2, c);
      out.at(y, x, c) = sum;
    }
  });
  return out;
}

Map64 linear(const FoldedLinear& w, const Map64& in) {
  Map64 out(in.height, in.width, w.out);
  for_each_token(in, [&](int y, int x) {
    for (int o = 0; o < w.out; ++o) {
      double sum = w.bias[o];
      for (int i = 0; i < w.in; ++i)
        sum += static_cast<double>(w.weights[static_cast<std::size_t>(o) * w.in + i]) * in.at(y, x, i);
      out.at(y, x, o) = sum;
    }
  });
  return out;
}

Map64 convolution(const FoldedLinear& w, const Map64& in) {
  Map64 columns(in.height, in.width, w.in);
  for_each_token(in, [&](int y, int x) {
    for (int i = 0; i < w.in; ++i) {
      const int tap = i / in.channels;
      columns.at(y, x, i) = in.padded(y + tap / 3 - 1, x + tap % 3 - 1, i % in.channels);
    }
  });
  return linear(w, columns);
}

Map64 normalised(const Map64& in) {
  Map64 out = in;
  for_each_token(in, [&](int y, int x) {
    double mean = 0, variance = 0;
    for (int c = 0; c < in.channels; ++c) mean += in.at(y, x, c) / in.channels;
    for (int c = 0; c < in.channels; ++c) variance += std::pow(in.at(y, x, c) - mean, 2) / in.channels;
    for (int c = 0; c < in.channels; ++c)
      out.at(y, x, c) = (in.at(y, x, c) - mean) / std::sqrt(variance + kLayerNormEps);
  });
  return out;
}

Map64 attend(const ModelSpec& spec, const FoldedBlock& b, const Map64& x, int window, int shift) {
  const NalaParams p = NalaParams::of(spec);
  const Map64 u = normalised(x), q = linear(b.q, u), k = linear(b.k, u), v = linear(b.v, u), gate = linear(b.gate, u);
  Map64 o(x.height, x.width, x.channels);
  const int rows = window ? window : x.height, columns = window ? window : x.width;
  for (int y0 = -shift; y0 < x.height; y0 += rows)
    for (int x0 = -shift; x0 < x.width; x0 += columns) {
      // The rotary angles of the kernels count from the picture's corner; inner products depend on differences only.
      std::vector<double> result(static_cast<std::size_t>(p.heads) * rows * columns * p.head_dim);
      reference::nala_attention(p, rows, columns, gather(p, q, y0, x0, rows, columns).data(),
                                gather(p, k, y0, x0, rows, columns).data(), gather(p, v, y0, x0, rows, columns).data(),
                                result.data());
      for (int h = 0; h < p.heads; ++h)
        for (int y = std::max(0, -y0); y < std::min(rows, x.height - y0); ++y)
          for (int xx = std::max(0, -x0); xx < std::min(columns, x.width - x0); ++xx)
            for (int c = 0; c < p.head_dim; ++c)
              o.at(y0 + y, x0 + xx, h * p.head_dim + c) =
                  result[((static_cast<std::size_t>(h) * rows + y) * columns + xx) * p.head_dim + c];
    }
  const Map64 lepe = depthwise(b.lepe, v);
  for (std::size_t i = 0; i < o.values.size(); ++i) o.values[i] += lepe.values[i];
  o = normalised(o);
  for_each_token(o, [&](int y, int xx) {
    for (int c = 0; c < o.channels; ++c) {
      const double g = gate.at(y, xx, c);
      o.at(y, xx, c) = (o.at(y, xx, c) * b.merge_weight[c] + b.merge_bias[c]) * g / (1 + std::exp(-g));
    }
  });
  Map64 out = linear(b.out, o);
  for (std::size_t i = 0; i < out.values.size(); ++i) out.values[i] += x.values[i];
  return out;
}

Map64 ffn(const FoldedBlock& b, const Map64& x) {
  const Map64 x3 = depthwise(b.cpe2, x);
  Map64 y = linear(b.fc1, normalised(x3));
  for (double& v : y.values) v *= 0.5 * (1 + std::tanh(std::sqrt(2 / std::numbers::pi) * (v + 0.044715 * v * v * v)));
  Map64 out = linear(b.fc2, depthwise(b.ffn_dw, y));
  for (std::size_t i = 0; i < out.values.size(); ++i) out.values[i] += x3.values[i];
  return out;
}

std::vector<double> key_value_sums(const ModelSpec& spec, const FoldedBlock& b, const Map64& x) {
  const NalaParams p = NalaParams::of(spec);
  const int d = p.head_dim;
  const Map64 u = normalised(x), k = linear(b.k, u), v = linear(b.v, u);
  const std::size_t s_floats = static_cast<std::size_t>(p.heads) * 2 * d * d;
  std::vector<double> sums(s_floats + static_cast<std::size_t>(p.heads) * 2 * d);
  for_each_token(x, [&](int y, int xx) {
    for (int h = 0; h < p.heads; ++h) {
      std::vector<double> phi = reference::feature_map(
          p, &k.values[(static_cast<std::size_t>(y) * x.width + xx) * k.channels + h * d], false);
      if (p.direction_map == DirectionMap::cosine)  // [cos θ, sin θ] turned by 45°: [sin(θ + π/4), cos(θ + π/4)]
        for (int c = 0; c < d; ++c) {
          const double cosine = phi[c], sine = phi[d + c];
          phi[c] = (sine + cosine) * std::numbers::sqrt2 / 2;
          phi[d + c] = (cosine - sine) * std::numbers::sqrt2 / 2;
        }
      for (int i = 0; i < 2 * d; ++i) sums[s_floats + static_cast<std::size_t>(h) * 2 * d + i] += phi[i];
      reference::rotate(p, phi.data(), y, xx);
      for (int i = 0; i < 2 * d; ++i)
        for (int c = 0; c < d; ++c)
          sums[(static_cast<std::size_t>(h) * 2 * d + i) * d + c] += phi[i] * v.at(y, xx, h * d + c);
    }
  });
  return sums;
}

}  // namespace nalasr::test
