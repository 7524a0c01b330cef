#include "rivals.h"

#include <algorithm>
#include <utility>

namespace nalasr::rivals {
namespace {

eager::AttentionKind kind_of(Method method) {
  switch (method) {
    case Method::nala_eager:
      return eager::AttentionKind::nala;
    case Method::softmax_materialised:
      return eager::AttentionKind::softmax_materialised;
    case Method::softmax_window:
      return eager::AttentionKind::softmax_window;
    default:
      return eager::AttentionKind::softmax;
  }
}

/// Tile by tile, each with a little context of its own, put side by side.
Result<void> run_tiles(const eager::EagerNetwork& network, int s, const MethodPicture& in,
                       std::span<std::uint8_t> result) {
  std::vector<std::uint8_t> tile, enlarged;
  for (int y = 0; y < in.height; y += kTilePixels)
    for (int x = 0; x < in.width; x += kTilePixels) {
      const int x0 = std::max(0, x - kTileContext), y0 = std::max(0, y - kTileContext);
      const int x1 = std::min(in.width, x + kTilePixels + kTileContext);
      const int y1 = std::min(in.height, y + kTilePixels + kTileContext);
      const std::size_t row = static_cast<std::size_t>(x1 - x0) * 3;
      tile.resize(row * (y1 - y0));
      for (int r = y0; r < y1; ++r)
        std::copy_n(&in.rgb[(static_cast<std::size_t>(r) * in.width + x0) * 3], row, &tile[(r - y0) * row]);
      enlarged.resize(tile.size() * s * s);
      if (auto done = network.run_rgb8(tile, y1 - y0, x1 - x0, enlarged); !done) return done;
      const int width = std::min(kTilePixels, in.width - x) * s, height = std::min(kTilePixels, in.height - y) * s;
      for (int r = 0; r < height; ++r)
        std::copy_n(&enlarged[((y - y0) * s + r) * row * s + static_cast<std::size_t>(x - x0) * s * 3], width * 3,
                    &result[((static_cast<std::size_t>(y) * s + r) * in.width + x) * s * 3]);
    }
  return {};
}

}  // namespace

Result<MethodStep> rival(const std::shared_ptr<const Model>& model, const MethodRequest& request) {
  if (is_ours(request.method)) return Error{ErrorCode::invalid_argument, "nalasr itself runs this method", ""};
  const eager::Options options{
      .precision = request.precision == Precision::mixed ? eager::Precision::bf16 : eager::Precision::fp32,
      .attention = kind_of(request.method),
      .device = request.device};
  // Made at the first run, when the meters have seen the device without it.
  auto network = std::make_shared<std::optional<eager::EagerNetwork>>();
  return MethodStep([=](const MethodPicture& in, std::span<std::uint8_t> result) -> Result<void> {
    if (!*network) {
      auto made = eager::EagerNetwork::create(*model, options);
      if (!made) return made.error();
      *network = std::move(*made);
    }
    if (request.method == Method::softmax_tiled) return run_tiles(**network, model->spec().scale, in, result);
    return (*network)->run_rgb8(in.rgb, in.height, in.width, result);
  });
}

}  // namespace nalasr::rivals
