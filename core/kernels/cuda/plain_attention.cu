// NaLa attention in float32: features (docs/decisions/0003: in a basis turned by 45°), sums and their application.
#include <cuda_runtime.h>

#include <algorithm>

#include "kernels/cuda/plain_dense.cuh"
#include "kernels/cuda/state.h"

namespace nalasr::cuda::plain {
namespace {

constexpr int kWarps = kThreads / 32;

/// sin and cos on [0, π/4] by their Taylor polynomials: error below one float32 ulp there.
__device__ float2 sin_cos_small(float t) {
  const float t2 = t * t;
  const float s = fmaf(fmaf(fmaf(2.7557319e-6f, t2, -1.9841270e-4f), t2, 8.3333333e-3f), t2, -1.6666667e-1f);
  const float c = fmaf(fmaf(fmaf(2.4801587e-5f, t2, -1.3888889e-3f), t2, 4.1666667e-2f), t2, -0.5f);
  return make_float2(fmaf(s * t2, t, t), fmaf(c, t2, 1.0f));
}

/// One channel's pair of features: [cos δ, sin δ] of its magnitude for a positive direction, swapped for a negative
/// one.
__device__ float2 direct(const Nala& n, float direction, float magnitude) {
  if (!n.cosine) return make_float2(direction > 0 ? magnitude : 0.0f, direction < 0 ? magnitude : 0.0f);
  const float e = expf(-2.0f * n.alpha * fabsf(direction));
  const float2 sin_cos = sin_cos_small(1.57079633f * e / (1.0f + e));
  const float large = magnitude * sin_cos.y, small = magnitude * sin_cos.x;
  return direction > 0 ? make_float2(large, small) : make_float2(small, large);
}

/// ‖x‖ as length·scale⁻¹, where scale is a power of two that keeps the squares of huge values finite.
struct Norm {
  float length, inverse, scale;
};
__device__ Norm warp_norm(const float* x, int d) {
  const int lane = threadIdx.x % 32;
  float largest = 0, squares = 0;
  for (int c = lane; c < d; c += 32) largest = fmaxf(largest, fabsf(x[c]));
  for (int offset = 16; offset > 0; offset /= 2)
    largest = fmaxf(largest, __shfl_xor_sync(0xffffffffu, largest, offset));
  const float scale = largest > 1e15f && isfinite(largest) ? exp2f(-ceilf(log2f(largest / 1e15f))) : 1.0f;
  for (int c = lane; c < d; c += 32) squares += (x[c] * scale) * (x[c] * scale);
  const float length = sqrtf(warp_sum(squares));
  return {length, 1.0f / fmaxf(length, static_cast<float>(kNormGuard) * scale), scale};
}

/// Cosine and sine by which channels 2·pair and 2·pair + 1 of a head turn at (y, x).
__device__ float2 turn_of(const Nala& n, int y, int x, int pair) {
  const int quarter = n.d / 4;
  if (!n.rotary.rows) return make_float2(1, 0);
  const float* table = pair < quarter ? n.rotary.rows + 2 * (static_cast<std::size_t>(y) * quarter + pair)
                                      : n.rotary.columns + 2 * (static_cast<std::size_t>(x) * quarter + pair - quarter);
  return make_float2(table[0], table[1]);
}

__device__ float2 rotated(float even, float odd, float2 turn) {
  return make_float2(even * turn.x - odd * turn.y, odd * turn.x + even * turn.y);
}

/// Index of the cell of (y, x), counted from the row of cells that row `first_row` lies in.
__device__ int cell_of(const Cells& cells, int width, int first_row, int y, int x) {
  if (cells.columns == 0) return 0;
  const int across = (width + cells.shift_columns + cells.columns - 1) / cells.columns;
  const int row = (y + cells.shift_rows) / cells.rows - (first_row + cells.shift_rows) / cells.rows;
  return row * across + (x + cells.shift_columns) / cells.columns;
}

/// A warp's token and head; false beyond the row's end.
__device__ bool warp_item(int width, int heads, int first_row, int& y, int& x, int& head) {
  const int item = static_cast<int>(blockIdx.x) * kWarps + threadIdx.x / 32;
  y = first_row + static_cast<int>(blockIdx.y);
  x = item / heads;
  head = item % heads;
  return x < width;
}

__global__ void key_features_kernel(Nala n, Map k, Map features, int first_row) {
  int y, x, head;
  if (!warp_item(k.width, n.heads, first_row, y, x, head)) return;
  const float* key = at(k, y, x) + head * n.d;
  float* out = at(features, y, x) + head * 2 * n.d;
  const Norm norm = warp_norm(key, n.d);
  for (int c = threadIdx.x % 32; c < n.d; c += 32) {
    const float a = fabsf(key[c]);
    const float magnitude = n.lambda == 3.0f ? a * a * a : powf(a, n.lambda);
    const float2 pair = direct(n, key[c] * norm.scale * norm.inverse, magnitude);
    out[c] = pair.x;
    out[n.d + c] = pair.y;
  }
}

__global__ void query_features_kernel(Nala n, Map q, const float* states, int state_stride, Cells cells, Map features,
                                      int first_row) {
  int y, x, head;
  if (!warp_item(q.width, n.heads, first_row, y, x, head)) return;
  const int lane = threadIdx.x % 32, d = n.d;
  const float* query = at(q, y, x) + head * d;
  float* out = at(features, y, x) + head * 2 * d;
  const float* state = states + static_cast<std::size_t>(cell_of(cells, q.width, first_row, y, x)) * state_stride;
  const float* m = state + static_cast<std::size_t>(n.heads) * 2 * d * d + head * 2 * d;
  const float eps = m[(n.heads - head) * 2 * d];
  const Norm norm = warp_norm(query, d);
  const float power = n.lambda * (n.tau + tanhf(norm.length / norm.scale));
  const auto feature = [&](int c) {
    const float direction = query[c] * norm.scale * norm.inverse;
    return direct(n, direction, powf(fabsf(direction), power));
  };
  float normaliser = 0;
  for (int c = lane; c < d; c += 32) {
    const float2 pair = feature(c);
    normaliser = fmaf(pair.x, m[c], fmaf(pair.y, m[d + c], normaliser));
  }
  const float factor = 1.0f / (warp_sum(normaliser) + eps);
  for (int pair = lane; pair < d / 2; pair += 32) {
    const float2 even = feature(2 * pair), odd = feature(2 * pair + 1), turn = turn_of(n, y, x, pair);
    const float2 first = rotated(even.x, odd.x, turn), second = rotated(even.y, odd.y, turn);
    out[2 * pair] = first.x * factor;
    out[2 * pair + 1] = first.y * factor;
    out[d + 2 * pair] = second.x * factor;
    out[d + 2 * pair + 1] = second.y * factor;
  }
}

/// o of one head: a product with S, whose tiles stay inside one cell, since each cell has its own S.
__global__ void apply_kernel(Nala n, Map features, const float* states, int state_stride, Cells cells, Map o,
                             int tiles_per_cell, int chunks, int first_row) {
  const int y = first_row + static_cast<int>(blockIdx.y), head = blockIdx.z / chunks, d = n.d;
  const int cell = static_cast<int>(blockIdx.x) / tiles_per_cell;
  const int begin = cells.columns ? cell * cells.columns - cells.shift_columns : 0;
  const int end = cells.columns ? min(o.width, begin + cells.columns) : o.width;
  const int x0 = begin + static_cast<int>(blockIdx.x) % tiles_per_cell * kTokens;
  const auto present = [&](int t) { return x0 + t >= 0 && x0 + t < end; };
  const int index = cell_of(cells, o.width, first_row, y, max(begin, 0));
  const Dense s{states + static_cast<std::size_t>(index) * state_stride + static_cast<std::size_t>(head) * 2 * d * d,
                nullptr, 2 * d, d};
  multiply_tile([&](int t, int i) { return present(t) ? at(features, y, x0 + t)[head * 2 * d + i] : 0.0f; }, s,
                static_cast<int>(blockIdx.z) % chunks * kOutputs,
                [&](int t, int c, float v) {
                  if (present(t)) at(o, y, x0 + t)[head * d + c] = v;
                });
}

constexpr int kSumsPerThread = 16, kSharedFloats = 8192;

/// How a head's sums are cut: features per block, and tokens that shared memory holds at a time.
struct SumShape {
  int features, tokens;
  explicit SumShape(int d)
      : features(std::min(2 * d, std::max(2, kThreads * kSumsPerThread / d / 2 * 2))),
        tokens(std::min(32, kSharedFloats / (2 * features + d))) {}
};

/// S and m of one cell, one head and `count` features from `first` on. Tokens come in row-major order.
__global__ void cell_sums_kernel(Nala n, Map features, Map v, Cells cells, int height, int first_cell_row, int chunk,
                                 int batch, float* sums) {
  extern __shared__ float shared[];
  const int d = n.d, chunks = (2 * d + chunk - 1) / chunk, head = blockIdx.z / chunks;
  const int first = static_cast<int>(blockIdx.z) % chunks * chunk, count = min(chunk, 2 * d - first);
  float *raw = shared, *turned = raw + batch * chunk, *values = turned + batch * chunk;
  const int x_begin = max(0, static_cast<int>(blockIdx.x) * cells.columns - cells.shift_columns);
  const int x_end = min(v.width, (static_cast<int>(blockIdx.x) + 1) * cells.columns - cells.shift_columns);
  const int cell_row = first_cell_row + static_cast<int>(blockIdx.y);
  const int y_begin = max(0, cell_row * cells.rows - cells.shift_rows);
  const int y_end = min(height, (cell_row + 1) * cells.rows - cells.shift_rows);
  const int across = x_end - x_begin, tokens = across * (y_end - y_begin);

  int row[kSumsPerThread], column[kSumsPerThread];
  float sum[kSumsPerThread], m = 0;
#pragma unroll
  for (int j = 0; j < kSumsPerThread; ++j) {
    const int e = static_cast<int>(threadIdx.x) + j * kThreads;
    row[j] = e < count * d ? e / d : 0;
    column[j] = e % d;
    sum[j] = 0;
  }
  for (int begin = 0; begin < tokens; begin += batch) {
    const int here = min(batch, tokens - begin);
    __syncthreads();
    for (int i = threadIdx.x; i < here * d; i += kThreads) {
      const int token = begin + i / d;
      values[i] = at(v, y_begin + token / across, x_begin + token % across)[head * d + i % d];
    }
    for (int i = threadIdx.x; i < here * (count / 2); i += kThreads) {
      const int t = i / (count / 2), f = i % (count / 2) * 2, token = begin + t;
      const int y = y_begin + token / across, x = x_begin + token % across;
      const float* phi = at(features, y, x) + head * 2 * d + first + f;
      const float2 r = rotated(phi[0], phi[1], turn_of(n, y, x, (first + f) % d / 2));
      raw[t * chunk + f] = phi[0];
      raw[t * chunk + f + 1] = phi[1];
      turned[t * chunk + f] = r.x;
      turned[t * chunk + f + 1] = r.y;
    }
    __syncthreads();
    for (int t = 0; t < here; ++t) {
#pragma unroll
      for (int j = 0; j < kSumsPerThread; ++j)
        sum[j] = fmaf(turned[t * chunk + row[j]], values[t * d + column[j]], sum[j]);
      if (threadIdx.x < count) m += raw[t * chunk + threadIdx.x];
    }
  }
  const std::size_t head_floats = static_cast<std::size_t>(2) * d * d;
  float* out = sums + (static_cast<std::size_t>(blockIdx.y) * gridDim.x + blockIdx.x) * n.heads * (head_floats + 2 * d);
#pragma unroll
  for (int j = 0; j < kSumsPerThread; ++j) {
    const int e = static_cast<int>(threadIdx.x) + j * kThreads;
    if (e < count * d) out[head * head_floats + static_cast<std::size_t>(first) * d + e] = sum[j];
  }
  if (threadIdx.x < count) out[n.heads * head_floats + head * 2 * d + first + threadIdx.x] = m;
}

NalaParams shape_of(const Nala& n) {
  NalaParams p;
  p.heads = n.heads;
  p.head_dim = n.d;
  return p;
}

/// One warp per token and head.
dim3 warp_grid(int width, int heads, Span rows) {
  return dim3((width * heads + kWarps - 1) / kWarps, rows.last - rows.first);
}

}  // namespace

void key_features(const Nala& n, const Map& k, const Map& features, Span rows, Stream stream) {
  key_features_kernel<<<warp_grid(k.width, n.heads, rows), kThreads, 0, stream>>>(n, k, features, rows.first);
}

void query_features(const Nala& n, const Map& q, const float* states, const Cells& cells, const Map& features,
                    Span rows, Stream stream) {
  query_features_kernel<<<warp_grid(q.width, n.heads, rows), kThreads, 0, stream>>>(
      n, q, states, static_cast<int>(state_floats(shape_of(n))), cells, features, rows.first);
}

void apply(const Nala& n, const Map& features, const float* states, const Cells& cells, const Map& o, Span rows,
           Stream stream) {
  const int tiles = ((cells.columns ? cells.columns : o.width) + kTokens - 1) / kTokens;
  const int chunks = (n.d + kOutputs - 1) / kOutputs;
  apply_kernel<<<dim3(cells.across(o.width) * tiles, rows.last - rows.first, n.heads * chunks), kThreads, 0, stream>>>(
      n, features, states, static_cast<int>(state_floats(shape_of(n))), cells, o, tiles, chunks, rows.first);
}

void cell_sums(const Nala& n, const Map& features, const Map& v, const Cells& cells, int height, Span rows, float* sums,
               Stream stream) {
  const SumShape shape(n.d);
  const int chunks = (2 * n.d + shape.features - 1) / shape.features;
  const int first = (rows.first + cells.shift_rows) / cells.rows;
  const int last = (rows.last - 1 + cells.shift_rows) / cells.rows + 1;
  const std::size_t bytes = static_cast<std::size_t>(shape.tokens) * (2 * shape.features + n.d) * sizeof(float);
  cell_sums_kernel<<<dim3(cells.across(v.width), last - first, n.heads * chunks), kThreads, bytes, stream>>>(
      n, features, v, cells, height, first, shape.features, shape.tokens, sums);
}

}  // namespace nalasr::cuda::plain
