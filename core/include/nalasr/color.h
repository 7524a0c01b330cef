// From the colours of a picture's file to those of a screen.
//
//     auto colors = nalasr::ScreenColors::create(reader->info(), reader->metadata());
//     if (colors) colors->convert(pixels, count);
//
// Thread safety: immutable; convert() may be called from several threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "nalasr/image.h"

namespace nalasr {

class ScreenColors {
 public:
  /// By the picture's embedded profile (else its PNG gamma) to `screen_profile`, an ICC profile (empty: sRGB). Null
  /// where nothing has to be converted, where a profile is unusable, and in builds without Little CMS.
  static std::shared_ptr<const ScreenColors> create(const ImageInfo& info, const Metadata& metadata,
                                                    std::span<const std::byte> screen_profile = {});

  virtual ~ScreenColors() = default;
  /// Pixels 0xAARRGGBB in native byte order, in place; alpha is left alone.
  virtual void convert(std::uint32_t* pixels, int count) const = 0;
};

/// What an ICC profile calls itself ("Display P3"); empty where it says nothing readable.
std::string profile_name(std::span<const std::byte> icc);

}  // namespace nalasr
