// TIFF and BMP (and WebP without libwebp) through OpenCV: all rows are collected, encoded at commit().
#include "image/other_writer.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <new>
#include <utility>
#include <vector>

#include "image/aligned_buffer.h"
#include "image/opencv_module.h"
#include "image/row_check.h"
#include "image/tiff_container.h"
#include "image/webp_container.h"
#include "image/webp_writer.h"

namespace nalasr {
namespace {

// Channels in the file: WebP has no grey, and none of these formats grey with alpha through OpenCV.
int stored_channels(ImageFormat format, int channels) {
  if (channels == 2) return 4;
  return channels == 1 && format == ImageFormat::webp ? 3 : channels;
}

class OtherWriter final : public ImageWriter {
 public:
  OtherWriter(const OpenCvModule& module, std::unique_ptr<AtomicFile> file, ImageFormat format, const ImageInfo& info,
              const Metadata& metadata, const EncodeOptions& options)
      : module_(module),
        file_(std::move(file)),
        format_(format),
        info_(info),
        metadata_(metadata),
        options_(options),
        warnings_(lost_metadata(format, metadata)) {}

  /// Takes the memory of all rows; false where the machine refuses.
  bool allocate() {
    const int channels = stored_channels(format_, info_.channels);
    const std::size_t stride =
        static_cast<std::size_t>(info_.width) * static_cast<std::size_t>(channels * info_.bits / 8);
    const auto rows = static_cast<std::size_t>(info_.height);
    if (rows > std::numeric_limits<std::ptrdiff_t>::max() / stride) return false;
    pixels_ = AlignedBuffer::allocate(stride * rows);
    picture_ = {pixels_.data(), stride, info_.width, info_.height, channels, info_.bits, false, nullptr};
    return pixels_.data() != nullptr;
  }

  Result<void> write_rows(const StripView& strip) override {
    if (auto fits = check_strip(strip, info_, info_.height - next_row_); !fits) return fits;
    for (int i = 0; i < strip.rows; ++i) {
      const std::byte* from = strip.data + strip.stride * static_cast<std::size_t>(i);
      std::byte* to = pixels_.data() + picture_.stride * static_cast<std::size_t>(next_row_ + i);
      if (info_.bits == 16) {
        copy_row(reinterpret_cast<const std::uint16_t*>(from), reinterpret_cast<std::uint16_t*>(to));
      } else {
        copy_row(reinterpret_cast<const std::uint8_t*>(from), reinterpret_cast<std::uint8_t*>(to));
      }
    }
    next_row_ += strip.rows;
    return {};
  }
  Result<void> commit() override;
  [[nodiscard]] std::uint64_t resident_bytes() const override { return pixels_.size(); }
  [[nodiscard]] const std::vector<std::string>& warnings() const override { return warnings_; }

 private:
  // RGB(A) to OpenCV's BGR(A); grey is repeated where the format has no grey.
  template <typename Sample>
  void copy_row(const Sample* from, Sample* to) const {
    const int in = info_.channels, out = picture_.channels;
    for (int x = 0; x < info_.width; ++x, from += in, to += out) {
      for (int c = 0; c < std::min(out, 3); ++c) to[c] = from[in >= 3 ? 2 - c : 0];
      if (out == 4) to[3] = from[in - 1];
    }
  }
  [[nodiscard]] std::vector<int> parameters() const {
    if (format_ == ImageFormat::webp) return {kWebpQuality, std::clamp(options_.quality, 1, 100)};
    if (format_ == ImageFormat::tiff && metadata_.x_dpi >= 0.5 && metadata_.y_dpi >= 0.5) {
      const auto dpi = [](double value) { return static_cast<int>(std::lround(std::min(value, 1e6))); };
      return {kTiffResolutionUnit, 2, kTiffXDpi, dpi(metadata_.x_dpi), kTiffYDpi, dpi(metadata_.y_dpi)};
    }
    return {};
  }
  Result<std::vector<std::byte>> encode();

