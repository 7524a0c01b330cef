// Launchers of the plain kernels: float32 maps of any shape, one obvious kernel after the other.
#pragma once

#include "kernels/cuda/kernels.h"

namespace nalasr::cuda::plain {

/// Rows of a float32 map, [capacity][width][channels]; row y lies in slot y % capacity.
struct Map {
  float* data = nullptr;
  int capacity = 0, width = 0, channels = 0;
};

/// y = W·x + b with weights turned to [in][out]; no bias: null.
struct Dense {
  const float *weights = nullptr, *bias = nullptr;
  int in = 0, out = 0;
};

struct Depthwise {
  const float *weights = nullptr, *bias = nullptr;  ///< [k·k][channels], [channels]
  int k = 3;
};

/// Constants of the NaLa operator as kernels take them.
struct Nala {
  int heads, d;
  bool cosine;
  float lambda, tau, alpha;
  Rotary rotary;
};

/// Rectangles of tokens that share a sum or a state; the grid is shifted up and left. Columns 0: one for everything.
struct Cells {
  int rows = 0, columns = 0;  ///< of tokens
  int shift_rows = 0, shift_columns = 0;
  [[nodiscard]] int across(int width) const { return columns ? (width + shift_columns + columns - 1) / columns : 1; }
};

/// GELU(W·LN(x) + b) or without GELU.
void norm_dense(const Map& in, const Dense& w, bool gelu, const Map& out, Span rows, Stream);
/// residual + W·((LN(o) ⊙ weight + bias) ⊙ SiLU(gate)) + b
void gated_dense(const Map& o, const Map& gate, const float* merge_weight, const float* merge_bias, const Dense& w,
                 const Map& residual, const Map& out, Span rows, Stream);
/// residual + W·dw(x) + b
void depthwise_dense(const Map& in, const Depthwise& dw, const Dense& w, const Map& residual, const Map& out,
                     int height, Span rows, Stream);
/// x + conv3×3(x)
void convolution(const Map& in, const Dense& w, const Map& out, int height, Span rows, Stream);
/// The first convolution; `residual` (where it has data) is added.
void head(const Input& picture, int height, const Dense& w, const Map& residual, const Map& out, Span rows, Stream);
/// Tail convolution, pixel shuffle and interpolated input. phases: base_phases(scale).
void tail(const Map& in, const Dense& w, const Input& picture, int height, int scale, const float* phases,
          const Output& out, Span rows, std::uint32_t* overflows, Stream);
/// out = dw(in), or out += dw(in).
void depthwise(const Map& in, const Depthwise& w, bool add, const Map& out, int height, Span rows, Stream);

/// k [heads·d] → φ_k [heads][2d], not rotated.
void key_features(const Nala& nala, const Map& k, const Map& features, Span rows, Stream);
/// Sums over each cell of `rows`: [row of cells][cell][sum_floats]. `first_cell_row` is that of rows.first.
void cell_sums(const Nala& nala, const Map& features, const Map& v, const Cells& cells, int height, Span rows,
               float* sums, Stream);
/// q → rotated φ_q divided by its normaliser. States (of state.h) lie one per cell, from the first row of cells on.
void query_features(const Nala& nala, const Map& q, const float* states, const Cells& cells, const Map& features,
                    Span rows, Stream);
/// o = φᵀ·S
void apply(const Nala& nala, const Map& features, const float* states, const Cells& cells, const Map& o, Span rows,
           Stream);

}  // namespace nalasr::cuda::plain
