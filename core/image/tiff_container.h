// ICC and XMP into a TIFF that OpenCV has written without them.
#pragma once

#include <cstddef>
#include <vector>

#include "nalasr/image.h"

namespace nalasr {

/// Gives `file`, a classic TIFF, the metadata's ICC profile and XMP as tags of its first picture: a longer directory
/// is appended and the header points to it; pixels stay where they are. False, and `file` as it was, where it isn't
/// understood.
bool add_tiff_metadata(std::vector<std::byte>& file, const Metadata& metadata);

}  // namespace nalasr
