// The OpenCV module: the only code that sees OpenCV, built as nalasr_opencv.so and loaded by opencv_module.cpp.
#include "image/opencv_codec.h"

#include <exception>
#include <memory>
#include <new>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <string>
#include <vector>

#include "image/quiet_opencv.h"
#ifdef NALASR_HAS_WEBP
#include "image/webp_encoder.h"
#endif

namespace nalasr {
namespace {

static_assert(kWebpQuality == cv::IMWRITE_WEBP_QUALITY && kTiffResolutionUnit == cv::IMWRITE_TIFF_RESUNIT &&
              kTiffXDpi == cv::IMWRITE_TIFF_XDPI && kTiffYDpi == cv::IMWRITE_TIFF_YDPI);

CodecOutcome decode(const std::byte* file, std::size_t size, CodecPicture* picture) {
  try {
    const QuietOpenCv quiet;
    const cv::Mat bytes(1, static_cast<int>(size), CV_8U, const_cast<std::byte*>(file));
    auto decoded = std::make_unique<cv::Mat>(cv::imdecode(bytes, cv::IMREAD_UNCHANGED));
    if (decoded->empty()) return CodecOutcome::failed;
    const int depth = decoded->depth();
    picture->pixels = decoded->data;
    picture->stride = decoded->step;
    picture->width = decoded->cols;
    picture->height = decoded->rows;
    picture->channels = decoded->channels();
    picture->bits = depth == CV_8U ? 8 : depth == CV_16U ? 16 : 0;
    picture->floating_point = depth == CV_32F || depth == CV_64F;
    picture->owner = decoded.release();
    return CodecOutcome::ok;
  } catch (const cv::Exception& e) {
    return e.code == cv::Error::StsNoMem ? CodecOutcome::out_of_memory : CodecOutcome::failed;
  } catch (const std::bad_alloc&) { return CodecOutcome::out_of_memory; } catch (...) {
    return CodecOutcome::failed;
  }
}

void release_picture(void* owner) { delete static_cast<cv::Mat*>(owner); }

CodecOutcome encode(const CodecPicture* picture, const char* extension, const int* parameters,
                    std::size_t parameter_count, CodecFile* file) {
  try {
    const QuietOpenCv quiet;
    const int type = CV_MAKETYPE(picture->bits == 16 ? CV_16U : CV_8U, picture->channels);
    const cv::Mat pixels(picture->height, picture->width, type, const_cast<void*>(picture->pixels), picture->stride);
    auto encoded = std::make_unique<std::vector<unsigned char>>();
    if (!cv::imencode(extension, pixels, *encoded, std::vector<int>(parameters, parameters + parameter_count))) {
      return CodecOutcome::failed;
    }
    file->bytes = reinterpret_cast<const std::byte*>(encoded->data());
    file->size = encoded->size();
    file->owner = encoded.release();
    return CodecOutcome::ok;
  } catch (const std::bad_alloc&) { return CodecOutcome::out_of_memory; } catch (...) {
    return CodecOutcome::failed;
  }
}

void release_file(void* owner) { delete static_cast<std::vector<unsigned char>*>(owner); }

// OpenCV makes its list of codecs at the first use of one: some 8 MiB, for GDAL's drivers. Made while the module is
// loaded, they count to the program; later they would count to the picture that happens to be the first.
void build_codec_list() {
  try {
    const QuietOpenCv quiet;
    (void)cv::haveImageWriter(".bmp");
  } catch (...) {}  // the first picture tries again, and reports it
}

}  // namespace
}  // namespace nalasr

extern "C" __attribute__((visibility("default"))) const nalasr::OpenCvModule* nalasr_opencv_module() {
  static const nalasr::OpenCvModule module{
      NALASR_OPENCV_MODULE_BUILD, nalasr::decode,    nalasr::release_picture, nalasr::encode,   nalasr::release_file,
#ifdef NALASR_HAS_WEBP
      nalasr::webp_begin,         nalasr::webp_rows, nalasr::webp_end,        nalasr::webp_free
#endif
  };
  nalasr::build_codec_list();
  return &module;
}
