// XMP packets: the few properties that an output's orientation and size contradict. A textual edit, not an XML
// parser: what it doesn't recognise stays byte for byte.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace nalasr {

/// The packet for a picture that is upright and `width` x `height` pixels: tiff:Orientation becomes 1,
/// tiff:ImageWidth/ImageLength and exif:PixelXDimension/PixelYDimension are replaced where present (attributes or
/// elements), and a pointer to extended XMP, which is not carried, goes. Empty for packets that are not UTF-8.
std::vector<std::byte> xmp_for_output(std::span<const std::byte> xmp, int width, int height);

}  // namespace nalasr
