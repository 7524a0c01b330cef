// TIFF and BMP, and WebP where there is no libwebp (webp_writer.h): through the OpenCV module.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "image/atomic_file.h"
#include "nalasr/image.h"

namespace nalasr {

/// Takes a checked `info`; collects all rows and encodes them at commit(). Errors: unsupported, out_of_memory.
Result<std::unique_ptr<ImageWriter>> create_other(std::unique_ptr<AtomicFile> file, ImageFormat format,
                                                  const ImageInfo& info, const Metadata& metadata,
                                                  const EncodeOptions& options);

/// One line for each thing that such a format cannot carry over.
std::vector<std::string> lost_metadata(ImageFormat format, const Metadata& metadata);

}  // namespace nalasr
