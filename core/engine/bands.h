// A sweep from the map to the map goes band by band: some hundred columns of the picture from top to bottom, then the
// next ones. The rings of its stages are then as wide as a band and stay in the processor's cache, however wide the
// picture is. Nothing changes in the result: a band also computes what its neighbours' tokens are needed for, which
// costs 12 columns of some hundred.
#pragma once

#include <vector>

#include "engine/resident_map.h"
#include "nalasr/model.h"

namespace nalasr {

/// Picture columns that a band finishes.
struct Band {
  int first = 0, last = 0;
};

/// How far a token of the next map sees within one block: LePE 2, CPE₂ 1, the feed-forward network's convolution 1, the
/// group's convolution 1, the next block's CPE₁ 1.
inline constexpr int kBandHalo = 6;

/// Bands of about equal width of the sweep that computes `block`. They depend on nothing else, so that the sums of a
/// layer, which are added band by band, are the same for any strips and threads.
std::vector<Band> bands_of(const ModelSpec& spec, int block, int width);

/// Columns to the left of a band that its stages read: the halo, and the window which the halo's first token is in.
int edge_columns(const ModelSpec& spec, int block);

/// Columns of the map as they were before the band to their right, or its left neighbour, wrote the next map into them.
class BandEdge {
 public:
  BandEdge() = default;
  /// Copies the `columns` columns before `last`.
  void save(const ResidentMap& map, int last, int columns);
  /// The first picture column that is not kept; 0 where nothing is.
  [[nodiscard]] int last() const { return last_; }
  /// `tokens` tokens from (y, x0) on, all of them kept.
  void copy(int y, int x0, int tokens, float* out) const { saved_.copy(y, x0 - first_, tokens, out); }
  static std::size_t bytes(int columns, int height, int channels, bool half) {
    return static_cast<std::size_t>(columns) * height * channels * (half ? sizeof(std::uint16_t) : sizeof(float));
  }

 private:
  ResidentMap saved_;
  int first_ = 0, last_ = 0;
};

}  // namespace nalasr
