#include "nalasr/evaluate.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "engine/network_runner.h"
#include "image/picture.h"
#include "image/resample.h"
#include "report/quality.h"

namespace nalasr {
namespace {

constexpr int kTileContext = 8;

/// 8-bit RGB, interleaved.
struct Rgb {
  int width = 0, height = 0;
  std::vector<unsigned char> values;

  Rgb(int w, int h) : width(w), height(h), values(static_cast<std::size_t>(w) * h * 3) {}
  [[nodiscard]] unsigned char* row(int y) { return &values[static_cast<std::size_t>(y) * width * 3]; }
  [[nodiscard]] const unsigned char* row(int y) const { return &values[static_cast<std::size_t>(y) * width * 3]; }
};

unsigned char round8(float v) { return static_cast<unsigned char>((v > 0 ? std::min(v, 255.0f) : 0.0f) + 0.5f); }

Result<Rgb> read_rgb(const std::filesystem::path& path) {
  auto reader = ImageReader::open(path);
  if (!reader) return reader.error();
  const Result<Picture> picture = read_picture(**reader);
  if (!picture) return picture.error();
  const ImageInfo& info = picture->info;
  const PictureView view{.data = picture->row(0),
                         .width = info.width,
                         .height = info.height,
                         .channels = info.channels,
                         .bits = info.bits,
                         .stride = info.row_bytes()};
  Rgb rgb(info.width, info.height);
  std::vector<float> row(static_cast<std::size_t>(info.width) * 3);
  for (int y = 0; y < info.height; ++y) {
    view.row(y, row.data());
    for (std::size_t i = 0; i < row.size(); ++i) rgb.row(y)[i] = round8(row[i] * 255);
  }
  return rgb;
}

Rgb crop(const Rgb& in, int x0, int y0, int width, int height) {
  Rgb out(width, height);
  for (int y = 0; y < height; ++y) std::copy_n(in.row(y0 + y) + x0 * 3, width * 3, out.row(y));
  return out;
}

Rgb shrink(const Rgb& hr, int scale) {
  Rgb lr(hr.width / scale, hr.height / scale);
  CubicResampler resampler(hr.width, hr.height, lr.width, lr.height, 3);
  std::vector<float> in(static_cast<std::size_t>(hr.width) * 3), out(static_cast<std::size_t>(lr.width) * 3);
  int y_out = 0;
  for (int y = 0; y < hr.height; ++y) {
    std::copy_n(hr.row(y), in.size(), in.begin());
    resampler.push_row(in.data());
    for (; resampler.pop_row(out.data()); ++y_out)
      for (std::size_t i = 0; i < out.size(); ++i) lr.row(y_out)[i] = round8(out[i]);
  }
  return lr;
}

Result<Rgb> upscale(NetworkRunner& network, const Rgb& lr) {
  const int s = network.spec().scale;
  Rgb out(lr.width * s, lr.height * s);
  const PictureView view{.data = reinterpret_cast<const std::byte*>(lr.values.data()),
                         .width = lr.width,
                         .height = lr.height,
                         .channels = 3,
                         .bits = 8,
                         .stride = static_cast<std::size_t>(lr.width) * 3};
  const auto plan = network.plan({.width = lr.width, .height = lr.height});
  if (!plan) return plan.error();
  const std::size_t row = static_cast<std::size_t>(out.width) * 3;
  const RowTarget target{.floats =
                             [&](int first, int rows, const float* rgb) {
                               for (std::size_t i = 0; i < rows * row; ++i) out.row(first)[i] = round8(rgb[i] * 255);
                             },
                         .bytes =
                             [&](int first, int rows, const std::byte* rgb, std::size_t stride) {
                               for (int r = 0; r < rows; ++r) std::memcpy(out.row(first + r), rgb + r * stride, row);
                             }};
  const auto run = network.run(view, *plan, target, {}, {});
  if (!run) return run.error();
  if (run->outcome == RunOutcome::overflowed)
    return Error{ErrorCode::internal, "the network's values overflowed on this picture", "try another model"};
  return out;
}

/// What tiled upscalers do: every tile on its own, with a little context, put side by side.
Result<Rgb> upscale_tiled(NetworkRunner& network, const Rgb& lr, int tile) {
  const int s = network.spec().scale;
  Rgb out(lr.width * s, lr.height * s);
  for (int y = 0; y < lr.height; y += tile)
    for (int x = 0; x < lr.width; x += tile) {
      const int x0 = std::max(0, x - kTileContext), y0 = std::max(0, y - kTileContext);
      const int x1 = std::min(lr.width, x + tile + kTileContext), y1 = std::min(lr.height, y + tile + kTileContext);
      const Result<Rgb> part = upscale(network, crop(lr, x0, y0, x1 - x0, y1 - y0));
      if (!part) return part.error();
      const int width = std::min(tile, lr.width - x) * s, height = std::min(tile, lr.height - y) * s;
      for (int row = 0; row < height; ++row)
        std::copy_n(part->row((y - y0) * s + row) + (x - x0) * s * 3, width * 3, out.row(y * s + row) + x * s * 3);
    }
  return out;
}

}  // namespace

struct Evaluator::Impl {
  NetworkRunner network;
};

Evaluator::Evaluator(std::shared_ptr<const Model> model, int threads, Precision precision, Device device)
    : impl_(new Impl{NetworkRunner(std::move(model), {.device = device, .precision = precision, .threads = threads})}) {
}
Evaluator::~Evaluator() = default;

Result<PictureQuality> Evaluator::evaluate(const std::filesystem::path& hr_path,
                                           const std::optional<std::filesystem::path>& lr_path, int tile) {
  Result<Rgb> hr = read_rgb(hr_path);
  if (!hr) return hr.error();
  const int s = impl_->network.spec().scale;
  if (hr->width < 3 * s || hr->height < 3 * s)
    return Error{ErrorCode::invalid_argument, "too small to evaluate", "use pictures of at least three blocks"};
  *hr = crop(*hr, 0, 0, hr->width / s * s, hr->height / s * s);
  Result<Rgb> lr = lr_path ? read_rgb(*lr_path) : Result<Rgb>(shrink(*hr, s));
  if (!lr) return lr.error();
  if (lr->width * s != hr->width || lr->height * s != hr->height)
    return Error{ErrorCode::invalid_argument,
                 "the low-resolution picture is " + std::to_string(lr->width) + "x" + std::to_string(lr->height) +
                     ", not 1/" + std::to_string(s) + " of " + std::to_string(hr->width) + "x" +
                     std::to_string(hr->height),
                 ""};
  const Result<Rgb> out = tile > 0 ? upscale_tiled(impl_->network, *lr, tile) : upscale(impl_->network, *lr);
  if (!out) return out.error();
  const std::vector<double> a = luma_bt601(out->values.data(), out->width, out->height);
  const std::vector<double> b = luma_bt601(hr->values.data(), hr->width, hr->height);
  return PictureQuality{psnr(a, b, out->width, out->height, s), ssim(a, b, out->width, out->height, s)};
}

}  // namespace nalasr
