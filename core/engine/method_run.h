// What every measuring process of `nalasr compare` does, whatever runs in it: the picture, warm-up, meters, repeats.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <vector>

#include "nalasr/method_run.h"

namespace nalasr {

/// 8-bit RGB, interleaved.
struct MethodPicture {
  int width = 0, height = 0;
  std::vector<std::uint8_t> rgb;
};

/// The picture that `request` names, upright and as 8-bit RGB, or a made-up one of its size: waves and noise, always
/// the same. Errors: those of ImageReader.
Result<MethodPicture> method_picture(const MethodRequest& request);

/// Upscales `picture` into `result`, whose size is scale² times the picture's.
using MethodStep = std::function<Result<void>(const MethodPicture& picture, std::span<std::uint8_t> result)>;

/// Runs `step` on a small picture first, which loads what is loaded lazily, then the warm-up, then the timed runs, all
/// with a result of their own; after 45 seconds no further run begins. Fills in times and host memory; whoever knows
/// the device adds the rest. `before_meters`: called when the small picture is done. Errors: those of `step` and
/// method_picture; out_of_memory.
Result<MethodRun> measure_method(const MethodRequest& request, int scale, const MethodStep& step,
                                 const std::function<void()>& before_meters = {});

}  // namespace nalasr
