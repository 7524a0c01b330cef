#include "image/limits.h"

#include <string>

namespace nalasr {

Result<void> check_picture_size(std::int64_t width, std::int64_t height) {
  if (width <= 0 || height <= 0)
    return Error{ErrorCode::corrupt, "the picture has no pixels (width or height is 0)", ""};
  const std::string size = std::to_string(width) + " x " + std::to_string(height);
  if (width > kMaxSide || height > kMaxSide) {
    return Error{ErrorCode::unsupported, "the picture claims " + size + " pixels; a side may have at most 1000000", ""};
  }
  if (width * height > kMaxPixels) {
    return Error{ErrorCode::unsupported, "the picture claims " + size + " pixels; at most 2^31 are supported", ""};
  }
  return {};
}

Error animated_picture(const char* format) {
  return {ErrorCode::unsupported, std::string("this is an animated ") + format + ", and only pictures can be upscaled",
          "take its frames apart first, for example with ffmpeg or ImageMagick"};
}

}  // namespace nalasr
