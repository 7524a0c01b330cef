// The GPU executor: the sweeps of engine/sweep.h with one kernel call per stage and strip. The host enqueues without
// waiting for the device inside or between sweeps, a few steps ahead of it.
#pragma once

#include <functional>
#include <stop_token>

#include "engine/cuda/output_queue.h"
#include "engine/picture_rows.h"
#include "engine/sweep.h"

namespace nalasr::cuda {

/// What these kernels take, and the memory that is free now.
DeviceCosts costs_of(const Kernels& kernels);

struct RunResult {
  RunOutcome outcome = RunOutcome::finished;
  int delivered = 0;               ///< output rows that the target received; all are right, whatever the outcome
  float milliseconds = 0;          ///< of the device, from the first kernel to the last (finished runs)
  std::uint64_t device_bytes = 0;  ///< by which free device memory shrank, weights not counted
};

/// Runs the network on `picture` (whose data may lie on the device, too). Throws DeviceOutOfMemory before anything was
/// delivered, Failure.
RunResult run_network(const Kernels& kernels, const RunShape& shape, const DeviceCosts& costs, const DevicePlan& plan,
                      const PictureView& picture, const Target& target,
                      const std::function<void(int sweep, double fraction)>& progress, const std::stop_token& stop);

}  // namespace nalasr::cuda
