#include "engine/whole_image.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>

#include "kernels/reference/nala_reference.h"
#include "nn/spec.h"

namespace nalasr {
namespace {

/// A feature map, token-major: at(y, x)[channel].
struct Map {
  int height, width, channels;
  std::vector<double> values;

  Map(int h, int w, int c) : height(h), width(w), channels(c), values(static_cast<std::size_t>(h) * w * c) {}
  double* at(int y, int x) { return &values[(static_cast<std::size_t>(y) * width + x) * channels]; }
  const double* at(int y, int x) const { return const_cast<Map*>(this)->at(y, x); }
  [[nodiscard]] bool inside(int y, int x) const { return y >= 0 && y < height && x >= 0 && x < width; }
};

template <typename F>
void for_each_token(const Map& m, F&& f) {
  for (int y = 0; y < m.height; ++y)
    for (int x = 0; x < m.width; ++x) f(y, x);
}

void add(Map& x, const Map& y) {
  for (std::size_t i = 0; i < x.values.size(); ++i) x.values[i] += y.values[i];
}

class Layers {
 public:
  Layers(const Model& model, std::string prefix) : model_(model), prefix_(std::move(prefix)) {}

  [[nodiscard]] const Tensor& tensor(const std::string& name) const { return model_.tensor(prefix_ + name); }

  /// Zero-padded convolution; depthwise where the weight has one input channel and the map has more.
  [[nodiscard]] Map conv(const std::string& name, const Map& in) const {
    const Tensor& w = tensor(name + ".weight");
    const Tensor& b = tensor(name + ".bias");
    const int out_channels = static_cast<int>(w.shape[0]), per_out = static_cast<int>(w.shape[1]);
    const int k = static_cast<int>(w.shape[2]);
    Map out(in.height, in.width, out_channels);
    for_each_token(in, [&](int y, int x) {
      for (int o = 0; o < out_channels; ++o) {
        double sum = b.values[o];
        for (int ky = 0; ky < k; ++ky)
          for (int kx = 0; kx < k; ++kx) {
            const int iy = y + ky - k / 2, ix = x + kx - k / 2;
            if (!in.inside(iy, ix)) continue;
            for (int i = 0; i < per_out; ++i)
              sum += w.values[((static_cast<std::size_t>(o) * per_out + i) * k + ky) * k + kx] *
                     in.at(iy, ix)[per_out == 1 && in.channels > 1 ? o : i];
          }
        out.at(y, x)[o] = sum;
      }
    });
    return out;
  }

  [[nodiscard]] Map linear(const std::string& name, const Map& in) const {
    const Tensor& w = tensor(name + ".weight");
    const Tensor& b = tensor(name + ".bias");
    Map out(in.height, in.width, static_cast<int>(w.shape[0]));
    for_each_token(in, [&](int y, int x) {
      for (int o = 0; o < out.channels; ++o) {
        double sum = b.values[o];
        for (int i = 0; i < in.channels; ++i)
          sum += static_cast<double>(w.values[static_cast<std::size_t>(o) * in.channels + i]) * in.at(y, x)[i];
        out.at(y, x)[o] = sum;
      }
    });
    return out;
  }

  [[nodiscard]] Map layer_norm(const std::string& name, const Map& in) const {
    const Tensor& w = tensor(name + ".weight");
    const Tensor& b = tensor(name + ".bias");
    Map out = in;
    for_each_token(in, [&](int y, int x) {
      double* v = out.at(y, x);
      double mean = 0, variance = 0;
      for (int c = 0; c < in.channels; ++c) mean += v[c] / in.channels;
      for (int c = 0; c < in.channels; ++c) variance += (v[c] - mean) * (v[c] - mean) / in.channels;
      for (int c = 0; c < in.channels; ++c)
        v[c] = (v[c] - mean) / std::sqrt(variance + kLayerNormEps) * w.values[c] + b.values[c];
    });
    return out;
  }

  void add_scaled(const std::string& gamma, const Map& y, Map& x) const {
    const Tensor& g = tensor(gamma);
    for (std::size_t i = 0; i < x.values.size(); ++i) x.values[i] += g.values[i % x.channels] * y.values[i];
  }

