#include "report/nvml.h"

#include <dlfcn.h>

#include <cstdlib>
#include <sstream>

namespace nalasr {
namespace {

// From NVML's API reference: a handle is a pointer, 0 is success, and this is nvmlMemory_t.
using Handle = void*;
struct Memory {
  unsigned long long total, free, used;
};

struct Library {
  int (*by_index)(unsigned, Handle*) = nullptr;
  int (*by_uuid)(const char*, Handle*) = nullptr;
  int (*memory)(Handle, Memory*) = nullptr;
  int (*name)(Handle, char*, unsigned) = nullptr;
  int (*driver)(char*, unsigned) = nullptr;
  bool ready = false;

  Library() {
    void* const so = dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL);
    if (so == nullptr) return;
    int (*init)() = nullptr;
    const auto load = [so](auto& function, const char* symbol) {
      function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(dlsym(so, symbol));
      return function != nullptr;
    };
    ready = load(init, "nvmlInit_v2") && load(by_index, "nvmlDeviceGetHandleByIndex_v2") &&
            load(by_uuid, "nvmlDeviceGetHandleByUUID") && load(memory, "nvmlDeviceGetMemoryInfo") &&
            load(name, "nvmlDeviceGetName") && load(driver, "nvmlSystemGetDriverVersion") && init() == 0;
  }
};

const Library& library() {
  static const Library loaded;
  return loaded;
}

std::optional<Handle> device(int index) {
  const Library& nvml = library();
  if (!nvml.ready || index < 0) return {};
  std::string visible = std::to_string(index);
  if (const char* const list = std::getenv("CUDA_VISIBLE_DEVICES")) {
    std::istringstream entries(list);
    for (int i = 0; i <= index; ++i)
      if (!std::getline(entries, visible, ',')) return {};
  }
  Handle handle = nullptr;
  const bool number = visible.find_first_not_of("0123456789") == std::string::npos && !visible.empty();
  const int problem = number ? nvml.by_index(static_cast<unsigned>(std::strtoul(visible.c_str(), nullptr, 10)), &handle)
                             : nvml.by_uuid(visible.c_str(), &handle);
  if (problem != 0) return {};
  return handle;
}

}  // namespace

std::optional<DriverMemory> driver_memory(int index) {
  const auto handle = device(index);
  Memory memory{};
  if (!handle || library().memory(*handle, &memory) != 0) return {};
  return DriverMemory{memory.total, memory.used};
}

std::optional<DriverNames> driver_names(int index) {
  const auto handle = device(index);
  char name[96] = "", driver[96] = "";
  if (!handle || library().name(*handle, name, sizeof name) != 0) return {};
  if (library().driver(driver, sizeof driver) != 0) return {};
  return DriverNames{name, driver};
}

}  // namespace nalasr
