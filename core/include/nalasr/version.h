// Which build of the library this is.
//
//     std::cout << nalasr::build_info().version << '\n';
//
// Thread safety: constant data.
#pragma once

#include <string>

namespace nalasr {

struct BuildInfo {
  std::string version;   ///< "0.1.0"
  std::string kind;      ///< "Release", "RelWithDebInfo", with sanitizers where they are on
  std::string compiler;  ///< "gcc 12.2.0"
  bool opencv = false;   ///< WebP, TIFF, BMP and further formats: whether their module is there
  bool lcms2 = false;    ///< CMYK pictures are converted through their profile
  bool cuda = false;     ///< the CUDA engine; whether a GPU is there is device_unavailable_reason's matter
};

const BuildInfo& build_info();

}  // namespace nalasr
