// The smallest EXIF block that says how a picture is turned, for the tests of readers, engine and program.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace nalasr::test {

/// A TIFF header and one directory with one entry, the orientation (tag 0x0112, SHORT).
inline std::vector<std::byte> exif_with_orientation(int orientation, bool big_endian = false) {
  const auto o = static_cast<char>(orientation);
  const std::string block =
      big_endian ? std::string("MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0", 19) + o + std::string(6, '\0')
                 : std::string("II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0", 18) + o + std::string(7, '\0');
  const auto* bytes = reinterpret_cast<const std::byte*>(block.data());
  return {bytes, bytes + block.size()};
}

}  // namespace nalasr::test
