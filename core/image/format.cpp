// Names and abilities of the formats that can be written.
#include <algorithm>
#include <cctype>

#include "nalasr/image.h"

namespace nalasr {

Result<ImageFormat> parse_image_format(const std::string& name) {
  std::string word = name;
  if (!word.empty() && word.front() == '.') word.erase(0, 1);
  std::transform(word.begin(), word.end(), word.begin(), [](unsigned char c) { return std::tolower(c); });
  if (word == "png") return ImageFormat::png;
  if (word == "jpg" || word == "jpeg" || word == "jpe" || word == "jfif") return ImageFormat::jpeg;
  if (word == "webp") return ImageFormat::webp;
  if (word == "tif" || word == "tiff") return ImageFormat::tiff;
  if (word == "bmp" || word == "dib") return ImageFormat::bmp;
  return Error{ErrorCode::unsupported, "cannot write the format \"" + word + "\"",
               "choose one of png, jpg, webp, tif, bmp"};
}

const char* extension_of(ImageFormat format) {
  switch (format) {
    case ImageFormat::png:
      return "png";
    case ImageFormat::jpeg:
      return "jpg";
    case ImageFormat::webp:
      return "webp";
    case ImageFormat::tiff:
      return "tif";
    case ImageFormat::bmp:
      return "bmp";
  }
  return "";
}

int format_max_side(ImageFormat format) {
  switch (format) {
    case ImageFormat::jpeg:
      return 65500;  // libjpeg's limit, a little below the format's
    case ImageFormat::webp:
      return 16383;
    default:
      return 1'000'000;  // ours, see limits.h
  }
}

// Grey in a WebP and grey + alpha in WebP and TIFF are stored with equal R, G and B: nothing is lost.
bool format_holds(ImageFormat format, int channels, int bits) {
  if (channels < 1 || channels > 4 || (bits != 8 && bits != 16)) return false;
  const bool alpha = channels == 2 || channels == 4;
  switch (format) {
    case ImageFormat::png:
    case ImageFormat::tiff:
      return true;
    case ImageFormat::webp:
      return bits == 8;
    case ImageFormat::jpeg:
    case ImageFormat::bmp:
      return bits == 8 && !alpha;
  }
  return false;
}

}  // namespace nalasr
