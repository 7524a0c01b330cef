// One picture between the steps of a run.
#pragma once

#include <chrono>
#include <memory>

#include "image/picture.h"
#include "nalasr/upscaler.h"

namespace nalasr {

struct UpscaleJob {
  UpscaleRequest request;
  std::unique_ptr<ImageReader> reader;  ///< from open() to decode()
  Plan plan;
  std::uint64_t decode_bytes = 0;  ///< what decode() takes at its peak
  ImageInfo out;                   ///< of the result
  Metadata metadata;               ///< of the result
  bool alpha = false;              ///< the picture has an alpha channel that is not all opaque
  Picture picture;                 ///< from decode() to compute()
  std::unique_ptr<ImageWriter> writer;
  RunReport report;
  std::chrono::steady_clock::time_point start;

  /// It will be computed by this plan.
  void follow(const Plan& p) {
    plan = report.plan = p;
    report.predicted_peak = p.predicted_peak;
  }
};

}  // namespace nalasr
