#include "kernels/cuda/state.h"

#include <cuda_runtime.h>

namespace nalasr::cuda {
namespace {

constexpr int kElements = 32;      // per block: one per lane, so that a warp reads 128 bytes of a sum
constexpr int kLoaders = 8;        // warps
constexpr int kSumsPerBatch = 64;  // per block and step

/// Eight warps fetch a batch while the first one adds the batch before: the additions of an element are serial, the
/// loads need not be.
__global__ void add_sums_kernel(const float* sums, int count, std::size_t floats, double* total) {
  __shared__ float batch[2][kSumsPerBatch][kElements];
  const int lane = threadIdx.x, warp = threadIdx.y;
  const std::size_t element = static_cast<std::size_t>(blockIdx.x) * kElements + lane;
  const bool present = element < floats;
  const auto fetch = [&](int first, int buffer) {
#pragma unroll
    for (int i = warp; i < kSumsPerBatch; i += kLoaders)
      if (present && first + i < count)
        batch[buffer][i][lane] = sums[static_cast<std::size_t>(first + i) * floats + element];
  };
  double sum = warp == 0 && present ? total[element] : 0;
  fetch(0, 0);
  __syncthreads();
  for (int first = 0, buffer = 0; first < count; first += kSumsPerBatch, buffer ^= 1) {
    fetch(first + kSumsPerBatch, buffer ^ 1);
    if (warp == 0 && present) {
      const int here = min(kSumsPerBatch, count - first);
      for (int i = 0; i < here; ++i) sum += batch[buffer][i][lane];
    }
    __syncthreads();
  }
  if (warp == 0 && present) total[element] = sum;
}

constexpr int kFinaliseThreads = 1024;
constexpr double kLargestState = 1e30;  // so that products with features stay inside float32

/// One block per state.
template <typename Sum>
__global__ void finalise_kernel(const Sum* sums, int floats, int state_stride, double tokens, float* states,
                                std::uint32_t* overflows) {
  __shared__ float largest_of_warp[kFinaliseThreads / 32];
  const Sum* in = sums + static_cast<std::size_t>(blockIdx.x) * floats;
  float* out = states + static_cast<std::size_t>(blockIdx.x) * state_stride;
  // The exponent is enough: infinity for anything that is not finite.
  int exponent = -1024;
  bool finite = true;
  for (int i = threadIdx.x; i < floats; i += kFinaliseThreads) {
    const double v = static_cast<double>(in[i]) / tokens;
    finite = finite && isfinite(v);
    if (v != 0) exponent = max(exponent, ilogb(v));
  }
  float largest = finite ? static_cast<float>(exponent) : 4096.0f;
  for (int offset = 16; offset > 0; offset /= 2)
    largest = fmaxf(largest, __shfl_xor_sync(0xffffffffu, largest, offset));
  if (threadIdx.x % 32 == 0) largest_of_warp[threadIdx.x / 32] = largest;
  __syncthreads();
  largest = largest_of_warp[0];
  for (int i = 1; i < kFinaliseThreads / 32; ++i) largest = fmaxf(largest, largest_of_warp[i]);
  if (threadIdx.x == 0 && largest == 4096.0f) atomicAdd(overflows, 1u);

  const int excess = static_cast<int>(largest) - ilogb(kLargestState);
  const double factor = excess > 0 && largest < 4096.0f ? exp2(-static_cast<double>(excess)) : 1.0;
  for (int i = threadIdx.x; i < floats; i += kFinaliseThreads)
    out[i] = static_cast<float>(static_cast<double>(in[i]) / tokens * factor);
  // ε is never 0: q = 0 must give 0/ε, not 0/0.
  if (threadIdx.x < state_stride - floats)
    out[floats + threadIdx.x] = threadIdx.x == 0 ? fmaxf(static_cast<float>(kNormaliserEps * factor), 1e-37f) : 0.0f;
}

}  // namespace

void add_sums(const float* sums, int count, std::size_t floats, double* total, Stream stream) {
  const auto blocks = static_cast<unsigned>((floats + kElements - 1) / kElements);
  add_sums_kernel<<<blocks, dim3(kElements, kLoaders), 0, stream>>>(sums, count, floats, total);
}

void finalise_state(const NalaParams& p, const double* total, double tokens, float* state, std::uint32_t* overflows,
                    Stream stream) {
  finalise_kernel<<<1, kFinaliseThreads, 0, stream>>>(total, static_cast<int>(sum_floats(p)),
                                                      static_cast<int>(state_floats(p)), tokens, state, overflows);
}

void finalise_states(const NalaParams& p, const float* sums, int count, double tokens, float* states,
                     std::uint32_t* overflows, Stream stream) {
  finalise_kernel<<<count, kFinaliseThreads, 0, stream>>>(sums, static_cast<int>(sum_floats(p)),
                                                          static_cast<int>(state_floats(p)), tokens, states, overflows);
}

}  // namespace nalasr::cuda
