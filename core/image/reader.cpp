// Which reader a file gets: by its first bytes, whatever its name says.
#include <cstring>
#include <new>
#include <string_view>
#include <utility>

#include "image/byte_source.h"
#include "image/jpeg_reader.h"
#include "image/opencv_module.h"
#include "image/other_reader.h"
#include "image/png_reader.h"
#include "image/prepare.h"
#include "nalasr/image.h"

namespace nalasr {
namespace {

using namespace std::string_view_literals;

// The format's name, or nothing for content that no reader knows.
std::string sniff(std::string_view head) {
  const auto starts = [head](std::string_view magic, std::size_t at = 0) {
    return head.size() >= at + magic.size() && head.substr(at, magic.size()) == magic;
  };
  // Four bytes of PNG's eight: the rest shows line-ending damage, which libpng names.
  if (starts("\x89PNG"sv)) return "png";
  if (starts("\xFF\xD8\xFF"sv)) return "jpeg";
  if (starts("RIFF"sv) && starts("WEBP"sv, 8)) return "webp";
  if (starts("II*\0"sv) || starts("MM\0*"sv) || starts("II+\0"sv) || starts("MM\0+"sv)) return "tiff";
  if (starts("BM"sv) && head.size() >= 26) return "bmp";
  if (starts("\0\0\0\x0CjP  \r\n\x87\n"sv) || starts("\xFF\x4F\xFF\x51"sv)) return "jpeg2000";
  if (head.size() >= 3 && head[0] == 'P' && head[1] >= '1' && head[1] <= '7' &&
      (head[2] == '\n' || head[2] == ' ' || head[2] == '\r' || head[2] == '\t' || head[2] == '#')) {
    return "pnm";
  }
  return "";
}

// Kinds that we can name but not read: an answer better than "unknown".
std::string foreign_kind(std::string_view head) {
  const auto starts = [head](std::string_view magic, std::size_t at = 0) {
    return head.size() >= at + magic.size() && head.substr(at, magic.size()) == magic;
  };
  if (starts("GIF8"sv)) return "a GIF";
  if (starts("ftypavif"sv, 4) || starts("ftypavis"sv, 4)) return "an AVIF picture";
  if (starts("ftypheic"sv, 4) || starts("ftypheix"sv, 4) || starts("ftypmif1"sv, 4)) return "a HEIC picture";
  if (starts("\xFF\x0A"sv) || starts("\0\0\0\x0CJXL "sv)) return "a JPEG XL picture";
  if (starts("v/1\x01"sv)) return "an OpenEXR picture (floating point)";
  if (starts("#?RADIANCE"sv) || starts("#?RGBE"sv)) return "a Radiance HDR picture (floating point)";
  if (starts("8BPS"sv)) return "a Photoshop document";
  if (starts("%PDF"sv)) return "a PDF document";
  if (starts("<svg"sv) || starts("<?xml"sv)) return "an SVG or XML file";
  return "";
}

Result<std::unique_ptr<ImageReader>> open_source(std::unique_ptr<ByteSource> source) {
  char bytes[32];
  const std::size_t n = source->read(bytes, sizeof bytes);
  if (!source->io_error().empty()) { return Error{ErrorCode::io, "cannot read the file: " + source->io_error(), ""}; }
  if (n == 0) return Error{ErrorCode::corrupt, "the file is empty", ""};
  const std::string_view head(bytes, n);
  source->seek(0);
  const std::string format = sniff(head);
  if (format == "png") return open_png(std::move(source));
  if (format == "jpeg") return open_jpeg(std::move(source));
  if (!format.empty()) return open_other(std::move(source), format);
  if (const std::string kind = foreign_kind(head); !kind.empty()) {
    const bool gif = kind == "a GIF";
    return Error{ErrorCode::unsupported, "this is " + kind + ", which can't be read",
                 gif ? "convert it to PNG, an animation frame by frame" : "convert it to PNG or JPEG"};
  }
  return Error{ErrorCode::unsupported, "this is not a picture of a known format",
               "PNG, JPEG, WebP, TIFF and BMP can be read"};
}

// The containers of metadata may throw bad_alloc; callers of the library never meet an exception.
Result<std::unique_ptr<ImageReader>> open_catching(std::unique_ptr<ByteSource> source) {
  try {
    return open_source(std::move(source));
  } catch (const std::bad_alloc&) {
    return Error{ErrorCode::out_of_memory, "not enough memory to open the picture", ""};
  }
}

}  // namespace

void prepare_formats(const std::filesystem::path& input, ImageFormat output) {
  bool other = output != ImageFormat::png && output != ImageFormat::jpeg;
  if (auto source = open_file_source(input); source && !other) {
    char head[32];
    const std::string format = sniff({head, (*source)->read(head, sizeof head)});
    other = !format.empty() && format != "png" && format != "jpeg";
  }
  if (other) (void)opencv_module();
}

Result<std::unique_ptr<ImageReader>> ImageReader::open(const std::filesystem::path& path) {
  auto source = open_file_source(path);
  if (!source) return source.error();
  return open_catching(std::move(*source));
}

Result<std::unique_ptr<ImageReader>> ImageReader::open_memory(const std::byte* bytes, std::size_t size) {
  return open_catching(make_memory_source(bytes, size));
}

}  // namespace nalasr
