#include "kernels/cpu/winograd.h"

namespace nalasr::cpu {
namespace {

void multiply_whole(const PackedMatrix& w, const std::array<const float*, 3>& rows, int tokens, float* out) {
  const int channels = w.n;
  GemmArgs g;
  for (int i = 0; i < 3; ++i) g.a[i] = rows[i] - channels;
  g.segments = 3;
  g.lda = g.ldc = g.ldr = channels;
  g.k_segment = 3 * channels;
  g.b = &w;
  g.rows = tokens;
  g.c = out;
  g.residual = rows[1];
  multiply(g);
}

}  // namespace

PackedConvolution pack_convolution(const float* w, const float* bias, int channels, bool bf16) {
  const int padded = pad_channels(channels);
  const std::vector<int> n_map = padded_map(channels, padded);
  PackedConvolution packed;
  if (bf16) {
    packed.whole = pack_matrix(w, 9 * channels, bias, head_map(9, channels), n_map, true);
    return packed;
  }
  // Rows: what each of the six products takes of a filter's three columns.
  constexpr double kFilter[6][3] = {{1.0 / 4, 0, 0},
                                    {-1.0 / 6, -1.0 / 6, -1.0 / 6},
                                    {-1.0 / 6, 1.0 / 6, -1.0 / 6},
                                    {1.0 / 24, 1.0 / 12, 1.0 / 6},
                                    {1.0 / 24, -1.0 / 12, 1.0 / 6},
                                    {0, 0, 1}};
  const std::vector<int> k_map = head_map(3, channels);
  packed.bias.assign(bias, bias + channels);
  packed.bias.resize(padded, 0.0f);
  std::vector<float> part(static_cast<std::size_t>(channels) * 3 * channels);
  for (int i = 0; i < 6; ++i) {
    for (int out = 0; out < channels; ++out)
      for (int ky = 0; ky < 3; ++ky)
        for (int c = 0; c < channels; ++c) {
          const float* taps = w + (static_cast<std::size_t>(out) * 9 + 3 * ky) * channels + c;
          double sum = 0;
          for (int kx = 0; kx < 3; ++kx) sum += kFilter[i][kx] * taps[kx * channels];
          part[(static_cast<std::size_t>(out) * 3 + ky) * channels + c] = static_cast<float>(sum);
        }
    packed.parts[i] = pack_matrix(part.data(), 3 * channels, nullptr, k_map, n_map);
  }
  return packed;
}

void convolve(const PackedConvolution& w, const std::array<const float*, 3>& rows, int tokens, int readable, float* out,
              float* scratch) {
  if (!w.whole.pairs.empty()) return multiply_whole(w.whole, rows, tokens, out);
  const int channels = w.parts[0].n, groups = (tokens + 3) / 4, k = 3 * channels;
  float* inputs = scratch;
  float* products = inputs + static_cast<std::size_t>(6) * (kTile / 4) * k;
  kernels().winograd_input({rows, channels, tokens, readable, inputs});
  for (int i = 0; i < 6; ++i) {
    GemmArgs g;
    g.a[0] = inputs + static_cast<std::size_t>(i) * groups * k;
    g.lda = k;
    g.k_segment = k;
    g.b = &w.parts[i];
    g.rows = groups;
    g.c = products + static_cast<std::size_t>(i) * groups * channels;
    g.ldc = channels;
    multiply(g);
  }
  kernels().winograd_output({products, w.bias.data(), rows[1], channels, tokens, out});
}

}  // namespace nalasr::cpu
