#include "engine/output_sink.h"

#include <algorithm>

namespace nalasr {
namespace {

constexpr int kRowsPerCall = 16;

template <typename Sample>
void quantise(const float* in, int width, int colors, int channels, float largest, Sample* out) {
  for (int x = 0; x < width; ++x, in += colors, out += channels)
    for (int c = 0; c < colors; ++c) {
      const float value = in[c] > 0 ? std::min(in[c], 1.0f) : 0.0f;  // also for NaN, whose conversion is undefined
      out[c] = static_cast<Sample>(value * largest + 0.5f);
    }
}

template <typename Sample>
void fill_alpha(const Sample* alpha, int width, int channels, Sample* out) {
  for (int x = 0; x < width; ++x) out[x * channels + channels - 1] = alpha ? alpha[x] : static_cast<Sample>(~Sample{0});
}

}  // namespace

OutputSink::OutputSink(int network_width, int network_height, const ImageInfo& out, const AlphaPlane* alpha,
                       Consumer consumer)
    : network_width_(network_width),
      network_height_(network_height),
      out_(out),
      colors_(out.channels <= 2 ? 1 : 3),
      alpha_(alpha),
      consumer_(std::move(consumer)) {
  if (colors_ == 1) grey_.resize(network_width);
  if (out.width != network_width || out.height != network_height) {
    resampler_.emplace(network_width, network_height, out.width, out.height, colors_);
    resampled_.resize(static_cast<std::size_t>(out.width) * colors_);
  }
  rows_.resize(out.row_bytes() * kRowsPerCall);
}

std::uint64_t OutputSink::bytes(int network_width, int network_height, const ImageInfo& out) {
  const int colors = out.channels <= 2 ? 1 : 3;
  std::uint64_t bytes = out.row_bytes() * kRowsPerCall + (colors == 1 ? network_width * sizeof(float) : 0);
  if (out.width != network_width || out.height != network_height)
    bytes += CubicResampler::state_bytes(network_width, network_height, out.width, out.height, colors) +
             static_cast<std::uint64_t>(out.width) * colors * sizeof(float);
  return bytes;
}

void OutputSink::push(int rows, const float* rgb) {
  for (int r = 0; r < rows; ++r, rgb += static_cast<std::size_t>(network_width_) * 3) {
    const float* row = rgb;
    if (colors_ == 1) {
      for (int x = 0; x < network_width_; ++x) grey_[x] = (rgb[3 * x] + rgb[3 * x + 1] + rgb[3 * x + 2]) / 3;
      row = grey_.data();
    }
    if (!resampler_) {
      emit(row);
      continue;
    }
    resampler_->push_row(row);
    while (resampler_->pop_row(resampled_.data())) emit(resampled_.data());
  }
}

void OutputSink::push_bytes(int rows, const std::byte* rgb, std::size_t stride) {
  // A view is for reading here; its pointer is not const because readers fill views, too.
  consumer_({const_cast<std::byte*>(rgb), out_.width, rows, stride});
}

void OutputSink::emit(const float* row) {
  std::byte* out = rows_.data() + out_.row_bytes() * pending_;
  const std::byte* alpha = nullptr;
  if (out_.has_alpha() && alpha_ && alpha_->samples.size())
    alpha = alpha_->samples.data() + static_cast<std::size_t>(y_) * out_.width * (out_.bits / 8);
  if (out_.bits == 16) {
    auto* samples = reinterpret_cast<std::uint16_t*>(out);
    quantise(row, out_.width, colors_, out_.channels, 65535.0f, samples);
    if (out_.has_alpha()) fill_alpha(reinterpret_cast<const std::uint16_t*>(alpha), out_.width, out_.channels, samples);
  } else {
    auto* samples = reinterpret_cast<std::uint8_t*>(out);
    quantise(row, out_.width, colors_, out_.channels, 255.0f, samples);
    if (out_.has_alpha()) fill_alpha(reinterpret_cast<const std::uint8_t*>(alpha), out_.width, out_.channels, samples);
  }
  ++y_;
  if (++pending_ == kRowsPerCall || y_ == out_.height) flush();
}

void OutputSink::flush() {
  consumer_({rows_.data(), out_.width, pending_, out_.row_bytes()});
  pending_ = 0;
}

std::uint64_t output_sink_bytes(const PlanRequest& request, const Plan& plan) {
  ImageInfo out;
  out.width = plan.output_width;
  out.height = plan.output_height;
  out.channels = request.channels;
  out.bits = request.bits;
  const int network_width = plan.width * request.spec.scale, network_height = plan.height * request.spec.scale;
  std::uint64_t bytes = OutputSink::bytes(network_width, network_height, out);
  if (out.has_alpha()) bytes += static_cast<std::uint64_t>(out.width) * out.height * (out.bits / 8);
  return bytes;
}

}  // namespace nalasr
