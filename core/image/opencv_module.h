// Loads the OpenCV module when the first picture needs it, so that runs with PNG and JPEG only never pay for it.
#pragma once

#include <filesystem>

#include "image/opencv_codec.h"
#include "nalasr/result.h"

namespace nalasr {

/// The module, loaded on the first call and kept to the end of the process; a failure is kept as well. Thread-safe.
/// Errors: unsupported (missing, not loadable, of another build).
const Result<const OpenCvModule*>& opencv_module();

/// Loads the module from `file`; an empty path is the missing module. Never unloads: OpenCV does not survive that.
Result<const OpenCvModule*> load_opencv_module(const std::filesystem::path& file);

}  // namespace nalasr
