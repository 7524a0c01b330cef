// PNG's five row filters, and which of them a row gets.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace nalasr {

/// Filters rows as a PNG stores them. One instance belongs to one thread.
class PngFilter {
 public:
  /// `pixel`: bytes of a pixel, 1 to 8; `row`: bytes of a row.
  PngFilter(std::size_t pixel, std::size_t row) : pixel_(pixel), row_(row), candidate_(row) {}

  /// Writes the filter's number and the filtered bytes of `row` to `out` (1 + row bytes). The filter is the one with
  /// the least sum of absolute values (libpng's choice, and what the PNG specification recommends).
  void apply(const std::byte* above, const std::byte* row, std::byte* out);

 private:
  std::size_t pixel_, row_;
  std::vector<unsigned char> candidate_;
};

}  // namespace nalasr
