#include "nalasr/version.h"

#include "base/module.h"

#define NALASR_TEXT_OF(x) #x
#define NALASR_TEXT(x) NALASR_TEXT_OF(x)

namespace nalasr {
namespace {

std::string compiler() {
#if defined(__clang__)
  return "clang " __clang_version__;
#elif defined(__GNUC__)
  return "gcc " NALASR_TEXT(__GNUC__) "." NALASR_TEXT(__GNUC_MINOR__) "." NALASR_TEXT(__GNUC_PATCHLEVEL__);
#else
  return "unknown compiler";
#endif
}

}  // namespace

const BuildInfo& build_info() {
  static const BuildInfo info = [] {
    BuildInfo build;
    build.version = NALASR_VERSION;
    build.kind = NALASR_BUILD_KIND;
    build.compiler = compiler();
    build.opencv = !find_module("nalasr_opencv").empty();
#ifdef NALASR_HAS_LCMS2
    build.lcms2 = true;
#endif
#ifdef NALASR_HAS_CUDA
    build.cuda = true;
#endif
    return build;
  }();
  return info;
}

}  // namespace nalasr
