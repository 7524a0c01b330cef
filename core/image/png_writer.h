// PNG through libpng; the compressed rows come from PngBandCompressor.
#pragma once

#include <memory>

#include "image/atomic_file.h"
#include "nalasr/image.h"

namespace nalasr {

/// Takes a checked `info`. Errors: io, out_of_memory.
Result<std::unique_ptr<ImageWriter>> create_png(std::unique_ptr<AtomicFile> file, const ImageInfo& info,
                                                const Metadata& metadata, const EncodeOptions& options);

/// Bytes that such a writer holds.
std::uint64_t png_writer_bytes(const ImageInfo& info, const EncodeOptions& options);

}  // namespace nalasr
