// WebP, TIFF, BMP, JPEG 2000 and PNM through OpenCV. Orientation: imdecode leaves WebP's EXIF orientation alone
// with IMREAD_UNCHANGED, so it is reported; its TIFF decoder has applied TIFF's own tag, so that one is not.
#include "image/other_reader.h"

#include <memory>
#include <utility>
#include <vector>

#include "image/exif.h"
#include "image/limits.h"
#include "image/opencv_module.h"
#include "image/other_header.h"
#include "image/row_check.h"
#include "image/webp_container.h"

namespace nalasr {
namespace {

// A picture in the module's memory.
struct DecodedPicture {
  CodecPicture view{};
  std::unique_ptr<void, void (*)(void*)> owner;
};

class OtherReader final : public ImageReader {
 public:
  OtherReader(DecodedPicture picture, ImageInfo info, Metadata metadata)
      : picture_(std::move(picture)), info_(std::move(info)), metadata_(std::move(metadata)) {}

  [[nodiscard]] const ImageInfo& info() const override { return info_; }
  [[nodiscard]] const Metadata& metadata() const override { return metadata_; }
  Result<void> read_rows(const StripView& strip) override {
    if (auto fits = check_strip(strip, info_, info_.height - next_row_); !fits) return fits;
    for (int i = 0; i < strip.rows; ++i) {
      std::byte* to = strip.data + strip.stride * static_cast<std::size_t>(i);
      const std::size_t offset = picture_.view.stride * static_cast<std::size_t>(next_row_ + i);
      const std::byte* from = static_cast<const std::byte*>(picture_.view.pixels) + offset;
      if (info_.bits == 16) {
        copy_row(reinterpret_cast<const std::uint16_t*>(from), reinterpret_cast<std::uint16_t*>(to));
      } else {
        copy_row(reinterpret_cast<const std::uint8_t*>(from), reinterpret_cast<std::uint8_t*>(to));
      }
    }
    next_row_ += strip.rows;
    return {};
  }
  [[nodiscard]] std::uint64_t resident_bytes() const override {
    return picture_.view.stride * static_cast<std::size_t>(picture_.view.height);
  }

 private:
  // OpenCV's BGR(A) to RGB(A); drops a fourth channel that the picture doesn't have.
  template <typename Sample>
  void copy_row(const Sample* from, Sample* to) const {
    const int in = picture_.view.channels, out = info_.channels;
    for (int x = 0; x < info_.width; ++x, from += in, to += out) {
      for (int c = 0; c < out; ++c) to[c] = from[out >= 3 && c < 3 ? 2 - c : c];
    }
  }

  DecodedPicture picture_;
  ImageInfo info_;
  Metadata metadata_;
  int next_row_ = 0;
};

Result<DecodedPicture> decode(const OpenCvModule& module, const std::vector<std::byte>& file,
                              const std::string& format) {
  CodecPicture view{};
  switch (module.decode(file.data(), file.size(), &view)) {
    case CodecOutcome::ok:
      return DecodedPicture{view, {view.owner, module.release_picture}};
    case CodecOutcome::out_of_memory:
      return Error{ErrorCode::out_of_memory, "not enough memory to decode the " + format + " file", ""};
    case CodecOutcome::failed:
      break;
  }
  return Error{ErrorCode::corrupt, "the " + format + " file is damaged or of an unusual kind",
               "convert it to PNG with another program"};
}

}  // namespace

Result<std::unique_ptr<ImageReader>> open_other(std::unique_ptr<ByteSource> source, const std::string& format) {
  const auto& module = opencv_module();
  if (!module) return module.error();
  if (source->size() > 0x7FFFFFFF) {
    return Error{ErrorCode::unsupported, "a " + format + " file over 2 GiB can't be read", "convert it to PNG"};
  }
  std::vector<std::byte> file(source->size());
  if (source->read(file.data(), file.size()) != file.size()) {
    return Error{ErrorCode::io, "cannot read the file: " + source->io_error(), ""};
  }
  const OtherHeader header = read_other_header(file, format);
  if (header.width != 0 || header.height != 0) {
    if (auto size = check_picture_size(header.width, header.height); !size) return size.error();
  }
  if (header.width * header.height > std::int64_t{1} << 30) {
    return Error{ErrorCode::unsupported, "a " + format + " file of over 2^30 pixels can't be read",
                 "convert it to PNG or JPEG"};
  }
  if (header.animated) return animated_picture("WebP");
  if (header.pages > 1) {
    return Error{ErrorCode::unsupported, "this TIFF has several pages, of which only the first would be upscaled",
                 "split it first, for example with tiffsplit or ImageMagick"};
  }
  if (header.cmyk) {  // OpenCV would convert the inks without their profile
    return Error{ErrorCode::unsupported, "CMYK in a TIFF can't be read", "save it as a CMYK JPEG, or as an RGB TIFF"};
  }
  const Error floating{ErrorCode::unsupported, "floating-point pictures can't be read",
                       "convert it to a 16-bit PNG or TIFF"};
  if (header.floating_point) return floating;

  auto decoded = decode(**module, file, format);
  if (!decoded) return decoded.error();
  const CodecPicture& picture = decoded->view;
  if (picture.floating_point) return floating;
  if (picture.bits == 0 || picture.channels > 4) {
    return Error{ErrorCode::unsupported, "this kind of " + format + " file can't be read", "convert it to PNG"};
  }
  if (auto size = check_picture_size(picture.width, picture.height); !size) return size.error();

  Metadata metadata;
  if (format == "webp") metadata = read_webp_metadata(file);
  if (format == "tiff") metadata = read_tiff_metadata(file);
  ImageInfo info;
  info.width = picture.width;
  info.height = picture.height;
  info.channels = picture.channels == 4 && header.alpha_is_unused ? 3 : picture.channels;
  info.bits = picture.bits;
  info.source_bits = info.bits;
  info.orientation = exif_orientation(metadata.exif);
  info.format = format;
  info.color_model = info.channels <= 2 ? "grey" : "rgb";
  return std::unique_ptr<ImageReader>(new OtherReader(*std::move(decoded), std::move(info), std::move(metadata)));
}

}  // namespace nalasr
