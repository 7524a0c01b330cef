#include "engine/cuda/streamed_map.h"

namespace nalasr::cuda {

StreamedMap::StreamedMap(const RunShape& shape, const DeviceCosts& costs, const DevicePlan& plan, void* whole,
                         Stream compute)
    : placement_(plan.map_chunks, plan.host_chunks, plan.ring_chunks),
      row_bytes_(map_row_bytes(shape, costs)),
      chunk_bytes_(costs.chunk_bytes),
      height_(shape.height),
      rows_{whole, shape.height},
      compute_(compute),
      memory_(placement_.physical, chunk_bytes_),
      host_(placement_.streamed.size() * chunk_bytes_),
      loaded_(placement_.ring),
      computed_(placement_.ring),
      free_(placement_.ring) {
  if (plan.map_chunks > 0) rows_.data = memory_.data();
}

void StreamedMap::begin_sweep(const SweepShape& sweep) {
  loads_ = sweep.reads_map();
  stores_ = sweep.writes_map();
  next_load_ = next_use_ = next_free_ = 0;
  if (loads_ || stores_) load_ahead();
}

void StreamedMap::load_ahead() {
  const int count = static_cast<int>(placement_.streamed.size());
  for (; next_load_ < count && next_load_ - next_free_ < placement_.ring; ++next_load_) {
    free_[slot(next_load_)].hold(load_.get());
    if (loads_) copy(device(next_load_), host(next_load_), chunk_bytes_, load_.get());
    loaded_[slot(next_load_)].record(load_.get());
  }
}

void StreamedMap::before(const MapUse& use) {
  const std::size_t end = row_bytes_ * use.touched;
  for (; next_use_ < static_cast<int>(placement_.streamed.size()); ++next_use_) {
    if (placement_.streamed[next_use_] * chunk_bytes_ >= end) break;
    if (next_use_ == next_load_) throw Failure("a step needs more of the map than the plan gave it room for");
    loaded_[slot(next_use_)].hold(compute_);
  }
}

void StreamedMap::after(const MapUse& use) {
  const std::size_t end = row_bytes_ * use.finished;
  const bool all = use.finished >= height_;  // the last chunk may reach beyond the map
  for (; next_free_ < next_use_; ++next_free_) {
    if (!all && (placement_.streamed[next_free_] + 1) * chunk_bytes_ > end) break;
    const int s = slot(next_free_);
    if (stores_) {
      computed_[s].record(compute_);
      computed_[s].hold(store_.get());
      copy(host(next_free_), device(next_free_), chunk_bytes_, store_.get());
      free_[s].record(store_.get());
    } else {
      free_[s].record(compute_);
    }
  }
  load_ahead();
}

}  // namespace nalasr::cuda
