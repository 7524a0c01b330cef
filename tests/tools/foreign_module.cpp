// An OpenCV module of another build: its functions would crash, so nobody may call them.
#include "image/opencv_codec.h"

extern "C" const nalasr::OpenCvModule* nalasr_opencv_module() {
  static const nalasr::OpenCvModule module{NALASR_OPENCV_MODULE_BUILD, nullptr, nullptr, nullptr, nullptr};
  return &module;
}
