// Sums of keys and values, from the barrier's partial sums to the states that attend meets, for both kernel sets.
#pragma once

#include "kernels/cuda/kernels.h"

namespace nalasr::cuda {

/// Floats of a final state: S [heads][2d][d], m [heads][2d], then ε and padding to 16 bytes. Where sums are huge, S, m
/// and ε are all divided by one power of two, which leaves the quotient as it is.
constexpr std::size_t state_floats(const NalaParams& p) { return (sum_floats(p) + 1 + 3) / 4 * 4; }

/// Adds the sums of `rows` [row of units][unit][sum_floats] to `totals` (total_bytes, zero before the first picture),
/// begun anew where the rows begin the picture. Where they end it: the mean → `state`. The units of a row are added up
/// first, then the rows: the order, and so every bit, is the same whatever the strips. A sum that is not finite counts
/// as one overflow.
void reduce_sums(const NalaParams& p, const Kernels::Picture& picture, const float* sums, Span rows, void* totals,
                 float* state, Stream stream);
/// Adds the sums of these rows to those of their cells, `cells` [row of cells][cell][sum_floats], which begin anew in a
/// cell's first row. The order does not depend on strips.
void add_to_cells(const NalaParams& p, const Kernels::Picture& picture, const float* sums, Span rows, float* cells,
                  Stream stream);
/// Mean sums over each cell of these rows of cells and the eight around it, [row of cells][cell][sum_floats]; returns
/// how many.
int sum_around_cells(const NalaParams& p, const Kernels::Picture& picture, const float* cells, Span rows_of_cells,
                     float* sums, Stream stream);
/// States of `count` sums of float32, one after the other; tokens: of each. One that is not finite counts as an
/// overflow.
void finalise_states(const NalaParams& p, const float* sums, int count, double tokens, float* states,
                     std::uint32_t* overflows, Stream stream);

}  // namespace nalasr::cuda
