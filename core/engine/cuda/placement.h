// Which chunks of the resident map are on the device for good, and which live in host memory and take turns on a few
// shared device chunks. Pure numbers.
#pragma once

#include <vector>

#include "engine/cuda/layout.h"

namespace nalasr::cuda {

struct MapPlacement {
  std::vector<int> streamed;  ///< chunks in host memory, in order; the i-th takes shared chunk i % ring
  std::vector<int> physical;  ///< device chunk of each chunk: first the shared ones, then the others
  int ring = 0;

  /// `host` of `chunks` are streamed, spread evenly, so that copies overlap with the whole of a sweep.
  MapPlacement(int chunks, int host, int ring);
};

/// Chunks of a map.
int map_chunks(const RunShape& shape, const DeviceCosts& costs);
/// Shared device chunks with which `host` streamed chunks never wait for each other: those that a step needs at once,
/// and as many again as are copied meanwhile.
int ring_chunks(const RunShape& shape, const DeviceCosts& costs, int host);

}  // namespace nalasr::cuda
