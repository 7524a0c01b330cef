#include "kernels/cuda/chunked_memory.h"

#include <cuda.h>

#include <algorithm>

#include "kernels/cuda/check.cuh"
#include "kernels/cuda/memory.h"

namespace nalasr::cuda {
namespace {

/// The driver's functions are asked for at run time: linking libcuda would keep the program from starting without it.
template <typename F>
F driver_function(const char* name) {
  void* function = nullptr;
  cudaDriverEntryPointQueryResult found{};
  check(cudaGetDriverEntryPointByVersion(name, &function, 12000, cudaEnableDefault, &found), name);
  if (found != cudaDriverEntryPointSuccess) throw Failure(std::string("the NVIDIA driver lacks ") + name);
  return reinterpret_cast<F>(function);
}

struct Driver {
  decltype(&cuMemAddressReserve) reserve = driver_function<decltype(reserve)>("cuMemAddressReserve");
  decltype(&cuMemAddressFree) free = driver_function<decltype(free)>("cuMemAddressFree");
  decltype(&cuMemCreate) create = driver_function<decltype(create)>("cuMemCreate");
  decltype(&cuMemRelease) release = driver_function<decltype(release)>("cuMemRelease");
  decltype(&cuMemMap) map = driver_function<decltype(map)>("cuMemMap");
  decltype(&cuMemUnmap) unmap = driver_function<decltype(unmap)>("cuMemUnmap");
  decltype(&cuMemSetAccess) set_access = driver_function<decltype(set_access)>("cuMemSetAccess");
};

const Driver& driver() {
  static const Driver functions;
  return functions;
}

void check_driver(CUresult status, const char* what) {
  if (status == CUDA_SUCCESS) return;
  if (status == CUDA_ERROR_OUT_OF_MEMORY) throw DeviceOutOfMemory();
  throw Failure(std::string("CUDA: ") + what + ": error " + std::to_string(status));
}

}  // namespace

ChunkedMemory::ChunkedMemory(const std::vector<int>& physical, std::size_t chunk_bytes) : chunk_bytes_(chunk_bytes) {
  if (physical.empty()) return;
  CUmemAllocationProp properties{};
  properties.type = CU_MEM_ALLOCATION_TYPE_PINNED;
  properties.location.type = CU_MEM_LOCATION_TYPE_DEVICE;
  properties.location.id = current_device();
  CUmemAccessDesc access{};
  access.location = properties.location;
  access.flags = CU_MEM_ACCESS_FLAGS_PROT_READWRITE;
  try {
    const int count = *std::max_element(physical.begin(), physical.end()) + 1;
    for (int i = 0; i < count; ++i) {
      physical_.push_back(0);
      check_driver(driver().create(&physical_.back(), chunk_bytes_, &properties, 0), "device memory");
    }
    range_bytes_ = physical.size() * chunk_bytes_;
    check_driver(driver().reserve(&range_, range_bytes_, 0, 0, 0), "address range");
    for (; mapped_ < physical.size(); ++mapped_)
      check_driver(driver().map(range_ + mapped_ * chunk_bytes_, chunk_bytes_, 0, physical_[physical[mapped_]], 0),
                   "mapping");
    check_driver(driver().set_access(range_, range_bytes_, &access, 1), "access to a mapping");
  } catch (...) {
    release();
    throw;
  }
}

ChunkedMemory::~ChunkedMemory() { release(); }

void ChunkedMemory::release() noexcept {
  if (physical_.empty()) return;
  for (std::size_t i = 0; i < mapped_; ++i) driver().unmap(range_ + i * chunk_bytes_, chunk_bytes_);
  if (range_) driver().free(range_, range_bytes_);
  for (const unsigned long long handle : physical_)
    if (handle) driver().release(handle);
}

std::byte* ChunkedMemory::data() const { return reinterpret_cast<std::byte*>(range_); }

}  // namespace nalasr::cuda
