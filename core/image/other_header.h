// What the headers of WebP, TIFF, BMP and PNM say before OpenCV may allocate anything.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "nalasr/image.h"

namespace nalasr {

struct OtherHeader {
  std::int64_t width = 0, height = 0;  ///< pixels as claimed; 0 where the header was not understood
  bool alpha_is_unused = false;        ///< a 32-bit BMP whose fourth byte means nothing
  bool floating_point = false;         ///< samples are floating point
  bool animated = false;               ///< a WebP of several frames
  bool cmyk = false;                   ///< a TIFF of inks
  int pages = 1;                       ///< of a TIFF, thumbnails and masks not counted; at most 2 are looked for
};

/// `format` as sniffed. Never fails: what is not understood stays at its default.
OtherHeader read_other_header(std::span<const std::byte> file, const std::string& format);

/// ICC, XMP and resolution of a TIFF's first picture.
Metadata read_tiff_metadata(std::span<const std::byte> file);

}  // namespace nalasr
