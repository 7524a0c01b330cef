#include "image/quiet_opencv.h"

#include <iostream>
#include <mutex>
#include <opencv2/core/utils/logger.hpp>
#include <streambuf>

namespace nalasr {
namespace {

thread_local int quiet_depth = 0;

// Hands everything on, except from threads that are inside OpenCV. (OpenCV 4 writes its decoders' complaints to
// std::cerr unconditionally; taking std::cerr away from the whole process would swallow other threads' words.)
class Filter final : public std::streambuf {
 public:
  explicit Filter(std::streambuf* target) : target_(target) {}

 protected:
  int_type overflow(int_type c) override {
    if (quiet_depth > 0 || traits_type::eq_int_type(c, traits_type::eof())) return traits_type::not_eof(c);
    return target_->sputc(traits_type::to_char_type(c));
  }
  std::streamsize xsputn(const char* text, std::streamsize count) override {
    return quiet_depth > 0 ? count : target_->sputn(text, count);
  }
  int sync() override { return quiet_depth > 0 ? 0 : target_->pubsync(); }

 private:
  std::streambuf* target_;
};

}  // namespace

QuietOpenCv::QuietOpenCv() {
  static std::once_flag once;
  std::call_once(once, [] {
    // Never freed: std::cerr outlives every static object.
    std::cerr.rdbuf(new Filter(std::cerr.rdbuf()));
    cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
  });
  ++quiet_depth;
}

QuietOpenCv::~QuietOpenCv() { --quiet_depth; }

}  // namespace nalasr
