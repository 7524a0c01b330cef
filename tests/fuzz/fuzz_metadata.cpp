// Any bytes as EXIF, XMP, WebP container and TIFF directory: what is read, and what an output would carry.
#include <cstdlib>
#include <span>
#include <string>
#include <vector>

#include "fuzz/fuzz_driver.h"
#include "image/exif.h"
#include "image/other_header.h"
#include "image/webp_container.h"
#include "nalasr/image.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto* bytes = reinterpret_cast<const std::byte*>(data);
  const std::vector<std::byte> block(bytes, bytes + size);
  nalasr::Metadata metadata;
  metadata.exif = metadata.xmp = block;
  const nalasr::Metadata out = nalasr::metadata_for_output(metadata, 4000, 3000);
  // An output carries no more than the input did, and is upright. An EXIF block that cannot be read is not carried.
  if (out.exif.size() > block.size()) std::abort();
  if (nalasr::exif_orientation(out.exif) != 1) std::abort();
  const int orientation = nalasr::exif_orientation(block);
  if (orientation < 1 || orientation > 8) std::abort();
  (void)nalasr::read_webp_metadata(block);
  (void)nalasr::read_tiff_metadata(block);
  for (const char* format : {"webp", "tiff", "bmp", "pnm"}) (void)nalasr::read_other_header(block, format);
  return 0;
}

std::vector<std::vector<std::uint8_t>> fuzz_seeds() {
  const auto seed = [](const std::string& text) { return std::vector<std::uint8_t>(text.begin(), text.end()); };
  return {
      seed(std::string(
          "MM\0*\0\0\0\x08\0\x02\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\x87\x69\0\x04\0\0\0\x01\0\0\0\x26\0\0\0\0"
          "\0\x01\xA0\x02\0\x04\0\0\0\x01\0\0\0\x20\0\0\0\0",
          56)),
      seed(std::string("II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0", 26)),
      seed("<x:xmpmeta xmlns:x='adobe:ns:meta/' xmlns:tiff='http://ns.adobe.com/tiff/1.0/' tiff:Orientation='6' "
           "tiff:ImageWidth=\"100\"><exif:PixelXDimension>100</exif:PixelXDimension></x:xmpmeta>"),
      seed(std::string(
          "RIFF\x2a\0\0\0WEBPVP8X\x0a\0\0\0\x0c\0\0\0\x0f\0\0\x0f\0\0EXIF\x04\0\0\0MM\0*XMP \x04\0\0\0<x/>", 50)),
      seed("P6\n# a comment\n12 8\n255\n"),
      seed(std::string("BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x10\0\0\0\x10\0\0\0\x01\0\x20\0", 30)),
  };
}
