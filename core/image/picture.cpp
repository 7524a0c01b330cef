#include "image/picture.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace nalasr {
namespace {

template <std::size_t N>
struct Pixel {
  std::byte bytes[N];
};

// Orientations 2 to 4 permute pixels within the picture: 2 mirrors rows, 4 mirrors columns, 3 does both.
template <std::size_t N>
void flip_in_place(std::byte* data, int width, int height, int orientation) {
  auto* pixels = reinterpret_cast<Pixel<N>*>(data);
  const auto row = [&](int y) { return pixels + static_cast<std::size_t>(y) * static_cast<std::size_t>(width); };
  if (orientation == 2) {
    for (int y = 0; y < height; ++y) std::reverse(row(y), row(y) + width);
  } else if (orientation == 3) {
    std::reverse(pixels, row(height));
  } else if (orientation == 4) {
    for (int y = 0; y < height / 2; ++y) std::swap_ranges(row(y), row(y) + width, row(height - 1 - y));
  }
}

// Orientations 5 to 8 swap the axes. `width` and `height` are those of `from`; blocks keep both sides in the cache.
template <std::size_t N>
void transpose(const std::byte* from, std::byte* to, int width, int height, int orientation) {
  constexpr int kBlock = 32;
  const auto* in = reinterpret_cast<const Pixel<N>*>(from);
  auto* out = reinterpret_cast<Pixel<N>*>(to);
  const bool mirror_x = orientation == 7 || orientation == 8;  // rows of the output come from the right
  const bool mirror_y = orientation == 6 || orientation == 7;  // columns of the output come from the bottom
  for (int y0 = 0; y0 < width; y0 += kBlock) {
    for (int x0 = 0; x0 < height; x0 += kBlock) {
      for (int y = y0; y < std::min(y0 + kBlock, width); ++y) {
        const auto in_x = static_cast<std::size_t>(mirror_x ? width - 1 - y : y);
        Pixel<N>* row = out + static_cast<std::size_t>(y) * static_cast<std::size_t>(height);
        for (int x = x0; x < std::min(x0 + kBlock, height); ++x) {
          const auto in_y = static_cast<std::size_t>(mirror_y ? height - 1 - x : x);
          row[x] = in[in_y * static_cast<std::size_t>(width) + in_x];
        }
      }
    }
  }
}

// Calls `f` with the pixel's size as a constant: 1 to 4 channels of 1 or 2 bytes.
template <typename F>
void with_pixel_size(std::size_t bytes, const F& f) {
  switch (bytes) {
    case 1:
      return f(std::integral_constant<std::size_t, 1>());
    case 2:
      return f(std::integral_constant<std::size_t, 2>());
    case 3:
      return f(std::integral_constant<std::size_t, 3>());
    case 4:
      return f(std::integral_constant<std::size_t, 4>());
    case 6:
      return f(std::integral_constant<std::size_t, 6>());
    case 8:
      return f(std::integral_constant<std::size_t, 8>());
    default:
      return;
  }
}

std::uint64_t picture_bytes(const ImageInfo& info) {
  return std::uint64_t{info.row_bytes()} * static_cast<std::uint64_t>(info.height);
}

}  // namespace

std::uint64_t read_picture_bytes(const ImageInfo& info) {
  return picture_bytes(info) * (info.orientation >= 5 ? 2 : 1);
}

Result<Picture> read_picture(ImageReader& reader) {
  Picture picture;
  picture.info = reader.info();
  ImageInfo& info = picture.info;
  const Error no_memory{ErrorCode::out_of_memory, "not enough memory for the picture's pixels", ""};
  picture.pixels = AlignedBuffer::allocate(picture_bytes(info));
  if (picture.pixels.data() == nullptr) return no_memory;
  if (auto read = reader.read_rows({picture.pixels.data(), info.width, info.height, info.row_bytes()}); !read) {
    return read.error();
  }
  const int orientation = std::exchange(info.orientation, 1);
  if (orientation >= 2 && orientation <= 4) {
    with_pixel_size(info.pixel_bytes(),
                    [&](auto n) { flip_in_place<n()>(picture.pixels.data(), info.width, info.height, orientation); });
  } else if (orientation >= 5 && orientation <= 8) {
    AlignedBuffer turned = AlignedBuffer::allocate(picture.pixels.size());
    if (turned.data() == nullptr) return no_memory;
    with_pixel_size(info.pixel_bytes(), [&](auto n) {
      transpose<n()>(picture.pixels.data(), turned.data(), info.width, info.height, orientation);
    });
    picture.pixels = std::move(turned);
    std::swap(info.width, info.height);
  }
  return picture;
}

}  // namespace nalasr
