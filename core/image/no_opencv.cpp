// Builds without OpenCV read and write PNG and JPEG only; everything else gets this answer.
#include "image/other_reader.h"
#include "image/other_writer.h"

namespace nalasr {

Result<std::unique_ptr<ImageReader>> open_other(std::unique_ptr<ByteSource>, const std::string& format) {
  return Error{ErrorCode::unsupported, "this build reads PNG and JPEG only, and the file is " + format,
               "convert it to PNG, or build with OpenCV (-DNALASR_OPENCV=ON)"};
}

Result<std::unique_ptr<ImageWriter>> create_other(std::unique_ptr<AtomicFile>, ImageFormat format, const ImageInfo&,
                                                  const Metadata&, const EncodeOptions&) {
  return Error{ErrorCode::unsupported, std::string("this build cannot write ") + extension_of(format),
               "choose PNG or JPEG, or build with OpenCV (-DNALASR_OPENCV=ON)"};
}

}  // namespace nalasr
