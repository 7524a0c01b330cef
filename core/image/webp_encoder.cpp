#include "image/webp_encoder.h"

#include <webp/encode.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <new>

namespace nalasr {
namespace {

struct Picture {
  Picture() { WebPPictureInit(&planes); }
  ~Picture() { WebPPictureFree(&planes); }
  Picture(const Picture&) = delete;
  Picture& operator=(const Picture&) = delete;

  WebPPicture planes{};
  int quality = 95;
  int rows = 0;  // so far
  bool (*take)(void*, const std::byte*, std::size_t) = nullptr;
  void* context = nullptr;
};

void copy_plane(const std::uint8_t* from, int from_stride, std::uint8_t* to, int to_stride, int width, int rows) {
  for (int y = 0; y < rows; ++y) {
    std::memcpy(to + static_cast<std::ptrdiff_t>(y) * to_stride, from + static_cast<std::ptrdiff_t>(y) * from_stride,
                static_cast<std::size_t>(width));
  }
}

// Bits that a value of the plane takes where its two neighbours are known.
double bits_per_value(const std::uint8_t* plane, int stride, int width, int height) {
  std::array<double, 256> count{};
  for (int y = 1; y < height; ++y) {
    const std::uint8_t* row = plane + static_cast<std::ptrdiff_t>(y) * stride;
    for (int x = 1; x < width; ++x) {
      const int residual = row[x] - row[x - 1] - row[x - stride] + row[x - stride - 1];
      count[static_cast<std::size_t>(residual & 255)] += 1;
    }
  }
  const double all = static_cast<double>(width - 1) * (height - 1);
  double bits = 0;
  for (const double n : count) {
    if (n > 0) bits -= n / all * std::log2(n / all);
  }
  return bits;
}

int write(const std::uint8_t* data, std::size_t size, const WebPPicture* planes) {
  const auto* picture = static_cast<const Picture*>(planes->custom_ptr);
  return picture->take(picture->context, reinterpret_cast<const std::byte*>(data), size) ? 1 : 0;
}

}  // namespace

void* webp_begin(int width, int height, bool alpha, int quality) {
  auto* picture = new (std::nothrow) Picture;
  if (picture == nullptr) return nullptr;
  picture->quality = quality;
  picture->planes.width = width;
  picture->planes.height = height;
  picture->planes.colorspace = alpha ? WEBP_YUV420A : WEBP_YUV420;
  if (WebPPictureAlloc(&picture->planes) != 0) return picture;
  delete picture;
  return nullptr;
}

// libwebp's conversion looks at two rows at a time, so that bands give what the whole picture would.
CodecOutcome webp_rows(void* handle, const std::byte* rows, std::size_t stride, int count) {
  auto& picture = *static_cast<Picture*>(handle);
  WebPPicture& to = picture.planes;
  if (picture.rows % 2 != 0 || count > to.height - picture.rows) return CodecOutcome::failed;
  Picture band;
  WebPPicture& from = band.planes;
  from.width = to.width;
  from.height = count;
  const auto* samples = reinterpret_cast<const std::uint8_t*>(rows);
  const bool alpha = to.a != nullptr;
  const auto import = alpha ? WebPPictureImportRGBA : WebPPictureImportRGB;
  if (import(&from, samples, static_cast<int>(stride)) == 0) return CodecOutcome::out_of_memory;
  const auto at = [&](std::uint8_t* plane, int plane_stride, int row) {
    return plane + static_cast<std::ptrdiff_t>(row) * plane_stride;
  };
  const int half = (to.width + 1) / 2, y = picture.rows;
  copy_plane(from.y, from.y_stride, at(to.y, to.y_stride, y), to.y_stride, to.width, count);
  copy_plane(from.u, from.uv_stride, at(to.u, to.uv_stride, y / 2), to.uv_stride, half, (count + 1) / 2);
  copy_plane(from.v, from.uv_stride, at(to.v, to.uv_stride, y / 2), to.uv_stride, half, (count + 1) / 2);
  if (alpha && from.a != nullptr) {
    copy_plane(from.a, from.a_stride, at(to.a, to.a_stride, y), to.a_stride, to.width, count);
  } else if (alpha) {  // an opaque band has no such plane
    std::memset(at(to.a, to.a_stride, y), 255, static_cast<std::size_t>(to.a_stride) * static_cast<std::size_t>(count));
  }
  picture.rows += count;
  return CodecOutcome::ok;
}

CodecOutcome webp_end(void* handle, bool (*take)(void*, const std::byte*, std::size_t), void* context) {
  auto& picture = *static_cast<Picture*>(handle);
  WebPPicture& planes = picture.planes;
  WebPConfig config;
  if (picture.rows != planes.height || WebPConfigInit(&config) == 0) return CodecOutcome::failed;
  config.quality = static_cast<float>(picture.quality);
  // Without it libwebp keeps every symbol of the picture until the end: up to 25 bytes a pixel where there is noise.
  config.low_memory = 1;
  if (WebPPictureHasTransparency(&planes) != 0) {
    config.method = 3;  // 4 takes 7 bytes a pixel more for an alpha that is smaller by a tenth
    // The lossless coder of alpha keeps its symbols, too: white noise, where it would gain nothing, is stored.
    if (bits_per_value(planes.a, planes.a_stride, planes.width, planes.height) > 7.5) config.alpha_compression = 0;
  } else {
    planes.colorspace = WEBP_YUV420;
  }
  picture.take = take;
  picture.context = context;
  planes.writer = write;
  planes.custom_ptr = &picture;
  if (WebPEncode(&config, &planes) != 0) return CodecOutcome::ok;
  const bool memory =
      planes.error_code == VP8_ENC_ERROR_OUT_OF_MEMORY || planes.error_code == VP8_ENC_ERROR_BITSTREAM_OUT_OF_MEMORY;
  return memory ? CodecOutcome::out_of_memory : CodecOutcome::failed;
}

void webp_free(void* picture) { delete static_cast<Picture*>(picture); }

}  // namespace nalasr
