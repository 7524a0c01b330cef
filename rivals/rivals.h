// The methods that `nalasr compare` measures ours against, with LibTorch's operators.
//
//     auto step = nalasr::rivals::rival(model, {.method = nalasr::Method::softmax_flash});
//
// Thread safety: one thread at a time.
#pragma once

#include <memory>

#include "engine/method_run.h"
#include "nn/torch/eager_network.h"

namespace nalasr::rivals {

/// What upscales a picture by `request.method`. Precision::mixed means bfloat16 throughout, which takes as many bytes
/// as our 16-bit maps. Errors: invalid_argument (one of our own methods); those of EagerNetwork come with the first
/// run.
Result<MethodStep> rival(const std::shared_ptr<const Model>& model, const MethodRequest& request);

}  // namespace nalasr::rivals
