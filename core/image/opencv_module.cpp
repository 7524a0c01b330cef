#include "image/opencv_module.h"

#include <dlfcn.h>

#include <string>
#include <string_view>

#include "base/module.h"

namespace nalasr {

Result<const OpenCvModule*> load_opencv_module(const std::filesystem::path& file) {
  if (file.empty()) {
    return Error{ErrorCode::unsupported, "this installation reads and writes PNG and JPEG only",
                 "use PNG or JPEG, or add the module nalasr_opencv.so (it is built with -DNALASR_OPENCV=ON)"};
  }
  void* library = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    const char* reason = ::dlerror();
    return Error{ErrorCode::unsupported,
                 "cannot load the module for formats beside PNG and JPEG: " + std::string(reason ? reason : "unknown"),
                 "install OpenCV's imgcodecs library, or use PNG or JPEG"};
  }
  const auto entry = reinterpret_cast<OpenCvModuleEntry>(::dlsym(library, kOpenCvModuleEntry));
  const OpenCvModule* module = entry != nullptr ? entry() : nullptr;
  if (module == nullptr || module->build == nullptr || std::string_view(module->build) != NALASR_OPENCV_MODULE_BUILD) {
    return Error{ErrorCode::unsupported, "the module " + file.string() + " belongs to another build of nalasr",
                 "build or install it together with the program, or use PNG or JPEG"};
  }
  return module;
}

const Result<const OpenCvModule*>& opencv_module() {
  static const Result<const OpenCvModule*> module = load_opencv_module(find_module("nalasr_opencv"));
  return module;
}

}  // namespace nalasr
