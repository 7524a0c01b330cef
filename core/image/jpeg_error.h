// libjpeg's errors and warnings, kept instead of printed. Shared by the reader and the writer.
#pragma once

#include <csetjmp>
#include <cstddef>
#include <cstdio>  // jpeglib.h needs FILE and size_t

#include <jpeglib.h>

#include "nalasr/result.h"

namespace nalasr {

/// libjpeg's error manager. An error jumps to `jump`; a warning that means damaged pixels is kept in `message`.
struct JpegErrors {
  jpeg_error_mgr base;  // first: libjpeg hands back a pointer to it
  std::jmp_buf jump;
  int code = 0;          ///< libjpeg's code of the error or the first damage warning; 0 = none
  bool damaged = false;  ///< a warning told of damaged pixels
  char message[JMSG_LENGTH_MAX] = "";

  /// Installs the callbacks; assign the result to cinfo.err.
  jpeg_error_mgr* install();
  /// The kept message as an Error: corrupt, unsupported or out_of_memory by `code`.
  [[nodiscard]] Error to_error() const;
};

/// Runs libjpeg calls; false where they failed. libjpeg leaves errors by longjmp, so `calls` may own nothing that
/// has a destructor: the jump then crosses C frames and trivial lambdas only.
template <typename Calls>
bool guarded(JpegErrors& errors, const Calls& calls) {
  if (setjmp(errors.jump) != 0) return false;
  calls();
  return true;
}

}  // namespace nalasr