  const OpenCvModule& module_;
  std::unique_ptr<AtomicFile> file_;
  ImageFormat format_;
  ImageInfo info_;
  Metadata metadata_;
  EncodeOptions options_;
  AlignedBuffer pixels_;  // all rows, as the module takes them
  CodecPicture picture_{};
  int next_row_ = 0;
  std::vector<std::string> warnings_;
};

Result<std::vector<std::byte>> OtherWriter::encode() {
  const std::string name = extension_of(format_);
  const Error no_memory{ErrorCode::out_of_memory, "not enough memory to encode the " + name + " file", "choose PNG"};
  try {
    const std::vector<int> pairs = parameters();
    CodecFile encoded{};
    const CodecOutcome outcome = module_.encode(&picture_, ("." + name).c_str(), pairs.data(), pairs.size(), &encoded);
    if (outcome == CodecOutcome::out_of_memory) return no_memory;
    if (outcome != CodecOutcome::ok) {
      return Error{ErrorCode::internal, "cannot encode the " + name + " file", "choose PNG"};
    }
    const std::unique_ptr<void, void (*)(void*)> owner(encoded.owner, module_.release_file);
    std::vector<std::byte> file(encoded.bytes, encoded.bytes + encoded.size);
    if (format_ == ImageFormat::webp) return add_webp_metadata(std::move(file), metadata_, info_.width, info_.height);
    if (format_ == ImageFormat::tiff && !add_tiff_metadata(file, metadata_)) {
      warnings_.emplace_back("the ICC profile and XMP are not kept in this TIFF");
    }
    return file;
  } catch (const std::bad_alloc&) { return no_memory; }
}

Result<void> OtherWriter::commit() {
  if (next_row_ != info_.height) return Error{ErrorCode::internal, "fewer rows were written than announced", ""};
  auto bytes = encode();
  if (!bytes) return bytes.error();
  if (auto written = file_->write(bytes->data(), bytes->size()); !written) return written;
  return file_->commit();
}

}  // namespace

std::vector<std::string> lost_metadata(ImageFormat format, const Metadata& metadata) {
  std::vector<std::string> lines;
  const bool webp = format == ImageFormat::webp;
  const std::string name = webp ? "WebP" : format == ImageFormat::tiff ? "TIFF" : "BMP";
  const auto lost = [&](bool present, const char* what) {
    if (present) lines.push_back(std::string(what) + " is not kept in " + name);
  };
  lost(format == ImageFormat::bmp && !metadata.icc.empty(), "the ICC profile");
  lost(!webp && !metadata.exif.empty(), "EXIF");
  lost(format == ImageFormat::bmp && !metadata.xmp.empty(), "XMP");
  lost(format != ImageFormat::tiff && metadata.x_dpi > 0, "the resolution");
  const bool odd_gamma = metadata.icc.empty() && metadata.srgb_intent < 0 && metadata.gamma > 0 &&
                         std::abs(metadata.gamma - 0.45455) > 0.001;
  lost(odd_gamma, "the gamma value (PNG gAMA)");
  return lines;
}

Result<std::unique_ptr<ImageWriter>> create_other(std::unique_ptr<AtomicFile> file, ImageFormat format,
                                                  const ImageInfo& info, const Metadata& metadata,
                                                  const EncodeOptions& options) {
  const auto& module = opencv_module();
  if (!module) return module.error();
  if (format == ImageFormat::webp && (*module)->webp_begin != nullptr) {
    return create_webp(**module, std::move(file), info, metadata, options);
  }
  auto writer = std::make_unique<OtherWriter>(**module, std::move(file), format, info, metadata, options);
  if (!writer->allocate()) {
    return Error{ErrorCode::out_of_memory, "not enough memory to collect the picture for this format", "choose PNG"};
  }
  return std::unique_ptr<ImageWriter>(std::move(writer));
}

}  // namespace nalasr
