// The resident feature map on the device, or the part of it that is there now.
//
// A map in parts keeps some of its chunks in pinned host memory (engine/cuda/placement.h). Copies run on streams of
// their own, ahead of and behind the strips that compute; events order them, and the host only enqueues. Rows are
// replaced in place: a chunk comes in with one layer's values and goes back with the next one's.
#pragma once

#include <vector>

#include "engine/cuda/placement.h"
#include "kernels/cuda/chunked_memory.h"
#include "kernels/cuda/memory.h"

namespace nalasr::cuda {

class StreamedMap {
 public:
  /// `whole`: where the map lies in one piece, else null.
  StreamedMap(const RunShape& shape, const DeviceCosts& costs, const DevicePlan& plan, void* whole, Stream compute);

  [[nodiscard]] Rows rows() const { return rows_; }

  /// Before the steps of a sweep.
  void begin_sweep(const SweepShape& sweep);
  /// Before a step: `compute` waits until the rows it touches are there.
  void before(const MapUse& use);
  /// After it: chunks that it finished go back to the host, or just make room, and others come in.
  void after(const MapUse& use);

 private:
  [[nodiscard]] int slot(int index) const { return index % placement_.ring; }
  [[nodiscard]] std::byte* device(int index) const {
    return memory_.data() + placement_.streamed[index] * chunk_bytes_;
  }
  [[nodiscard]] std::byte* host(int index) const { return host_.data() + index * chunk_bytes_; }
  void load_ahead();

  MapPlacement placement_;
  std::size_t row_bytes_, chunk_bytes_;
  int height_;
  Rows rows_;
  Stream compute_;
  ChunkedMemory memory_;
  PinnedBuffer host_;
  std::vector<Event> loaded_, computed_, free_;  ///< per shared chunk: there, final, may be replaced
  bool loads_ = false, stores_ = false;
  int next_load_ = 0, next_use_ = 0, next_free_ = 0;  ///< indices into placement_.streamed
  OwnedStream load_, store_;                          ///< last: their destructors wait for what uses the rest
};

}  // namespace nalasr::cuda
