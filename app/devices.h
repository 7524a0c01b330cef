// --device, --precision, --threads and -j: where commands compute, and which workers a batch has.
#pragma once

#include <string>
#include <vector>

#include "nalasr/pipeline.h"
#include "nalasr/result.h"

namespace nalasr::app {

struct DeviceChoice {
  Device device = Device::automatic;
  int index = 0;
};

/// "auto", "cpu", "cuda", "cuda:1", "cuda:0,cuda:1"
Result<std::vector<DeviceChoice>> parse_devices(const std::string& text);
/// "auto", "cpu", "cuda", for commands that compute on one device. Errors: invalid_argument; device_unavailable (cuda,
/// where there is no GPU).
Result<Device> parse_one_device(const std::string& text);
/// "mixed", "fp32"
Result<Precision> parse_precision(const std::string& text);

/// Pictures that decode, compute on each device, and encode at once.
struct WorkerCounts {
  int load = 1, compute = 1, save = 1;
};
/// "2:1:2"
Result<WorkerCounts> parse_workers(const std::string& text);
/// Without -j. A GPU computes so fast that one picture at a time leaves it waiting for copies and encoders.
WorkerCounts usual_workers(const std::vector<DeviceChoice>& devices);

/// One entry for each picture that computes at once; those on the processor share its threads.
std::vector<UpscalerOptions> workers_of(const std::vector<DeviceChoice>& devices, Precision precision, int threads,
                                        int compute);

}  // namespace nalasr::app
