// EXIF blocks (TIFF structure, either byte order): the orientation, and the in-place changes that an output needs.
// Every offset in a block is hostile until checked.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace nalasr {

/// The orientation 1..8 that the block asks for; 1 where it is absent, damaged or out of range.
int exif_orientation(std::span<const std::byte> exif);

/// The block for a picture that is upright and `width` x `height` pixels: orientation 1, dimensions replaced where
/// present, thumbnail dropped; everything else stays byte for byte at its offset. Empty where the block can't be
/// made consistent (an orientation that could not be neutralised).
std::vector<std::byte> exif_for_output(std::span<const std::byte> exif, int width, int height);

}  // namespace nalasr
