// Writes a picture once more in another format, with its metadata: how a viewer saves a result.
//
//     auto done = nalasr::convert_picture({.input = "result.png", .output = "photo.jpg",
//                                          .format = nalasr::ImageFormat::jpeg});
//
// Thread safety: each call stands alone.
#pragma once

#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "nalasr/image.h"
#include "nalasr/upscaler.h"

namespace nalasr {

struct ConvertRequest {
  std::filesystem::path input, output;
  ImageFormat format = ImageFormat::png;
  EncodeOptions encode{};
};

/// Copies pixels as stored, strip by strip; where the format has 8 bits only, 16-bit samples are rounded. Returns one
/// line for each thing that was not carried over. On any error or cancellation nothing appears at `output`.
/// Errors: those of the reader and the writer (alpha in a JPEG: unsupported); cancelled.
Result<std::vector<std::string>> convert_picture(const ConvertRequest& request, const ProgressCallback& progress = {},
                                                 std::stop_token stop = {});

}  // namespace nalasr
