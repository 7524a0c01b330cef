// What the program and its OpenCV module (nalasr_opencv.so) agree on. The module is OpenCV's decoders and encoders
// behind a few functions and nothing else: files, headers, metadata and error messages stay in the program. Plain C
// types only, and no exception crosses.
#pragma once

#include <cstddef>

namespace nalasr {

enum class CodecOutcome : int { ok, failed, out_of_memory };

/// Rows of interleaved samples, colours in OpenCV's order: BGR, BGRA.
struct CodecPicture {
  const void* pixels;
  std::size_t stride;  ///< bytes
  int width, height;   ///< pixels
  int channels;
  int bits;             ///< unsigned samples of 8 or 16 bits; 0 for another kind
  bool floating_point;  ///< that other kind
  void* owner;          ///< for release_picture; null in a picture that the program made
};

struct CodecFile {
  const std::byte* bytes;
  std::size_t size;
  void* owner;  ///< for release_file
};

/// The parameters of cv::imwrite that we use.
inline constexpr int kWebpQuality = 64, kTiffResolutionUnit = 256, kTiffXDpi = 257, kTiffYDpi = 258;

/// All of them may be called from several threads at once.
struct OpenCvModule {
  const char*
      build;  ///< the module's NALASR_OPENCV_MODULE_BUILD; everything below means something only where it is ours
  CodecOutcome (*decode)(const std::byte* file, std::size_t size, CodecPicture* picture);
  void (*release_picture)(void* owner);
  /// `extension` with its dot; `parameters` are cv::imwrite's pairs.
  CodecOutcome (*encode)(const CodecPicture* picture, const char* extension, const int* parameters,
                         std::size_t parameter_count, CodecFile* file);
  void (*release_file)(void* owner);
  /// webp_encoder.h's functions; null in a module that was built without libwebp.
  void* (*webp_begin)(int width, int height, bool alpha, int quality) = nullptr;
  CodecOutcome (*webp_rows)(void* picture, const std::byte* rows, std::size_t stride, int count) = nullptr;
  CodecOutcome (*webp_end)(void* picture, bool (*take)(void* context, const std::byte* bytes, std::size_t size),
                           void* context) = nullptr;
  void (*webp_free)(void* picture) = nullptr;
};

/// Module and program belong together where these are equal.
#ifdef NALASR_HAS_WEBP
#define NALASR_OPENCV_MODULE_PARTS ", libwebp"
#else
#define NALASR_OPENCV_MODULE_PARTS ""
#endif
#define NALASR_OPENCV_MODULE_BUILD "nalasr " NALASR_VERSION NALASR_OPENCV_MODULE_PARTS ", compiler " __VERSION__

/// The one symbol of the module: `extern "C" const OpenCvModule* nalasr_opencv_module()`.
inline constexpr char kOpenCvModuleEntry[] = "nalasr_opencv_module";
using OpenCvModuleEntry = const OpenCvModule* (*)();

}  // namespace nalasr
