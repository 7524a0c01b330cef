// Formats beside PNG and JPEG: WebP, TIFF, BMP, JPEG 2000, PNM. Implemented through the OpenCV module.
#pragma once

#include <memory>
#include <string>

#include "image/byte_source.h"
#include "nalasr/image.h"

namespace nalasr {

/// `format` is the sniffed name ("webp", ...). Decodes the whole picture at once: OpenCV has no rows and no
/// header-only call. Errors: corrupt, unsupported, io, out_of_memory.
Result<std::unique_ptr<ImageReader>> open_other(std::unique_ptr<ByteSource> source, const std::string& format);

}  // namespace nalasr
