// What the torch-free surface needs of LibTorch: types, buffers and exceptions.
// Sources in this folder only: this header names LibTorch types.
#pragma once

#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>

#include <exception>
#include <span>
#include <string>

#include "nn/torch/eager_network.h"

namespace nalasr::eager {

at::ScalarType scalar_type(Precision precision);
/// Errors: device_unavailable.
Result<at::TensorOptions> tensor_options(const Options& options);
/// A copy of `values` with that shape, in the type and on the device of `options`.
at::Tensor from_buffer(std::span<const float> values, at::IntArrayRef shape, const at::TensorOptions& options);
/// Copies the tensor out; it must have as many elements as `values`.
void to_buffer(const at::Tensor& tensor, std::span<float> values);
/// The exception in flight as an Error: LibTorch reports by exceptions, this library does not.
Error current_error();

/// Runs `operation` (returning a Result) without autograd, its exceptions turned into Errors.
template <typename Operation>
auto guarded(Operation operation) -> decltype(operation()) {
  try {
    const c10::InferenceMode inference;
    return operation();
  } catch (const std::exception&) { return current_error(); }
}

}  // namespace nalasr::eager
