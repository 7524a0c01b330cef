// JPEG through libjpeg-turbo, row by row.
#pragma once

#include <memory>

#include "image/atomic_file.h"
#include "nalasr/image.h"

namespace nalasr {

/// Takes a checked `info` (8-bit grey or RGB). Errors: io, unsupported (over 65500 pixels a side), out_of_memory.
Result<std::unique_ptr<ImageWriter>> create_jpeg(std::unique_ptr<AtomicFile> file, const ImageInfo& info,
                                                 const Metadata& metadata, const EncodeOptions& options);

}  // namespace nalasr
