#include "image/webp_writer.h"

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "image/other_writer.h"
#include "image/row_check.h"
#include "image/webp_container.h"

namespace nalasr {
namespace {

constexpr int kBandRows = 16;  // even: chroma is of two rows

int band_channels(const ImageInfo& info) { return info.has_alpha() ? 4 : 3; }

class WebpWriter final : public ImageWriter {
 public:
  WebpWriter(const OpenCvModule& module, std::unique_ptr<AtomicFile> file, const ImageInfo& info,
             const Metadata& metadata, int quality)
      : module_(module),
        file_(std::move(file)),
        info_(info),
        metadata_(metadata),
        picture_(module.webp_begin(info.width, info.height, info.has_alpha(), quality), module.webp_free),
        stride_(static_cast<std::size_t>(info.width) * static_cast<std::size_t>(band_channels(info))),
        band_(stride_ * kBandRows),
        warnings_(lost_metadata(ImageFormat::webp, metadata)) {}

  [[nodiscard]] bool has_memory() const { return picture_ != nullptr; }

  Result<void> write_rows(const StripView& strip) override {
    if (auto fits = check_strip(strip, info_, info_.height - next_row_); !fits) return fits;
    for (int i = 0; i < strip.rows; ++i) {
      widen(strip.data + strip.stride * static_cast<std::size_t>(i),
            band_.data() + stride_ * static_cast<std::size_t>(next_row_ % kBandRows));
      ++next_row_;
      if (next_row_ % kBandRows != 0 && next_row_ != info_.height) continue;
      const int rows = (next_row_ - 1) % kBandRows + 1;
      if (auto taken = check(module_.webp_rows(picture_.get(), band_.data(), stride_, rows)); !taken) return taken;
    }
    return {};
  }

  Result<void> commit() override {
    if (next_row_ != info_.height) return Error{ErrorCode::internal, "fewer rows were written than announced", ""};
    band_ = {};
    auto encoded = check(module_.webp_end(picture_.get(), on_bytes, this));
    if (failure_) return *failure_;
    if (!encoded) return encoded;
    picture_.reset();
    if (!put(frame_.tail)) return *failure_;
    return file_->commit();
  }

  [[nodiscard]] std::uint64_t resident_bytes() const override { return webp_writer_bytes(info_); }
  [[nodiscard]] const std::vector<std::string>& warnings() const override { return warnings_; }

 private:
  static Result<void> check(CodecOutcome outcome) {
    if (outcome == CodecOutcome::ok) return {};
    if (outcome == CodecOutcome::out_of_memory) {
      return Error{ErrorCode::out_of_memory, "not enough memory to encode the webp file", "choose PNG"};
    }
    return Error{ErrorCode::internal, "cannot encode the webp file", "choose PNG"};
  }

  // Grey is repeated: WebP has none.
  void widen(const std::byte* from, std::byte* to) const {
    const int in = info_.channels, out = band_channels(info_);
    if (in == out) {
      std::copy_n(from, stride_, to);
      return;
    }
    for (int x = 0; x < info_.width; ++x, from += in, to += out) {
      std::fill_n(to, 3, from[0]);
      if (out == 4) to[3] = from[1];
    }
  }

  static bool on_bytes(void* self, const std::byte* bytes, std::size_t size) {
    try {
      return static_cast<WebpWriter*>(self)->take({bytes, size});
    } catch (const std::bad_alloc&) { return false; }
  }
  // The beginning is held back until it can be told how the file with metadata begins.
  bool take(std::span<const std::byte> bytes) {
    if (started_) return put(bytes);
    const std::size_t missing = std::min(kWebpFrameBytes - head_.size(), bytes.size());
    head_.insert(head_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(missing));
    if (head_.size() < kWebpFrameBytes) return true;
    started_ = true;
    frame_ = frame_webp(head_, metadata_, info_.width, info_.height);
    return put(frame_.head) && put(std::span(head_).subspan(frame_.replaced)) && put(bytes.subspan(missing));
  }
  bool put(std::span<const std::byte> bytes) {
    if (auto written = file_->write(bytes.data(), bytes.size()); !written) failure_ = written.error();
    return !failure_;
  }

  const OpenCvModule& module_;
  std::unique_ptr<AtomicFile> file_;
  ImageInfo info_;
  Metadata metadata_;
  std::unique_ptr<void, void (*)(void*)> picture_;
  std::size_t stride_;
  std::vector<std::byte> band_, head_;
  WebpFrame frame_;
  bool started_ = false;
  int next_row_ = 0;
  std::optional<Error> failure_;
  std::vector<std::string> warnings_;
};

double pixels_of(const ImageInfo& info) { return static_cast<double>(info.width) * info.height; }

}  // namespace

std::uint64_t webp_writer_bytes(const ImageInfo& info) {
  const auto band =
      std::uint64_t{static_cast<unsigned>(info.width)} * 2 * kBandRows * static_cast<unsigned>(band_channels(info));
  return static_cast<std::uint64_t>(pixels_of(info) * (info.has_alpha() ? 2.5 : 1.5)) + band;
}

// Measured: docs/performance.md.
std::uint64_t webp_commit_bytes(const ImageInfo& info) {
  return static_cast<std::uint64_t>(pixels_of(info) * (info.has_alpha() ? 27 : 3.4)) + (1u << 19);
}

Result<std::unique_ptr<ImageWriter>> create_webp(const OpenCvModule& module, std::unique_ptr<AtomicFile> file,
                                                 const ImageInfo& info, const Metadata& metadata,
                                                 const EncodeOptions& options) {
  auto writer =
      std::make_unique<WebpWriter>(module, std::move(file), info, metadata, std::clamp(options.quality, 1, 100));
  if (!writer->has_memory()) {
    return Error{ErrorCode::out_of_memory, "not enough memory to collect the picture for this format", "choose PNG"};
  }
  return std::unique_ptr<ImageWriter>(std::move(writer));
}

}  // namespace nalasr
