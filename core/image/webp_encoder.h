// Encodes WebP with libwebp in little memory; a part of the OpenCV module (opencv_codec.h), as plain functions.
#pragma once

#include <cstddef>

#include "image/opencv_codec.h"

namespace nalasr {

/// A picture of 8-bit rows that are kept as libwebp's planes: 1.5 bytes a pixel, 2.5 with alpha. Null without memory.
void* webp_begin(int width, int height, bool alpha, int quality);
/// The next rows, RGB or RGBA by `alpha`; an even number of them unless they are the last.
CodecOutcome webp_rows(void* picture, const std::byte* rows, std::size_t stride, int count);
/// Encodes; the file goes piece by piece to `take`, whose `false` ends it as failed.
CodecOutcome webp_end(void* picture, bool (*take)(void* context, const std::byte* bytes, std::size_t size),
                      void* context);
void webp_free(void* picture);

}  // namespace nalasr
