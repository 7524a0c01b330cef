// The three kernel calls that stages make most, with rows and rings as arguments.
#pragma once

#include "engine/packed_network.h"
#include "engine/row_ring.h"

namespace nalasr {

/// c [rows][ldc] = a [rows][lda] · b + bias. `rounded`: a as bfloat16 where it exists (round_once).
inline cpu::GemmArgs product(const float* a, std::size_t lda, const cpu::PackedMatrix& b, int rows, float* c,
                             std::size_t ldc, const std::uint16_t* rounded = nullptr) {
  cpu::GemmArgs g;
  g.rounded = rounded;
  g.a[0] = a;
  g.lda = lda;
  g.k_segment = b.k;
  g.b = &b;
  g.rows = rows;
  g.c = c;
  g.ldc = ldc;
  return g;
}

/// `rows` rows of normalised tokens that several products take: rounded once if `b` is packed as bfloat16.
inline const std::uint16_t* round_once(const float* a, std::size_t floats, const cpu::PackedMatrix& b, float* scratch) {
  if (b.pairs.empty()) return nullptr;
  auto* rounded = reinterpret_cast<std::uint16_t*>(scratch);
  cpu::kernels().round_bf16(a, floats, rounded);
  return rounded;
}

/// A 3×3 convolution at tokens (y, x0..x0+tokens); in(row) gives token 0 of a row, readable one token beyond.
template <typename RowOf>
cpu::GemmArgs convolution(RowOf&& in, int channels, int y, int x0, const cpu::PackedMatrix& b, int tokens, float* c,
                          std::size_t ldc) {
  cpu::GemmArgs g = product(nullptr, channels, b, tokens, c, ldc);
  g.segments = 3;
  g.k_segment = 3 * channels;
  for (int i = 0; i < 3; ++i) g.a[i] = in(y + i - 1) + (static_cast<std::ptrdiff_t>(x0) - 1) * channels;
  return g;
}

/// Depthwise convolution of the channels of `in` from `first_channel` on, at tokens (y, x0..x0+tokens).
inline void depthwise(const PackedDepthwise& w, const RowRing& in, int y, int x0, int tokens, int first_channel,
                      float* out, std::size_t ldo) {
  cpu::DepthwiseArgs a;
  a.k = w.k;
  a.ld = in.channels();
  for (int i = 0; i < w.k; ++i)
    a.rows[i] = in.read(y + i - w.k / 2) + static_cast<std::size_t>(x0) * a.ld + first_channel;
  a.weights = w.weights.data();
  a.bias = w.bias.data();
  a.channels = static_cast<int>(w.bias.size());
  a.tokens = tokens;
  a.out = out;
  a.ldo = ldo;
  cpu::kernels().depthwise(a);
}

}  // namespace nalasr
