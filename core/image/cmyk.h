// CMYK rows to RGB rows.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

namespace nalasr {

/// Converts 8-bit CMYK to 8-bit RGB: through the given ICC profile to sRGB where it is a usable CMYK profile (and
/// Little CMS is built in), else by the plain formula (1 - ink)(1 - black).
class CmykToRgb {
 public:
  virtual ~CmykToRgb() = default;
  /// `inverted`: 255 means no ink (Adobe's JPEGs), not full ink.
  static std::unique_ptr<CmykToRgb> create(std::span<const std::byte> icc, bool inverted);
  virtual void convert(const unsigned char* cmyk, unsigned char* rgb, int pixels) const = 0;
};

}  // namespace nalasr
