// PNG's metadata chunks, read and written by ourselves: libpng sees pixels only. It would drop profiles that it
// dislikes, cannot tell a gAMA chunk from the gamma that an sRGB chunk implies, and finds chunks that follow the
// pixels (where ExifTool puts XMP) only after decoding.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

#include "image/byte_source.h"
#include "nalasr/image.h"

namespace nalasr {

/// Walks over all chunks from the start of the file and collects iCCP, sRGB, gAMA, pHYs, eXIf and XMP. Damaged
/// metadata chunks are left out; damaged pixels are not this function's matter. Leaves the position anywhere.
/// `animated` becomes true where the file holds several frames (APNG).
Metadata read_png_metadata(ByteSource& source, bool& animated);

/// Calls `emit(type, data)` for each chunk that carries `metadata`, all of them to stand before PLTE and IDAT.
/// A picture with an ICC profile gets no sRGB chunk: the PNG specification forbids both.
void make_png_metadata(const Metadata& metadata,
                       const std::function<void(const char* type, std::span<const std::byte> data)>& emit);

}  // namespace nalasr
