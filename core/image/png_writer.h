// PNG through libpng, row by row.
#pragma once

#include <memory>

#include "image/atomic_file.h"
#include "nalasr/image.h"

namespace nalasr {

/// Takes a checked `info`. Errors: io, out_of_memory.
Result<std::unique_ptr<ImageWriter>> create_png(std::unique_ptr<AtomicFile> file, const ImageInfo& info,
                                                const Metadata& metadata, const EncodeOptions& options);

/// Bytes that such a writer holds: libpng tries five filters (the current, the previous and up to three candidate
/// rows), and zlib's deflate state is 256 KiB at its largest memory level.
inline std::uint64_t png_writer_bytes(const ImageInfo& info) {
  return 5 * std::uint64_t{info.row_bytes()} + (300u << 10);
}

}  // namespace nalasr
