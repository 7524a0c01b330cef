// JPEG's APPn segments, read and written by ourselves: bounded, in one pass, and without libjpeg's pools.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "image/byte_source.h"
#include "nalasr/image.h"

namespace nalasr {

/// Collects EXIF, XMP and ICC from the segments before the first scan (resolution comes from libjpeg). Incomplete
/// profiles are left out; extended XMP is not followed. Leaves the position anywhere.
Metadata read_jpeg_metadata(ByteSource& source);

/// Calls `emit(marker, data)` for each APP1 and APP2 segment that carries `metadata`, in file order; adds a line to
/// `warnings` for each thing that doesn't fit.
void make_jpeg_metadata(const Metadata& metadata,
                        const std::function<void(int marker, std::span<const std::byte> data)>& emit,
                        std::vector<std::string>& warnings);

}  // namespace nalasr
