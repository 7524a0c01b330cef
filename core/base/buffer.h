// Buffer<T>: zeroed, 64-byte aligned memory straight from the operating system.
//
// Large working buffers must not linger in malloc's free lists: the memory a run gives back has to be visible to
// the next run's meter and to other programs, so each buffer is its own anonymous mapping.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>

namespace nalasr {

template <typename T>
class Buffer {
 public:
  Buffer() = default;
  /// `count` zeroed elements. Throws std::bad_alloc, which the Upscaler turns into Error out_of_memory.
  explicit Buffer(std::size_t count) : size_(count) {
    if (count > 0) data_ = reinterpret_cast<T*>(map(bytes()));
  }
  /// The same in huge pages where the system has them, for memory that is walked in strides of many pages and that will
  /// be filled: what such a page holds becomes resident at the first touch of any part of it. The ends, which fill no
  /// such page, stay in small ones, so that nothing beside the buffer becomes resident.
  static Buffer in_huge_pages(std::size_t count) {
    constexpr std::size_t kHuge = std::size_t{2} << 20;
    Buffer buffer;
    buffer.size_ = count;
    if (buffer.bytes() < kHuge) return Buffer(count);
    // Larger than needed, to cut it at such a page's bounds.
    const std::size_t page = sysconf(_SC_PAGESIZE), bytes = (buffer.bytes() + page - 1) / page * page;
    std::byte* const begin = map(bytes + kHuge);
    const std::size_t before = (kHuge - reinterpret_cast<std::uintptr_t>(begin) % kHuge) % kHuge;
    if (before) munmap(begin, before);
    munmap(begin + before + bytes, kHuge - before);
    buffer.data_ = reinterpret_cast<T*>(begin + before);
    madvise(buffer.data_, bytes, MADV_HUGEPAGE);  // advice: nothing is lost where it is not taken
    return buffer;
  }
  ~Buffer() {
    if (data_) munmap(data_, bytes());
  }
  Buffer(Buffer&& other) noexcept { swap(other); }
  Buffer& operator=(Buffer&& other) noexcept {
    Buffer moved(std::move(other));
    swap(moved);
    return *this;
  }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;

  T* data() { return data_; }
  const T* data() const { return data_; }
  std::size_t size() const { return size_; }
  T& operator[](std::size_t i) { return data_[i]; }
  const T& operator[](std::size_t i) const { return data_[i]; }

 private:
  static std::byte* map(std::size_t bytes) {
    void* p = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) throw std::bad_alloc();
    return static_cast<std::byte*>(p);
  }

  std::size_t bytes() const { return size_ * sizeof(T); }
  void swap(Buffer& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
  }

  T* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace nalasr
