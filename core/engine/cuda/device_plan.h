// How a run uses a GPU's memory: strip height, and how much of the resident map stays on the device.
#pragma once

#include <optional>

#include "engine/cuda/layout.h"
#include "nalasr/result.h"

namespace nalasr::cuda {

struct DeviceRequest {
  ModelSpec spec;
  int width = 0, height = 0;
  int picture_row_bytes = 0;
  Sample sample = Sample::f32;
  bool output_strips = true;
  int strip_rows = 0;  ///< 0 = chosen here
  DeviceCosts costs{};
  std::optional<std::uint64_t> budget{};
};

struct DeviceChoice {
  int strip_rows = 0;
  std::uint64_t map_bytes = 0, working_bytes = 0;
  DevicePlan memory{};
};

/// The largest strips with which the whole map fits, else the largest that leave most of it on the device. Some of the
/// free memory stays free for other programs. Errors: out_of_memory.
Result<DeviceChoice> plan_device(const DeviceRequest& request);

}  // namespace nalasr::cuda
