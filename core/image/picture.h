// A whole picture in memory, upright.
#pragma once

#include <cstdint>

#include "image/aligned_buffer.h"
#include "nalasr/image.h"

namespace nalasr {

/// Pixels packed row by row (stride = info.row_bytes()), 64-byte aligned. info.orientation is 1.
struct Picture {
  ImageInfo info;
  AlignedBuffer pixels;

  [[nodiscard]] std::byte* row(int y) { return pixels.data() + info.row_bytes() * static_cast<std::size_t>(y); }
  [[nodiscard]] const std::byte* row(int y) const {
    return pixels.data() + info.row_bytes() * static_cast<std::size_t>(y);
  }
};

/// Reads all rows and applies the EXIF orientation to the pixels (width and height change places for 5 to 8).
/// The reader must not have handed out rows yet. Errors: the reader's; out_of_memory.
Result<Picture> read_picture(ImageReader& reader);

/// Bytes that read_picture holds at its peak, besides the reader's own resident_bytes(): one copy of the pixels,
/// two where the orientation swaps width and height.
std::uint64_t read_picture_bytes(const ImageInfo& info);

}  // namespace nalasr
