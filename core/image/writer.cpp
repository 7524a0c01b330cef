// Which writer a format gets, after one check of what is asked.
#include <algorithm>
#include <new>
#include <utility>

#include "image/atomic_file.h"
#include "image/jpeg_writer.h"
#include "image/other_writer.h"
#include "image/png_writer.h"
#include "image/webp_writer.h"
#include "nalasr/image.h"

namespace nalasr {
namespace {

#ifdef NALASR_HAS_WEBP
constexpr bool kOwnWebp = true;
#else
constexpr bool kOwnWebp = false;
#endif

Result<void> check_request(ImageFormat format, const ImageInfo& info) {
  if (info.width <= 0 || info.height <= 0 || info.channels < 1 || info.channels > 4 ||
      (info.bits != 8 && info.bits != 16)) {
    return Error{ErrorCode::invalid_argument, "the output needs a size, 1 to 4 channels and 8 or 16 bits", ""};
  }
  const std::string name = extension_of(format);
  if (!format_holds(format, info.channels, info.bits)) {
    const bool alpha = info.has_alpha() && !format_holds(format, info.channels, 8);
    return Error{ErrorCode::unsupported,
                 "a " + name + " file can't hold " + (alpha ? "transparency" : "16 bits per channel"), "choose PNG"};
  }
  const int side = format_max_side(format);
  if (info.width > side || info.height > side) {
    return Error{ErrorCode::unsupported, "a " + name + " file holds at most " + std::to_string(side) + " pixels a side",
                 "choose PNG"};
  }
  return {};
}

// All rows, as OpenCV takes them. Grey is stored as RGB where the format has no grey.
std::uint64_t collected_bytes(ImageFormat format, const ImageInfo& info) {
  ImageInfo stored = info;
  const bool widened =
      format == ImageFormat::webp ? info.channels <= 2 : format == ImageFormat::tiff && info.channels == 2;
  if (widened) stored.channels += 2;
  return std::uint64_t{stored.row_bytes()} * static_cast<std::uint64_t>(info.height);
}

}  // namespace

std::uint64_t ImageWriter::resident_bytes_for(ImageFormat format, const ImageInfo& info, const EncodeOptions& options) {
  if (format == ImageFormat::png) return png_writer_bytes(info, options);
  if (format == ImageFormat::jpeg) return jpeg_writer_bytes(info);
  if (format == ImageFormat::webp && kOwnWebp) return webp_writer_bytes(info);
  return collected_bytes(format, info);
}

std::uint64_t ImageWriter::commit_bytes_for(ImageFormat format, const ImageInfo& info, const EncodeOptions& options) {
  if (format == ImageFormat::png || format == ImageFormat::jpeg) return resident_bytes_for(format, info, options);
  if (format == ImageFormat::webp && kOwnWebp) return webp_commit_bytes(info);
  const std::uint64_t rows = collected_bytes(format, info);
  if (format != ImageFormat::webp) return 3 * rows;  // the encoded file twice, each of which may be as large again
  // Through OpenCV libwebp keeps its symbols until the end: for noise the more of them the higher the quality is, for
  // other pictures a half or less. Alpha takes more than that, whatever the quality (measured: docs/performance.md).
  const double per_pixel = info.has_alpha() ? 32.0 : 21 + 0.4 * std::max(0, options.quality - 75);
  return rows + static_cast<std::uint64_t>(per_pixel * info.width * info.height);
}

Result<std::unique_ptr<ImageWriter>> ImageWriter::create(const std::filesystem::path& path, ImageFormat format,
                                                         const ImageInfo& info, const Metadata& metadata,
                                                         const EncodeOptions& options) {
  try {
    if (auto request = check_request(format, info); !request) return request.error();
    auto file = AtomicFile::create(path);
    if (!file) return file.error();
    if (format == ImageFormat::png) return create_png(std::move(*file), info, metadata, options);
    if (format == ImageFormat::jpeg) return create_jpeg(std::move(*file), info, metadata, options);
    return create_other(std::move(*file), format, info, metadata, options);
  } catch (const std::bad_alloc&) {
    return Error{ErrorCode::out_of_memory, "not enough memory to write the picture", ""};
  }
}

}  // namespace nalasr
