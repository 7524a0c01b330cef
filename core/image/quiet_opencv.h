// OpenCV's decoders print to std::cerr; the library never prints.
#pragma once

namespace nalasr {

/// While one lives, what this thread writes to std::cerr is dropped, and OpenCV's log is silent. Other threads'
/// output passes.
class QuietOpenCv {
 public:
  QuietOpenCv();
  ~QuietOpenCv();
  QuietOpenCv(const QuietOpenCv&) = delete;
  QuietOpenCv& operator=(const QuietOpenCv&) = delete;
};

}  // namespace nalasr
