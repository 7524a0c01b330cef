#include "nn/torch/runtime.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <new>

namespace nalasr::eager {

void set_threads(int threads) { at::set_num_threads(std::max(1, threads)); }

at::ScalarType scalar_type(Precision precision) {
  switch (precision) {
    case Precision::fp64:
      return at::kDouble;
    case Precision::fp32:
      return at::kFloat;
    case Precision::bf16:
      return at::kBFloat16;
  }
  return at::kFloat;
}

Result<at::TensorOptions> tensor_options(const Options& options) {
  const bool cuda = options.device == Device::cuda;
  if (cuda && !at::hasCUDA()) {
    return Error{ErrorCode::device_unavailable, "this LibTorch finds no CUDA device", "use the CPU"};
  }
  return at::TensorOptions().dtype(scalar_type(options.precision)).device(cuda ? at::kCUDA : at::kCPU);
}

at::Tensor from_buffer(std::span<const float> values, at::IntArrayRef shape, const at::TensorOptions& options) {
  // from_blob wants a mutable pointer; the copy below is the only use.
  const at::Tensor view = at::from_blob(const_cast<float*>(values.data()), shape, at::kFloat);
  return view.to(options, /*non_blocking=*/false, /*copy=*/true);
}

void to_buffer(const at::Tensor& tensor, std::span<float> values) {
  at::from_blob(values.data(), tensor.sizes(), at::kFloat).copy_(tensor);
}

Error current_error() {
  std::string message;
  bool out_of_memory = false;
  try {
    throw;
  } catch (const std::bad_alloc&) {
    message = "LibTorch: out of memory";
    out_of_memory = true;
  } catch (const c10::OutOfMemoryError& error) {
    message = error.what_without_backtrace();
    out_of_memory = true;
  } catch (const c10::Error& error) {
    message = error.what_without_backtrace();
    out_of_memory = message.find("not enough memory") != std::string::npos;  // how the CPU allocator says it
  } catch (const std::exception& error) { message = error.what(); } catch (...) {
    message = "unknown exception of LibTorch";
  }
  message = message.substr(0, message.find('\n'));
  return Error{out_of_memory ? ErrorCode::out_of_memory : ErrorCode::internal, message, ""};
}

}  // namespace nalasr::eager
