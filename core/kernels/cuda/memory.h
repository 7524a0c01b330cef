// Everything of the CUDA runtime that the engine uses beside kernels: memory, streams, events, the device itself. The
// only other place that calls the runtime is the kernels' own launches.
//
//     cuda::DeviceBuffer arena(bytes);
//     cuda::OwnedStream stream;
//     cuda::copy(arena.data(), picture, bytes, stream.get());
//
// Failures are exceptions: DeviceOutOfMemory (the engine plans again, smaller), Failure (std::runtime_error).
// Thread safety: as the CUDA runtime; an object belongs to one thread at a time.
#pragma once

#include <cstddef>
#include <new>
#include <stdexcept>
#include <string>

#include "kernels/cuda/kernels.h"

struct CUevent_st;

namespace nalasr::cuda {

struct Failure : std::runtime_error {
  using std::runtime_error::runtime_error;
};
struct DeviceOutOfMemory : std::bad_alloc {
  [[nodiscard]] const char* what() const noexcept override { return "out of device memory"; }
};

struct DeviceInfo {
  std::string name;          ///< "NVIDIA H200"
  int major = 0, minor = 0;  ///< compute capability
};

/// Why device `index` cannot be used ("there is no NVIDIA driver", ...); empty where it is there and of compute
/// capability 7.5 or more.
std::string unavailable_reason(int index = 0);
/// Makes device `index` the calling thread's current one. It stays so: going back to the one before would start that
/// device, whose context takes hundreds of megabytes.
void use_device(int index);
/// That which this thread uses.
int current_device();
/// The current device.
DeviceInfo device_info();
/// Bytes of device memory that nobody holds, and of the whole device.
struct DeviceMemory {
  std::size_t free = 0, total = 0;
};
DeviceMemory device_memory();
/// Throws what an earlier kernel launch did wrong.
void check_launches();

/// Uninitialised device memory.
class DeviceBuffer {
 public:
  DeviceBuffer() = default;
  explicit DeviceBuffer(std::size_t bytes);
  ~DeviceBuffer();
  DeviceBuffer(DeviceBuffer&& other) noexcept;
  DeviceBuffer& operator=(DeviceBuffer&& other) noexcept;

  [[nodiscard]] std::byte* data() const { return data_; }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

/// Host memory that the device copies to and from on its own.
class PinnedBuffer {
 public:
  PinnedBuffer() = default;
  explicit PinnedBuffer(std::size_t bytes);
  ~PinnedBuffer();
  PinnedBuffer(PinnedBuffer&& other) noexcept;
  PinnedBuffer& operator=(PinnedBuffer&& other) noexcept;

  [[nodiscard]] std::byte* data() const { return data_; }

 private:
  std::byte* data_ = nullptr;
};

class OwnedStream {
 public:
  OwnedStream();
  ~OwnedStream();  ///< waits for what was enqueued
  OwnedStream(const OwnedStream&) = delete;
  OwnedStream& operator=(const OwnedStream&) = delete;

  [[nodiscard]] Stream get() const { return stream_; }
  void synchronize() const;
  /// The same for destructors: whatever went wrong is not told.
  void drain() const noexcept;

 private:
  Stream stream_ = nullptr;
};

/// A point in a stream's work. Waiting for one that was never recorded returns at once.
class Event {
 public:
  Event();
  ~Event();
  Event(Event&& other) noexcept;
  Event& operator=(Event&& other) noexcept;

  void record(Stream stream) const;
  /// `stream` goes on when this point is reached.
  void hold(Stream stream) const;
  /// The calling thread does.
  void synchronize() const;
  /// Milliseconds from `earlier` to this; both must have been reached.
  [[nodiscard]] float milliseconds_since(const Event& earlier) const;

 private:
  CUevent_st* event_ = nullptr;
};

/// Asynchronous copy between any two of device, pinned and ordinary memory; from ordinary memory it returns when the
/// source may change.
void copy(void* to, const void* from, std::size_t bytes, Stream stream);
void copy_rows(void* to, std::size_t to_stride, const void* from, std::size_t from_stride, std::size_t row_bytes,
               int rows, Stream stream);
void fill_zero(void* data, std::size_t bytes, Stream stream);

}  // namespace nalasr::cuda
