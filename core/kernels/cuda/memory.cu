#include <utility>

#include "kernels/cuda/check.cuh"

namespace nalasr::cuda {

std::string unavailable_reason(int index) {
  int count = 0;
  const cudaError_t status = cudaGetDeviceCount(&count);
  cudaGetLastError();
  if (status == cudaErrorInsufficientDriver) {
    int driver = 0;
    cudaDriverGetVersion(&driver);
    return driver == 0 ? "there is no NVIDIA driver" : "the NVIDIA driver is too old for this build";
  }
  if (status == cudaErrorNoDevice || (status == cudaSuccess && count == 0)) return "there is no NVIDIA GPU";
  if (status != cudaSuccess) return cudaGetErrorString(status);
  if (index >= count) return "there is no GPU " + std::to_string(index) + ", only " + std::to_string(count);
  int major = 0, minor = 0;
  check(cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, index), "compute capability");
  check(cudaDeviceGetAttribute(&minor, cudaDevAttrComputeCapabilityMinor, index), "compute capability");
  if (major * 10 + minor < 75)
    return "the GPU has compute capability " + std::to_string(major) + "." + std::to_string(minor) +
           ", 7.5 or later is needed";
  return {};
}

void use_device(int index) { check(cudaSetDevice(index), "choosing a device"); }

int current_device() {
  int device = 0;
  check(cudaGetDevice(&device), "current device");
  return device;
}

DeviceInfo device_info() {
  cudaDeviceProp properties;
  check(cudaGetDeviceProperties(&properties, current_device()), "device properties");
  return {properties.name, properties.major, properties.minor};
}

DeviceMemory device_memory() {
  DeviceMemory memory;
  check(cudaMemGetInfo(&memory.free, &memory.total), "free memory");
  return memory;
}

void check_launches() { check(cudaGetLastError(), "kernel launch"); }

DeviceBuffer::DeviceBuffer(std::size_t bytes) : size_(bytes) {
  if (bytes > 0) check(cudaMalloc(reinterpret_cast<void**>(&data_), bytes), "device memory");
}
DeviceBuffer::~DeviceBuffer() { cudaFree(data_); }
DeviceBuffer::DeviceBuffer(DeviceBuffer&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
DeviceBuffer& DeviceBuffer::operator=(DeviceBuffer&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

PinnedBuffer::PinnedBuffer(std::size_t bytes) {
  if (bytes == 0) return;
  const cudaError_t status = cudaHostAlloc(reinterpret_cast<void**>(&data_), bytes, cudaHostAllocDefault);
  if (status == cudaErrorMemoryAllocation) {
    cudaGetLastError();
    throw std::bad_alloc();  // of the host: planning smaller for the device would not help
  }
  check(status, "pinned memory");
}
PinnedBuffer::~PinnedBuffer() { cudaFreeHost(data_); }
PinnedBuffer::PinnedBuffer(PinnedBuffer&& other) noexcept : data_(std::exchange(other.data_, nullptr)) {}
PinnedBuffer& PinnedBuffer::operator=(PinnedBuffer&& other) noexcept {
  std::swap(data_, other.data_);
  return *this;
}

OwnedStream::OwnedStream() { check(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "stream"); }
OwnedStream::~OwnedStream() {
  drain();
  cudaStreamDestroy(stream_);
}
void OwnedStream::drain() const noexcept { cudaStreamSynchronize(stream_); }
void OwnedStream::synchronize() const { check(cudaStreamSynchronize(stream_), "waiting for the device"); }

Event::Event() { check(cudaEventCreate(&event_), "event"); }
Event::~Event() {
  if (event_) cudaEventDestroy(event_);
}
Event::Event(Event&& other) noexcept : event_(std::exchange(other.event_, nullptr)) {}
Event& Event::operator=(Event&& other) noexcept {
  std::swap(event_, other.event_);
  return *this;
}
void Event::record(Stream stream) const { check(cudaEventRecord(event_, stream), "event"); }
void Event::hold(Stream stream) const { check(cudaStreamWaitEvent(stream, event_, 0), "event"); }
void Event::synchronize() const { check(cudaEventSynchronize(event_), "waiting for the device"); }
float Event::milliseconds_since(const Event& earlier) const {
  float milliseconds = 0;
  check(cudaEventElapsedTime(&milliseconds, earlier.event_, event_), "event");
  return milliseconds;
}

void copy(void* to, const void* from, std::size_t bytes, Stream stream) {
  check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDefault, stream), "copy");
}
void copy_rows(void* to, std::size_t to_stride, const void* from, std::size_t from_stride, std::size_t row_bytes,
               int rows, Stream stream) {
  check(cudaMemcpy2DAsync(to, to_stride, from, from_stride, row_bytes, rows, cudaMemcpyDefault, stream), "copy");
}
void fill_zero(void* data, std::size_t bytes, Stream stream) { check(cudaMemsetAsync(data, 0, bytes, stream), "fill"); }

}  // namespace nalasr::cuda
