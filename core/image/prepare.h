// Loads the parts of the program that a run will need before its memory is metered.
#pragma once

#include <filesystem>

#include "nalasr/image.h"

namespace nalasr {

/// Loads the OpenCV module where reading `input` or writing `output` takes it. What goes wrong is told when the
/// picture is opened.
void prepare_formats(const std::filesystem::path& input, ImageFormat output);

}  // namespace nalasr
