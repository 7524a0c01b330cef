#include "base/module.h"

#include <cstdlib>
#include <system_error>

namespace nalasr {

std::filesystem::path find_module(const std::string& name) {
  std::error_code failure;
  std::filesystem::path folder;
  if (const char* chosen = std::getenv("NALASR_MODULES"); chosen != nullptr && *chosen != '\0') {
    folder = std::filesystem::absolute(chosen, failure);  // without a slash, dlopen would search elsewhere
  } else {
    const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", failure);
    folder = (program.parent_path() / "../lib/nalasr").lexically_normal();
  }
  if (failure) return {};
  std::filesystem::path file = folder / (name + ".so");
  return std::filesystem::is_regular_file(file, failure) ? file : std::filesystem::path();
}

}  // namespace nalasr