 private:
  const Model& model_;
  std::string prefix_;
};

/// Channels [first, first + count) of every token.
Map slice(const Map& in, int first, int count) {
  Map out(in.height, in.width, count);
  for_each_token(in, [&](int y, int x) { std::copy_n(in.at(y, x) + first, count, out.at(y, x)); });
  return out;
}

struct Rectangle {
  int y, x, height, width;
  [[nodiscard]] bool holds(int row, int column) const {
    return row >= y && row < y + height && column >= x && column < x + width;
  }
};

/// NaLa among the tokens of a rectangle, of which those in `wanted` go to `o`; tokens outside the picture count as
/// zeros.
void attend(const NalaParams& p, const Map& q, const Map& k, const Map& v, Rectangle among, Rectangle wanted, Map& o) {
  const auto [y0, x0, h, w] = among;
  const std::size_t tokens = static_cast<std::size_t>(h) * w, d = p.head_dim;
  std::vector<double> buffers[4];
  const Map* inputs[3] = {&q, &k, &v};
  for (int i = 0; i < 4; ++i) buffers[i].assign(p.heads * tokens * d, 0.0);
  const auto index = [&](int head, int y, int x) { return (head * tokens + static_cast<std::size_t>(y) * w + x) * d; };
  for (int head = 0; head < p.heads; ++head)
    for (int y = 0; y < h; ++y)
      for (int x = 0; x < w; ++x)
        for (int i = 0; i < 3; ++i)
          if (q.inside(y0 + y, x0 + x))
            std::copy_n(inputs[i]->at(y0 + y, x0 + x) + head * d, d, &buffers[i][index(head, y, x)]);
  reference::nala_attention(p, h, w, buffers[0].data(), buffers[1].data(), buffers[2].data(), buffers[3].data());
  for (int head = 0; head < p.heads; ++head)
    for (int y = 0; y < h; ++y)
      for (int x = 0; x < w; ++x)
        if (o.inside(y0 + y, x0 + x) && wanted.holds(y0 + y, x0 + x))
          std::copy_n(&buffers[3][index(head, y, x)], d, o.at(y0 + y, x0 + x) + head * d);
}

Map block(const Model& model, int i, Map x) {
  const ModelSpec& spec = model.spec();
  const Layers l(model, "blocks." + std::to_string(i) + ".");
  const int c = spec.dim;
  add(x, l.conv("cpe1", x));

  const Map qkvg = l.linear("qkvg", l.layer_norm("norm1", x));
  const Map q = slice(qkvg, 0, c), k = slice(qkvg, c, c), v = slice(qkvg, 2 * c, c), g = slice(qkvg, 3 * c, c);
  Map o(x.height, x.width, c);
  const NalaParams p = NalaParams::of(spec);
  const Rectangle picture{0, 0, x.height, x.width};
  if (spec.scopes[i].is_global()) attend(p, q, k, v, picture, picture, o);
  if (const int window = spec.scopes[i].window) {
    const int shift = window_shift(spec, i);
    for (int y0 = -shift; y0 < x.height; y0 += window)
      for (int x0 = -shift; x0 < x.width; x0 += window) {
        const Rectangle here{y0, x0, window, window};
        attend(p.nearby(), q, k, v, here, here, o);
      }
  }
  if (const int cell = spec.scopes[i].cell)
    for (int y0 = 0; y0 < x.height; y0 += cell)
      for (int x0 = 0; x0 < x.width; x0 += cell) {
        const int top = std::max(0, y0 - cell), left = std::max(0, x0 - cell);
        const int bottom = std::min(x.height, y0 + 2 * cell), right = std::min(x.width, x0 + 2 * cell);
        attend(p.nearby(), q, k, v, {top, left, bottom - top, right - left}, {y0, x0, cell, cell}, o);
      }
  add(o, l.conv("lepe", v));
  o = l.layer_norm("norm_out", o);
  for (std::size_t n = 0; n < o.values.size(); ++n) o.values[n] *= g.values[n] / (1 + std::exp(-g.values[n]));
  l.add_scaled("gamma1", l.linear("out", o), x);

  add(x, l.conv("cpe2", x));
  Map y = l.linear("fc1", l.layer_norm("norm2", x));
  for (double& value : y.values)
    value *= 0.5 * (1 + std::tanh(std::sqrt(2 / std::numbers::pi) * (value + 0.044715 * value * value * value)));
  add(y, l.conv("ffn_dw", y));
  l.add_scaled("gamma2", l.linear("fc2", y), x);
  return x;
}

/// Keys cubic (a = −0.5) interpolation at output pixel (y, x), replicated borders.
double interpolate(const std::vector<double>& rgb, int width, int height, int scale, int y, int x, int c) {
  const auto keys = [](double t) {
    t = std::abs(t);
    return t < 1 ? (1.5 * t - 2.5) * t * t + 1 : t < 2 ? ((-0.5 * t + 2.5) * t - 4) * t + 2 : 0.0;
  };
  const double sy = (y + 0.5) / scale - 0.5, sx = (x + 0.5) / scale - 0.5;
  double sum = 0;
  for (int iy = static_cast<int>(std::floor(sy)) - 1; iy <= std::floor(sy) + 2; ++iy)
    for (int ix = static_cast<int>(std::floor(sx)) - 1; ix <= std::floor(sx) + 2; ++ix)
      sum +=
          keys(sy - iy) * keys(sx - ix) *
          rgb[(static_cast<std::size_t>(std::clamp(iy, 0, height - 1)) * width + std::clamp(ix, 0, width - 1)) * 3 + c];
  return sum;
}

}  // namespace

std::vector<double> run_whole_image(const Model& model, int width, int height, const std::vector<double>& rgb) {
  const ModelSpec& spec = model.spec();
  const Layers l(model, "");
  Map input(height, width, 3);
  for (std::size_t i = 0; i < rgb.size(); ++i) input.values[i] = rgb[i] - 0.5;
  const Map head = l.conv("head", input);
  Map x = head;
  for (int i = 0; i < spec.blocks; ++i) {
    x = block(model, i, std::move(x));
    if (spec.closes_group(i)) add(x, l.conv("groups." + std::to_string(i / spec.group), x));
  }
  add(x, head);
  const Map tail = l.conv("tail", x);

  const int s = spec.scale;
  std::vector<double> out(static_cast<std::size_t>(height) * s * width * s * 3);
  for (int y = 0; y < height * s; ++y)
    for (int px = 0; px < width * s; ++px)
      for (int c = 0; c < 3; ++c)
        out[(static_cast<std::size_t>(y) * width * s + px) * 3 + c] =
            tail.at(y / s, px / s)[c * s * s + y % s * s + px % s] + interpolate(rgb, width, height, s, y, px, c);
  return out;
}

}  // namespace nalasr
