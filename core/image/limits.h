// What a header may claim before any pixel is believed. Hostile files lie about sizes; these bounds keep every
// later product (row bytes, picture bytes) far from overflow and every metadata block small.
#pragma once

#include <cstdint>

#include "nalasr/result.h"

namespace nalasr {

inline constexpr std::int64_t kMaxSide = 1'000'000;                ///< pixels, width or height
inline constexpr std::int64_t kMaxPixels = std::int64_t{1} << 31;  ///< width × height
inline constexpr std::uint64_t kMaxMetadataBytes = 64ull << 20;    ///< bytes each of ICC, EXIF and XMP

/// Checks a size that a file's header claims. Errors: corrupt (zero or negative), unsupported (over the limits).
Result<void> check_picture_size(std::int64_t width, std::int64_t height);
/// The refusal of a picture with several frames: the one that a decoder hands out would silently stand for all.
Error animated_picture(const char* format);

}  // namespace nalasr
