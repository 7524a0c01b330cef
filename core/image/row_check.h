// The one check that every reader and writer makes on a strip.
#pragma once

#include "nalasr/image.h"

namespace nalasr {

/// Whether `strip` fits rows of `info` with `remaining` rows to go. Errors: internal (a caller's mistake).
inline Result<void> check_strip(const StripView& strip, const ImageInfo& info, int remaining) {
  if (strip.rows < 0 || strip.rows > remaining) {
    return Error{ErrorCode::internal, "more rows than the picture has", ""};
  }
  if (strip.rows == 0) return {};
  if (strip.data == nullptr || strip.width != info.width || strip.stride < info.row_bytes()) {
    return Error{ErrorCode::internal, "the strip does not fit the picture's rows", ""};
  }
  return {};
}

}  // namespace nalasr
