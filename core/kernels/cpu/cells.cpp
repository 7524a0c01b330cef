#include "kernels/cpu/cells.h"

#include <algorithm>
#include <cmath>

namespace nalasr::cpu {

CellSums::CellSums(const NalaParams& params, int cell, int height, int width)
    : lambda_(params.lambda),
      cell_(cell),
      height_(height),
      width_(width),
      rows_((height + cell - 1) / cell),
      columns_((width + cell - 1) / cell),
      floats_(partial_floats(params)),
      sums_(static_cast<std::size_t>(rows_) * columns_ * floats_) {}

std::size_t CellSums::bytes(const NalaParams& params, int cell, int height, int width) {
  const std::size_t rows = (height + cell - 1) / cell, columns = (width + cell - 1) / cell;
  return rows * columns * partial_floats(params) * sizeof(float);
}

void CellSums::add(const Partial& partial, int y, int column) {
  float* to = &sums_[place(y / cell_, column)];
  if (y % cell_ == 0) std::fill_n(to, floats_, 0.0f);
  const auto factor = static_cast<float>(std::exp2(lambda_ * partial.exponent));
  for (std::size_t i = 0; i < floats_; ++i) to[i] += partial.sums[i] * factor;
}

bool CellSums::gather(int row, int column, NalaState& state) const {
  const int top = std::max(0, row - 1), bottom = std::min(rows_, row + 2);
  const int left = std::max(0, column - 1), right = std::min(columns_, column + 2);
  state.clear();
  for (int r = top; r < bottom; ++r)
    for (int c = left; c < right; ++c) state.add(&sums_[place(r, c)]);
  const int high = std::min(height_, bottom * cell_) - top * cell_,
            wide = std::min(width_, right * cell_) - left * cell_;
  return state.finalise(static_cast<double>(high) * wide);
}

}  // namespace nalasr::cpu
