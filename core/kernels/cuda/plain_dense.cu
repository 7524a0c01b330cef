#include "kernels/cuda/plain_dense.cuh"

#include <cuda_runtime.h>

#include "kernels/cuda/picture.cuh"

namespace nalasr::cuda::plain {
namespace {

/// Blocks of a product over `rows`: tiles of a row × rows × chunks of outputs.
dim3 grid_of(int width, Span rows, int outputs) {
  return dim3((width + kTokens - 1) / kTokens, rows.last - rows.first, (outputs + kOutputs - 1) / kOutputs);
}

/// Where a block works.
struct Place {
  int y, x0, first_output;
  __device__ explicit Place(int first_row)
      : y(first_row + static_cast<int>(blockIdx.y)),
        x0(static_cast<int>(blockIdx.x) * kTokens),
        first_output(static_cast<int>(blockIdx.z) * kOutputs) {}
};

__device__ float gelu(float x) {
  const float inner = fmaf(x * x * x, 0.044715f, x);
  return x / (1.0f + expf(-1.5957691216057308f * inner));
}

/// Depthwise convolution of one channel at (y, x); zero outside the picture.
__device__ float depthwise_at(const Map& in, const Depthwise& w, int height, int y, int x, int c) {
  float sum = w.bias[c];
  const int r = w.k / 2;
  for (int ky = 0; ky < w.k; ++ky) {
    const int yy = y + ky - r;
    if (yy < 0 || yy >= height) continue;
    for (int kx = 0; kx < w.k; ++kx) {
      const int xx = x + kx - r;
      if (xx < 0 || xx >= in.width) continue;
      sum = fmaf(at(in, yy, xx)[c], w.weights[(ky * w.k + kx) * in.channels + c], sum);
    }
  }
  return sum;
}

/// Input `i` = (ky, kx, channel) of a 3×3 convolution at (y, x).
__device__ float convolution_input(const Map& in, int height, int y, int x, int i) {
  const int tap = i / in.channels, yy = y + tap / 3 - 1, xx = x + tap % 3 - 1;
  return yy < 0 || yy >= height || xx < 0 || xx >= in.width ? 0.0f : at(in, yy, xx)[i % in.channels];
}

__global__ void norm_dense_kernel(Map in, Dense w, bool activate, Map out, int first_row) {
  __shared__ Moments moments;
  const Place p(first_row);
  take_moments(in, p.y, p.x0, moments);
  multiply_tile(
      [&](int t, int c) {
        return p.x0 + t < in.width ? (at(in, p.y, p.x0 + t)[c] - moments.mean[t]) * moments.inverse[t] : 0.0f;
      },
      w, p.first_output,
      [&](int t, int o, float v) {
        if (p.x0 + t < in.width) at(out, p.y, p.x0 + t)[o] = activate ? gelu(v) : v;
      });
}

__global__ void gated_dense_kernel(Map in, Map gate, const float* merge_weight, const float* merge_bias, Dense w,
                                   Map residual, Map out, int first_row) {
  __shared__ Moments moments;
  const Place p(first_row);
  take_moments(in, p.y, p.x0, moments);
  multiply_tile(
      [&](int t, int c) {
        if (p.x0 + t >= in.width) return 0.0f;
        const float normal = (at(in, p.y, p.x0 + t)[c] - moments.mean[t]) * moments.inverse[t];
        const float g = at(gate, p.y, p.x0 + t)[c];
        return fmaf(normal, merge_weight[c], merge_bias[c]) * (g / (1.0f + expf(-g)));
      },
      w, p.first_output,
      [&](int t, int o, float v) {
        if (p.x0 + t < in.width) at(out, p.y, p.x0 + t)[o] = at(residual, p.y, p.x0 + t)[o] + v;
      });
}

__global__ void depthwise_dense_kernel(Map in, Depthwise dw, Dense w, Map residual, Map out, int height,
                                       int first_row) {
  const Place p(first_row);
  multiply_tile(
      [&](int t, int c) { return p.x0 + t < in.width ? depthwise_at(in, dw, height, p.y, p.x0 + t, c) : 0.0f; }, w,
      p.first_output,
      [&](int t, int o, float v) {
        if (p.x0 + t < in.width) at(out, p.y, p.x0 + t)[o] = at(residual, p.y, p.x0 + t)[o] + v;
      });
}

__global__ void convolution_kernel(Map in, Dense w, Map out, int height, int first_row) {
  const Place p(first_row);
  multiply_tile([&](int t, int i) { return convolution_input(in, height, p.y, p.x0 + t, i); }, w, p.first_output,
                [&](int t, int o, float v) {
                  if (p.x0 + t < in.width) at(out, p.y, p.x0 + t)[o] = at(in, p.y, p.x0 + t)[o] + v;
                });
}

/// Mid-grey counts as zero, so the zero padding of the convolution is mid-grey too.
__global__ void head_kernel(Input picture, int height, Dense w, Map residual, Map out, int first_row) {
  const Place p(first_row);
  multiply_tile(
      [&](int t, int i) {
        const int y = p.y + i / 9 - 1, x = p.x0 + t + i / 3 % 3 - 1;
        return y < 0 || y >= height || x < 0 || x >= out.width ? 0.0f : sample(picture, y, x, i % 3) - 0.5f;
      },
      w, p.first_output,
      [&](int t, int o, float v) {
        if (p.x0 + t < out.width)
          at(out, p.y, p.x0 + t)[o] = v + (residual.data ? at(residual, p.y, p.x0 + t)[o] : 0.0f);
      });
}

/// The interpolated input at sub-pixel (i, j) of pixel (y, x), borders replicated.
__device__ float interpolate(const Input& picture, int width, int height, const float* phases, int y, int x, int i,
                             int j, int c) {
  float sum = 0;
  for (int tx = 0; tx < 5; ++tx) {
    float column = 0;
    for (int ty = 0; ty < 5; ++ty)
      column += phases[i * 5 + ty] *
                sample(picture, min(max(y + ty - 2, 0), height - 1), min(max(x + tx - 2, 0), width - 1), c);
    sum += phases[j * 5 + tx] * column;
  }
  return sum;
}

__global__ void tail_kernel(Map in, Dense w, Input picture, int height, int scale, const float* phases, Output out,
                            int first_row, std::uint32_t* overflows) {
  const Place p(first_row);
  multiply_tile([&](int t, int i) { return convolution_input(in, height, p.y, p.x0 + t, i); }, w, p.first_output,
                [&](int t, int o, float v) {
                  const int x = p.x0 + t, i = o / (3 * scale), j = o / 3 % scale, c = o % 3;
                  if (x >= in.width) return;
                  const float value = v + interpolate(picture, in.width, height, phases, p.y, x, i, j, c);
                  if (!isfinite(value)) atomicAdd(overflows, 1u);
                  char* row = static_cast<char*>(out.data) +
                              static_cast<std::size_t>((p.y - first_row) * scale + i) * out.stride;
                  const std::size_t at_sample = (static_cast<std::size_t>(x) * scale + j) * 3 + c;
                  if (out.sample == Sample::f32) {
                    reinterpret_cast<float*>(row)[at_sample] = value;
                  } else {
                    reinterpret_cast<std::uint8_t*>(row)[at_sample] =
                        static_cast<std::uint8_t>(fminf(fmaxf(value, 0.0f), 1.0f) * 255.0f + 0.5f);
                  }
                });
}

__global__ void depthwise_kernel(Map in, Depthwise w, bool add, Map out, int height, int first_row) {
  const int y = first_row + static_cast<int>(blockIdx.y);
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x), x = i / in.channels, c = i % in.channels;
  if (x >= in.width) return;
  const float v = depthwise_at(in, w, height, y, x, c);
  float& to = at(out, y, x)[c];
  to = add ? to + v : v;
}

}  // namespace

