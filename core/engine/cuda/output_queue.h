// Upscaled rows on their way out: two buffers on the device and two in pinned memory, so that strip n is computed while
// n − 1 is copied and the caller works on n − 2.
#pragma once

#include <deque>
#include <functional>

#include "engine/cuda/layout.h"
#include "kernels/cuda/memory.h"

namespace nalasr::cuda {

/// Where upscaled rows go: to `rows`, strip by strip, or straight into a picture on the device.
struct Target {
  Sample sample = Sample::f32;
  /// Receives output rows [first, first + count) in host memory, RGB, `stride` bytes from row to row.
  std::function<void(int first, int count, const std::byte* data, std::size_t stride)> rows;
  void* device = nullptr;
};

class OutputQueue {
 public:
  OutputQueue(const RunShape& shape, const RunLayout& layout, const Target& target, Stream compute);

  /// Where the tail is to write low-resolution rows `rows`.
  Output begin(Span rows);
  /// After the tail's launch. Hands earlier strips to the target. False: a strip held values that are not finite; it
  /// and later ones were kept back.
  bool end(Span rows);
  /// Hands over the rest. False as above.
  bool finish();
  /// Output rows handed over so far.
  [[nodiscard]] int delivered() const { return delivered_; }

 private:
  struct Buffer {
    PinnedBuffer memory;
    Event computed, copied;
  };
  bool deliver();
  [[nodiscard]] std::uint32_t& overflows(const Buffer& b) const {
    return *reinterpret_cast<std::uint32_t*>(b.memory.data() + strip_bytes_);
  }

  const RunShape& shape_;
  const RunLayout& layout_;
  const Target& target_;
  Stream compute_;
  std::size_t strip_bytes_;
  Buffer buffers_[2];
  int next_ = 0, delivered_ = 0;
  std::deque<std::pair<int, Span>> waiting_;  ///< buffer and rows
  OwnedStream copies_;                        ///< last: its destructor waits for what uses the rest
};

}  // namespace nalasr::cuda
