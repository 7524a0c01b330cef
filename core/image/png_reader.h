// PNG through libpng, row by row.
#pragma once

#include <memory>

#include "image/byte_source.h"
#include "nalasr/image.h"

namespace nalasr {

/// Reads header and metadata. Errors: corrupt, unsupported (over the size limits), io, out_of_memory.
Result<std::unique_ptr<ImageReader>> open_png(std::unique_ptr<ByteSource> source);

}  // namespace nalasr
