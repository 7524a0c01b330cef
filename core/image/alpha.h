// Colour under transparency. A straight-alpha picture keeps arbitrary colour (often black) in pixels that nobody
// sees; an upscaler mixes it into the visible edge. Bleeding replaces it by the colour of visible neighbours.
#pragma once

#include <cstdint>

#include "image/picture.h"

namespace nalasr {

/// Gives pixels of alpha 0 the colour of their visible neighbours, and pixels of very low alpha (below 1/16), whose
/// own colour is coarse, a mixture of both. All other pixels and every alpha value stay as they are; pictures
/// without alpha, and wholly invisible ones, stay untouched. Time O(pixels).
/// Errors: out_of_memory; the picture is unchanged then.
Result<void> bleed_color(Picture& picture);

/// Bytes of working memory that bleed_color takes for a picture of this size.
std::uint64_t bleed_color_bytes(int width, int height);

}  // namespace nalasr
