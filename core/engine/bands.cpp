#include "engine/bands.h"

#include <algorithm>

namespace nalasr {
namespace {
// The narrowest that costs little: 12 of 756 columns are computed twice. With the halo, 16 tiles.
constexpr int kBandColumns = 756;
}  // namespace

int edge_columns(const ModelSpec& spec, int block) {
  const int window = spec.scopes[block].window;
  return kBandHalo + (window > 0 ? window - 1 : 0);
}

std::vector<Band> bands_of(const ModelSpec& spec, int block, int width) {
  int count = std::max(1, (width + kBandColumns / 2) / kBandColumns);
  // What a band reads to its left must not reach beyond its neighbour, which keeps it (BandEdge).
  while (count > 1 && width / count < edge_columns(spec, block)) --count;
  std::vector<Band> bands;
  for (int i = 0; i < count; ++i)
    bands.push_back(
        {static_cast<int>(std::int64_t{width} * i / count), static_cast<int>(std::int64_t{width} * (i + 1) / count)});
  return bands;
}

void BandEdge::save(const ResidentMap& map, int last, int columns) {
  last_ = last;
  first_ = last - columns;
  saved_.take_columns(map, first_, columns);
}

}  // namespace nalasr
