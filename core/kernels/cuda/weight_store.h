// Weights on their way to the device: collected on the host, copied as one block.
#pragma once

#include <cstring>
#include <vector>

#include "kernels/cuda/memory.h"

namespace nalasr::cuda {

class WeightStore {
 public:
  /// Takes `count` values and returns where they will lie: bytes from data() on, a multiple of 16.
  template <typename T>
  std::size_t add(const T* values, std::size_t count) {
    const std::size_t offset = host_.size();
    host_.resize(offset + (count * sizeof(T) + 15) / 16 * 16);
    std::memcpy(host_.data() + offset, values, count * sizeof(T));
    return offset;
  }
  template <typename T>
  std::size_t add(const std::vector<T>& values) {
    return add(values.data(), values.size());
  }
  /// Copies everything to the device; the host's copy goes.
  void upload() {
    device_ = DeviceBuffer(host_.size());
    const OwnedStream stream;
    copy(device_.data(), host_.data(), host_.size(), stream.get());
    stream.synchronize();
    host_ = {};
  }
  template <typename T>
  [[nodiscard]] const T* get(std::size_t offset) const {
    return reinterpret_cast<const T*>(device_.data() + offset);
  }
  [[nodiscard]] std::size_t bytes() const { return device_.size(); }

 private:
  std::vector<std::byte> host_;
  DeviceBuffer device_;
};

}  // namespace nalasr::cuda
