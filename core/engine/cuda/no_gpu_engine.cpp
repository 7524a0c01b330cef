// What a build without CUDA says.
#include "engine/cuda/gpu_engine.h"

namespace nalasr {

std::string device_unavailable_reason(Device device) {
  return device == Device::cuda ? "this build has no CUDA engine" : "";
}

namespace cuda {

Result<std::unique_ptr<GpuEngine>> GpuEngine::create(const Model&, Precision, int) {
  return Error{ErrorCode::device_unavailable, device_unavailable_reason(Device::cuda), "use --device cpu"};
}

}  // namespace cuda
}  // namespace nalasr
