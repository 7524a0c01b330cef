// JPEG through libjpeg-turbo, row by row.
#pragma once

#include <memory>

#include "image/atomic_file.h"
#include "nalasr/image.h"

namespace nalasr {

/// Takes a checked `info` (8-bit grey or RGB). Errors: io, unsupported (over 65500 pixels a side), out_of_memory.
Result<std::unique_ptr<ImageWriter>> create_jpeg(std::unique_ptr<AtomicFile> file, const ImageInfo& info,
                                                 const Metadata& metadata, const EncodeOptions& options);

/// Bytes that such a writer holds: its buffer, and a row of MCUs (at most 16 rows) as samples, with context for the
/// chroma smoothing.
inline std::uint64_t jpeg_writer_bytes(const ImageInfo& info) {
  return (1u << 16) + std::uint64_t{info.row_bytes()} * 16 * 2;
}

}  // namespace nalasr
