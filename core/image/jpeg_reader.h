// JPEG through libjpeg-turbo, row by row.
#pragma once

#include <memory>

#include "image/byte_source.h"
#include "nalasr/image.h"

namespace nalasr {

/// Reads header and metadata. Errors: corrupt, unsupported, io, out_of_memory.
Result<std::unique_ptr<ImageReader>> open_jpeg(std::unique_ptr<ByteSource> source);

}  // namespace nalasr
