// From the network's float rows to rows of the output picture: grey or RGB, the final resample for scales the network
// does not have, alpha merged in, rounding to 8 or 16 bit.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "base/buffer.h"
#include "image/resample.h"
#include "nalasr/image.h"
#include "nalasr/plan.h"

namespace nalasr {

/// An upscaled alpha channel as output samples, row-major; empty where the whole picture is opaque.
struct AlphaPlane {
  Buffer<std::byte> samples;
};

class OutputSink {
 public:
  /// Receives `rows` finished rows as the writer wants them.
  using Consumer = std::function<void(const StripView&)>;

  /// `network_width/height`: size of the rows that come in. `out`: the picture (or, with one channel, the alpha
  /// plane) that goes out. `alpha`: what to put into the last channel of 2- and 4-channel pictures; null = opaque.
  OutputSink(int network_width, int network_height, const ImageInfo& out, const AlphaPlane* alpha, Consumer consumer);

  /// Takes `rows` network rows of RGB floats, top to bottom.
  void push(int rows, const float* rgb);

  /// Whether rows of 8-bit RGB, as wide as the network's, are what goes out.
  [[nodiscard]] bool takes_bytes() const { return takes_bytes(network_width_, network_height_, out_); }
  /// Takes such rows, `stride` bytes from row to row.
  void push_bytes(int rows, const std::byte* rgb, std::size_t stride);

  static bool takes_bytes(int network_width, int network_height, const ImageInfo& out) {
    return out.channels == 3 && out.bits == 8 && out.width == network_width && out.height == network_height;
  }
  /// Bytes that a sink for such a picture holds.
  static std::uint64_t bytes(int network_width, int network_height, const ImageInfo& out);

 private:
  void emit(const float* row);
  void flush();

  int network_width_, network_height_;
  ImageInfo out_;
  int colors_;  ///< 1 or 3
  const AlphaPlane* alpha_;
  Consumer consumer_;
  std::optional<CubicResampler> resampler_;
  std::vector<float> grey_, resampled_;
  std::vector<std::byte> rows_;  ///< a few finished rows, so that the writer is not called for each one
  int pending_ = 0, y_ = 0;
};

/// Bytes of the output side of a run: its sink and, for pictures with alpha, the plane and the pass that makes it.
std::uint64_t output_sink_bytes(const PlanRequest& request, const Plan& plan);

}  // namespace nalasr
