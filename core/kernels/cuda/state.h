// Sums of keys and values, from partial sums to the state that queries meet. Both kernel sets use these.
#pragma once

#include "kernels/cuda/kernels.h"

namespace nalasr::cuda {

/// Floats of a final state: S [heads][2d][d], m [heads][2d], then ε and padding to 16 bytes. Where sums are huge, S, m
/// and ε are all divided by one power of two, which leaves the quotient as it is.
constexpr std::size_t state_floats(const NalaParams& p) { return (sum_floats(p) + 1 + 3) / 4 * 4; }

/// total [floats] += sums [count][floats], one after the other in float64: the order, and so every bit, is the same
/// however the sums come in.
void add_sums(const float* sums, int count, std::size_t floats, double* total, Stream stream);
/// total / tokens → state. A sum that is not finite counts as one overflow.
void finalise_state(const NalaParams& p, const double* total, double tokens, float* state, std::uint32_t* overflows,
                    Stream stream);
/// The same for `count` sums of float32: states one after the other.
void finalise_states(const NalaParams& p, const float* sums, int count, double tokens, float* states,
                     std::uint32_t* overflows, Stream stream);

}  // namespace nalasr::cuda