void norm_dense(const Map& in, const Dense& w, bool activate, const Map& out, Span rows, Stream stream) {
  norm_dense_kernel<<<grid_of(in.width, rows, w.out), kThreads, 0, stream>>>(in, w, activate, out, rows.first);
}

void gated_dense(const Map& o, const Map& gate, const float* merge_weight, const float* merge_bias, const Dense& w,
                 const Map& residual, const Map& out, Span rows, Stream stream) {
  gated_dense_kernel<<<grid_of(o.width, rows, w.out), kThreads, 0, stream>>>(o, gate, merge_weight, merge_bias, w,
                                                                             residual, out, rows.first);
}

void depthwise_dense(const Map& in, const Depthwise& dw, const Dense& w, const Map& residual, const Map& out,
                     int height, Span rows, Stream stream) {
  depthwise_dense_kernel<<<grid_of(in.width, rows, w.out), kThreads, 0, stream>>>(in, dw, w, residual, out, height,
                                                                                  rows.first);
}

void convolution(const Map& in, const Dense& w, const Map& out, int height, Span rows, Stream stream) {
  convolution_kernel<<<grid_of(in.width, rows, w.out), kThreads, 0, stream>>>(in, w, out, height, rows.first);
}

void head(const Input& picture, int height, const Dense& w, const Map& residual, const Map& out, Span rows,
          Stream stream) {
  head_kernel<<<grid_of(out.width, rows, w.out), kThreads, 0, stream>>>(picture, height, w, residual, out, rows.first);
}

void tail(const Map& in, const Dense& w, const Input& picture, int height, int scale, const float* phases,
          const Output& out, Span rows, std::uint32_t* overflows, Stream stream) {
  tail_kernel<<<grid_of(in.width, rows, w.out), kThreads, 0, stream>>>(in, w, picture, height, scale, phases, out,
                                                                       rows.first, overflows);
}

void depthwise(const Map& in, const Depthwise& w, bool add, const Map& out, int height, Span rows, Stream stream) {
  const long long items = static_cast<long long>(in.width) * in.channels;
  const dim3 grid(static_cast<unsigned>((items + kThreads - 1) / kThreads), rows.last - rows.first);
  depthwise_kernel<<<grid, kThreads, 0, stream>>>(in, w, add, out, height, rows.first);
}

}  // namespace nalasr::cuda::plain
