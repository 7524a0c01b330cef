// WebP through libwebp, which the OpenCV module brings where it was built with it.
#pragma once

#include <cstdint>
#include <memory>

#include "image/atomic_file.h"
#include "image/opencv_codec.h"
#include "nalasr/image.h"

namespace nalasr {

/// Takes a checked `info` and a module that has `webp_begin`. Errors: out_of_memory.
Result<std::unique_ptr<ImageWriter>> create_webp(const OpenCvModule& module, std::unique_ptr<AtomicFile> file,
                                                 const ImageInfo& info, const Metadata& metadata,
                                                 const EncodeOptions& options);

/// What such a writer holds: its planes and a band of rows.
std::uint64_t webp_writer_bytes(const ImageInfo& info);
/// What its commit() takes, the planes included: for noise, and for the alpha of an enlarged picture.
/// Simpler ones take less; an alpha noisy from pixel to pixel, which enlarging does not leave, up to a third more.
std::uint64_t webp_commit_bytes(const ImageInfo& info);

}  // namespace nalasr
