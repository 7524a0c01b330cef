#include "engine/cuda/placement.h"

#include <algorithm>

namespace nalasr::cuda {
namespace {

/// Streamed ones among the first `count` of `chunks`.
int streamed_before(int count, int chunks, int host) {
  return static_cast<int>(static_cast<long long>(count) * host / chunks);
}

}  // namespace

MapPlacement::MapPlacement(int chunks, int host, int shared) : ring(shared) {
  int resident = ring;
  for (int i = 0; i < chunks; ++i) {
    const int rank = streamed_before(i, chunks, host);
    if (streamed_before(i + 1, chunks, host) > rank) {
      streamed.push_back(i);
      physical.push_back(rank % ring);
    } else {
      physical.push_back(resident++);
    }
  }
}

int map_chunks(const RunShape& shape, const DeviceCosts& costs) {
  return static_cast<int>((map_row_bytes(shape, costs) * shape.height + costs.chunk_bytes - 1) / costs.chunk_bytes);
}

int ring_chunks(const RunShape& shape, const DeviceCosts& costs, int host) {
  const std::size_t row = map_row_bytes(shape, costs), chunk = costs.chunk_bytes;
  const int chunks = map_chunks(shape, costs);
  // Ahead of the step that computes, one strip comes in; behind it, one goes out.
  const int ahead = static_cast<int>(row * shape.strip_rows / chunk) + 1;
  int most = 0;
  for (const SweepShape& sweep : shape.sweeps) {
    int finished = 0;
    for (const Step& step : sweep.steps) {
      const MapUse use = map_use(sweep, step, shape.height);
      if (use.touched > 0) {
        const int first = std::max(0, static_cast<int>(row * finished / chunk) - ahead);
        const int last = std::min(chunks, static_cast<int>((row * use.touched - 1) / chunk) + 1 + ahead);
        most = std::max(most, streamed_before(last, chunks, host) - streamed_before(first, chunks, host));
      }
      finished = std::max(finished, use.finished);
    }
  }
  return std::min(most, host);
}

}  // namespace nalasr::cuda
