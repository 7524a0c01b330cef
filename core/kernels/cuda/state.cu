#include "kernels/cuda/state.h"

#include <cuda_runtime.h>

namespace nalasr::cuda {
namespace {

constexpr double kLargestState = 1e30;  // so that products with features stay inside float32
constexpr int kNotFinite = 4096;        // instead of an exponent

/// Binary exponent of a mean.
__device__ __forceinline__ int exponent_of(double v) { return !isfinite(v) ? kNotFinite : v == 0 ? -1024 : ilogb(v); }

/// What a state with that largest exponent is multiplied by.
__device__ __forceinline__ double factor_of(int largest) {
  const int excess = largest - ilogb(kLargestState);
  return excess > 0 && largest < kNotFinite ? exp2(-static_cast<double>(excess)) : 1.0;
}

/// ε and padding. ε is never 0: q = 0 must give 0/ε, not 0/0.
__device__ __forceinline__ float behind_sums(int i, double factor) {
  return i == 0 ? fmaxf(static_cast<float>(kNormaliserEps * factor), 1e-37f) : 0.0f;
}

__device__ __forceinline__ int warp_max(int v) {
  float largest = static_cast<float>(v);  // exact
  for (int offset = 16; offset > 0; offset /= 2)
    largest = fmaxf(largest, __shfl_xor_sync(0xffffffffu, largest, offset));
  return static_cast<int>(largest);
}

/// Totals of a picture as they lie in memory. The two words are 0 between pictures' states.
struct Totals {
  double* sums;            ///< [floats]
  unsigned* blocks_ready;  ///< blocks of this launch that have written their part of the state
  unsigned* exponent;      ///< the largest, plus 2048, where it is too large
};

struct ReduceArgs {
  const float* sums;
  int rows, across;  ///< rows of units, units in a row
  int floats;
  bool begins, ends;  ///< the picture
  Totals totals;
  double tokens;  ///< of the picture
  float* state;
  int state_stride;
  std::uint32_t* overflows;
};

constexpr int kElements = 32;    // per block: one per lane, so that a warp reads 128 bytes of a sum
constexpr int kRowsAtOnce = 16;  // warps; each adds up one row of units
constexpr int kReduceThreads = kElements * kRowsAtOnce;
constexpr int kUnitsAtOnce = 12;  // of a row

/// Rows are added up side by side, and their sums one after the other by the first warp, while the others fetch the
/// next rows. The block that comes last has the whole state before it: where it is too large, it scales it down.
__global__ void __launch_bounds__(kReduceThreads) reduce_kernel(const ReduceArgs a) {
  __shared__ double of_row[2][kRowsAtOnce][kElements];
  __shared__ bool last;
  const int lane = threadIdx.x % kElements, warp = threadIdx.x / kElements;
  const int element = blockIdx.x * kElements + lane;
  const bool present = element < a.floats;
  double total = warp == 0 && present && !a.begins ? a.totals.sums[element] : 0;
  for (int first = 0, buffer = 0; first < a.rows; first += kRowsAtOnce, buffer ^= 1) {
    if (present && first + warp < a.rows) {
      const float* in = a.sums + static_cast<std::size_t>(first + warp) * a.across * a.floats + element;
      double sum = 0;
      for (int i = 0; i < a.across; i += kUnitsAtOnce) {
        float unit[kUnitsAtOnce];  // all on their way before the first is added
#pragma unroll
        for (int j = 0; j < kUnitsAtOnce; ++j)
          unit[j] = i + j < a.across ? in[static_cast<std::size_t>(i + j) * a.floats] : 0;
#pragma unroll
        for (int j = 0; j < kUnitsAtOnce; ++j) sum += unit[j];
      }
      of_row[buffer][warp][lane] = sum;
    }
    __syncthreads();
    if (warp == 0 && present) {
      const int here = min(kRowsAtOnce, a.rows - first);
      for (int i = 0; i < here; ++i) total += of_row[buffer][i][lane];
    }
  }
  if (warp == 0 && present) a.totals.sums[element] = total;
  if (!a.ends) return;

  if (warp == 0) {
    const double mean = total / a.tokens;
    if (present) a.state[element] = static_cast<float>(mean);
    const int exponent = warp_max(present ? exponent_of(mean) : -1024);
    if (lane == 0 && exponent > ilogb(kLargestState))
      atomicMax(a.totals.exponent, static_cast<unsigned>(exponent + 2048));
    __threadfence();  // every lane's, before lane 0 says that they are there
    __syncwarp();
    if (lane == 0) last = atomicAdd(a.totals.blocks_ready, 1u) == gridDim.x - 1;
  }
  __syncthreads();
  if (!last) return;
  __threadfence();
  const int largest = static_cast<int>(__ldcg(a.totals.exponent)) - 2048;
  const double factor = factor_of(largest);
  if (factor != 1)
    for (int i = threadIdx.x; i < a.floats; i += kReduceThreads)
      a.state[i] = static_cast<float>(__ldcg(a.totals.sums + i) / a.tokens * factor);
  const int i = threadIdx.x;
  if (i < a.state_stride - a.floats) a.state[a.floats + i] = behind_sums(i, factor);
  __syncthreads();  // all have read the exponent
  if (threadIdx.x > 0) return;
  if (largest == kNotFinite) atomicAdd(a.overflows, 1u);
  *a.totals.blocks_ready = *a.totals.exponent = 0;
}

constexpr int kFinaliseThreads = 1024;

/// One block per state.
__global__ void finalise_kernel(const float* sums, int floats, int state_stride, double tokens, float* states,
                                std::uint32_t* overflows) {
  __shared__ int largest_of_warp[kFinaliseThreads / 32];
  const float* in = sums + static_cast<std::size_t>(blockIdx.x) * floats;
  float* out = states + static_cast<std::size_t>(blockIdx.x) * state_stride;
  int largest = -1024;
  for (int i = threadIdx.x; i < floats; i += kFinaliseThreads)
    largest = max(largest, exponent_of(static_cast<double>(in[i]) / tokens));
  largest = warp_max(largest);
  if (threadIdx.x % 32 == 0) largest_of_warp[threadIdx.x / 32] = largest;
  __syncthreads();
  for (int i = 0; i < kFinaliseThreads / 32; ++i) largest = max(largest, largest_of_warp[i]);
  if (threadIdx.x == 0 && largest == kNotFinite) atomicAdd(overflows, 1u);
  const double factor = factor_of(largest);
  for (int i = threadIdx.x; i < floats; i += kFinaliseThreads)
    out[i] = static_cast<float>(static_cast<double>(in[i]) / tokens * factor);
  const int i = threadIdx.x;
  if (i < state_stride - floats) out[floats + i] = behind_sums(i, factor);
}

constexpr int kCellThreads = 256;

/// One element of one column of cells per thread, unit by unit down the rows.
__global__ void __launch_bounds__(kCellThreads)
    add_to_cells_kernel(const float* sums, int rows_of_units, int first_y, int cell, int floats, float* cells) {
  const int element = blockIdx.y * kCellThreads + threadIdx.x, across = gridDim.x;
  if (element >= floats) return;
  const auto at = [&](int row) {
    return (static_cast<std::size_t>(row) * across + blockIdx.x) * static_cast<std::size_t>(floats) + element;
  };
  float total = first_y % cell == 0 ? 0 : cells[at(first_y / cell)];
  for (int i = 0; i < rows_of_units; ++i) {
    const int y = first_y + i * kUnitRows;
    if (y % cell == 0) total = 0;
    total += sums[at(i)];
    cells[at(y / cell)] = total;
  }
}

/// One element of the mean around one cell per thread.
__global__ void __launch_bounds__(kCellThreads)
    sum_around_kernel(const float* cells, int first_row, int width, int height, int cell, int floats, float* sums) {
  const int element = blockIdx.z * kCellThreads + threadIdx.x;
  if (element >= floats) return;
  const int across = gridDim.x, down = (height + cell - 1) / cell;
  const int column = blockIdx.x, row = first_row + blockIdx.y;
  const int top = max(0, row - 1), bottom = min(down, row + 2), left = max(0, column - 1),
            right = min(across, column + 2);
  float total = 0;
  for (int r = top; r < bottom; ++r)
    for (int c = left; c < right; ++c) total += cells[(static_cast<std::size_t>(r) * across + c) * floats + element];
  const int high = min(height, bottom * cell) - top * cell, wide = min(width, right * cell) - left * cell;
  sums[(static_cast<std::size_t>(blockIdx.y) * across + column) * floats + element] =
      total / (static_cast<float>(high) * static_cast<float>(wide));
}

}  // namespace

void reduce_sums(const NalaParams& p, const Kernels::Picture& picture, const float* sums, Span rows, void* totals,
                 float* state, Stream stream) {
  const auto floats = static_cast<int>(sum_floats(p));
  ReduceArgs a{};
  a.sums = sums;
  a.rows = (rows.last - rows.first + kUnitRows - 1) / kUnitRows;
  a.across = units_across(picture.width, picture.height, picture.cell);
  a.floats = floats;
  a.begins = rows.first == 0;
  a.ends = rows.last == picture.height;
  a.totals.sums = static_cast<double*>(totals);
  a.totals.blocks_ready = reinterpret_cast<unsigned*>(a.totals.sums + floats);
  a.totals.exponent = a.totals.blocks_ready + 1;
  a.tokens = static_cast<double>(picture.width) * picture.height;
  a.state = state;
  a.state_stride = static_cast<int>(state_floats(p));
  a.overflows = picture.overflows;
  reduce_kernel<<<(floats + kElements - 1) / kElements, kReduceThreads, 0, stream>>>(a);
}

void add_to_cells(const NalaParams& p, const Kernels::Picture& picture, const float* sums, Span rows, float* cells,
                  Stream stream) {
  const auto floats = static_cast<int>(sum_floats(p));
  const dim3 grid(units_across(picture.width, picture.height, picture.cell),
                  (floats + kCellThreads - 1) / kCellThreads);
  const int rows_of_units = (rows.last - rows.first + kUnitRows - 1) / kUnitRows;
  add_to_cells_kernel<<<grid, kCellThreads, 0, stream>>>(sums, rows_of_units, rows.first, picture.cell, floats, cells);
}

int sum_around_cells(const NalaParams& p, const Kernels::Picture& picture, const float* cells, Span rows_of_cells,
                     float* sums, Stream stream) {
  const auto floats = static_cast<int>(sum_floats(p));
  const int across = units_across(picture.width, picture.height, picture.cell);
  const int down = rows_of_cells.last - rows_of_cells.first;
  const dim3 grid(across, down, (floats + kCellThreads - 1) / kCellThreads);
  sum_around_kernel<<<grid, kCellThreads, 0, stream>>>(cells, rows_of_cells.first, picture.width, picture.height,
                                                       picture.cell, floats, sums);
  return across * down;
}

void finalise_states(const NalaParams& p, const float* sums, int count, double tokens, float* states,
                     std::uint32_t* overflows, Stream stream) {
  finalise_kernel<<<count, kFinaliseThreads, 0, stream>>>(sums, static_cast<int>(sum_floats(p)),
                                                          static_cast<int>(state_floats(p)), tokens, states, overflows);
}

}  // namespace nalasr::cuda
