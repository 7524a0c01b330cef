#include "report/quality.h"

#include <array>
#include <cmath>
#include <limits>

namespace nalasr {
namespace {

constexpr int kWindow = 11;

std::array<double, kWindow> gaussian() {
  std::array<double, kWindow> w{};
  double sum = 0;
  for (int i = 0; i < kWindow; ++i) sum += w[i] = std::exp(-(i - 5.0) * (i - 5.0) / (2 * 1.5 * 1.5));
  for (double& v : w) v /= sum;
  return w;
}

/// Gaussian-weighted means of every window that lies wholly inside [height][width].
std::vector<double> filter(const std::vector<double>& in, int width, int height) {
  static const std::array<double, kWindow> w = gaussian();
  const int out_width = width - kWindow + 1, out_height = height - kWindow + 1;
  std::vector<double> rows(static_cast<std::size_t>(height) * out_width);
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < out_width; ++x) {
      double sum = 0;
      for (int i = 0; i < kWindow; ++i) sum += w[i] * in[static_cast<std::size_t>(y) * width + x + i];
      rows[static_cast<std::size_t>(y) * out_width + x] = sum;
    }
  std::vector<double> out(static_cast<std::size_t>(out_height) * out_width);
  for (int y = 0; y < out_height; ++y)
    for (int x = 0; x < out_width; ++x) {
      double sum = 0;
      for (int i = 0; i < kWindow; ++i) sum += w[i] * rows[static_cast<std::size_t>(y + i) * out_width + x];
      out[static_cast<std::size_t>(y) * out_width + x] = sum;
    }
  return out;
}

/// The picture without its outer `border` pixels; width and height become those of the rest.
std::vector<double> crop(const std::vector<double>& in, int& width, int& height, int border) {
  const int w = width - 2 * border, h = height - 2 * border;
  std::vector<double> out;
  for (int y = 0; y < h; ++y)
    for (int x = 0; x < w; ++x) out.push_back(in[static_cast<std::size_t>(y + border) * width + x + border]);
  width = w;
  height = h;
  return out;
}

}  // namespace

std::vector<double> luma_bt601(const unsigned char* rgb, int width, int height) {
  std::vector<double> y(static_cast<std::size_t>(width) * height);
  for (double& value : y) {
    value = 16 + (65.481 * rgb[0] + 128.553 * rgb[1] + 24.966 * rgb[2]) / 255;
    rgb += 3;
  }
  return y;
}

double psnr(const std::vector<double>& a, const std::vector<double>& b, int width, int height, int border) {
  double error = 0;
  for (int y = border; y < height - border; ++y)
    for (int x = border; x < width - border; ++x) {
      const std::size_t i = static_cast<std::size_t>(y) * width + x;
      error += (a[i] - b[i]) * (a[i] - b[i]);
    }
  error /= static_cast<double>(width - 2 * border) * (height - 2 * border);
  return error == 0 ? std::numeric_limits<double>::infinity() : 10 * std::log10(255.0 * 255.0 / error);
}

double ssim(const std::vector<double>& a_in, const std::vector<double>& b_in, int width, int height, int border) {
  int w = width, h = height;
  const std::vector<double> a = crop(a_in, width, height, border);
  const std::vector<double> b = crop(b_in, w, h, border);
  if (width < kWindow || height < kWindow) return a == b ? 1 : 0;
  const auto product = [](const std::vector<double>& x, const std::vector<double>& y) {
    std::vector<double> out(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) out[i] = x[i] * y[i];
    return out;
  };
  const std::vector<double> ma = filter(a, width, height), mb = filter(b, width, height);
  const std::vector<double> aa = filter(product(a, a), width, height), bb = filter(product(b, b), width, height);
  const std::vector<double> ab = filter(product(a, b), width, height);
  const double c1 = 0.01 * 255 * 0.01 * 255, c2 = 0.03 * 255 * 0.03 * 255;
  double sum = 0;
  for (std::size_t i = 0; i < ma.size(); ++i) {
    const double va = aa[i] - ma[i] * ma[i], vb = bb[i] - mb[i] * mb[i], cov = ab[i] - ma[i] * mb[i];
    sum += (2 * ma[i] * mb[i] + c1) * (2 * cov + c2) / ((ma[i] * ma[i] + mb[i] * mb[i] + c1) * (va + vb + c2));
  }
  return sum / static_cast<double>(ma.size());
}

}  // namespace nalasr
