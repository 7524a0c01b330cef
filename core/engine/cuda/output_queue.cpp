#include "engine/cuda/output_queue.h"

namespace nalasr::cuda {

OutputQueue::OutputQueue(const RunShape& shape, const RunLayout& layout, const Target& target, Stream compute)
    : shape_(shape),
      layout_(layout),
      target_(target),
      compute_(compute),
      strip_bytes_(target.device ? 0 : shape.out_stride * shape.spec.scale * shape.tail_rows) {
  for (Buffer& b : buffers_) b.memory = PinnedBuffer(strip_bytes_ + sizeof(std::uint32_t));
}

Output OutputQueue::begin(Span rows) {
  if (target_.device)
    return {static_cast<std::byte*>(target_.device) + shape_.out_stride * shape_.spec.scale * rows.first,
            shape_.out_stride, target_.sample};
  buffers_[next_].copied.hold(compute_);
  return {layout_.outputs[next_], shape_.out_stride, target_.sample};
}

bool OutputQueue::end(Span rows) {
  if (target_.device) return true;
  const Buffer& b = buffers_[next_];
  b.computed.record(compute_);
  b.computed.hold(copies_.get());
  const std::size_t bytes = shape_.out_stride * shape_.spec.scale * (rows.last - rows.first);
  copy(b.memory.data(), layout_.outputs[next_], bytes, copies_.get());
  copy(&overflows(b), layout_.overflows, sizeof(std::uint32_t), copies_.get());
  b.copied.record(copies_.get());
  waiting_.emplace_back(next_, rows);
  next_ ^= 1;
  return waiting_.size() < 2 || deliver();
}

bool OutputQueue::deliver() {
  const auto [index, rows] = waiting_.front();
  waiting_.pop_front();
  const Buffer& b = buffers_[index];
  b.copied.synchronize();
  if (overflows(b) != 0) return false;
  const int scale = shape_.spec.scale;
  target_.rows(rows.first * scale, (rows.last - rows.first) * scale, b.memory.data(), shape_.out_stride);
  delivered_ = rows.last * scale;
  return true;
}

bool OutputQueue::finish() {
  if (target_.device) {
    copy(&overflows(buffers_[0]), layout_.overflows, sizeof(std::uint32_t), compute_);
    buffers_[0].copied.record(compute_);
    buffers_[0].copied.synchronize();
    return overflows(buffers_[0]) == 0;
  }
  while (!waiting_.empty())
    if (!deliver()) return false;
  return true;
}

}  // namespace nalasr::cuda
