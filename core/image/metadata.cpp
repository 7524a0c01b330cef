// What of a picture's metadata is still true after its pixels were turned upright and resized.
#include "image/exif.h"
#include "image/xmp.h"
#include "nalasr/image.h"

namespace nalasr {

Metadata metadata_for_output(const Metadata& input, int width, int height) {
  Metadata output = input;
  output.exif = exif_for_output(input.exif, width, height);
  output.xmp = xmp_for_output(input.xmp, width, height);
  return output;
}

}  // namespace nalasr
