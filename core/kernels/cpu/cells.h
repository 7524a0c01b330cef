// The sums of attention among cells: each cell of C×C tokens has its own, and a token attends to the sums of nine.
#pragma once

#include <vector>

#include "kernels/cpu/nala.h"

namespace nalasr::cpu {

/// Un-normalised S and m of every cell of a picture, float32, partial_floats(params) each. A sum is that of its rows'
/// partial sums from the top, whatever strips they come in.
class CellSums {
 public:
  CellSums(const NalaParams& params, int cell, int height, int width);
  [[nodiscard]] int columns() const { return columns_; }
  /// Adds the tokens of row `y` in cell column `column`; rows come in order, and the first of a cell begins it anew.
  void add(const Partial& partial, int y, int column);
  /// Makes `state` that of a cell: the mean over its own tokens and those of the cells around it. False: not finite.
  bool gather(int row, int column, NalaState& state) const;
  static std::size_t bytes(const NalaParams& params, int cell, int height, int width);

 private:
  /// Where a cell's sums begin.
  [[nodiscard]] std::size_t place(int row, int column) const {
    return (static_cast<std::size_t>(row) * columns_ + column) * floats_;
  }

  double lambda_;
  int cell_, height_, width_, rows_, columns_;
  std::size_t floats_;
  std::vector<float> sums_;
};

}  // namespace nalasr::cpu
