// Formats beside PNG and JPEG: WebP, TIFF, BMP. Implemented through the OpenCV module.
#pragma once

#include <memory>

#include "image/atomic_file.h"
#include "nalasr/image.h"

namespace nalasr {

/// Takes a checked `info`; collects all rows and encodes them at commit(). Errors: unsupported, out_of_memory.
Result<std::unique_ptr<ImageWriter>> create_other(std::unique_ptr<AtomicFile> file, ImageFormat format,
                                                  const ImageInfo& info, const Metadata& metadata,
                                                  const EncodeOptions& options);

}  // namespace nalasr
