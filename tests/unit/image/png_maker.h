// Makes PNG files of every kind with libpng itself, independent of the code under test.
#pragma once

#include <algorithm>
#include <functional>
#include <stdexcept>

#include <png.h>

#include "unit/image/image_test_util.h"

namespace nalasr::test {

struct PngSpec {
  int width = 13, height = 9;
  int color_type = PNG_COLOR_TYPE_RGB;
  int depth = 8;
  bool interlaced = false;
  std::vector<png_color> palette;
  std::vector<png_byte> palette_alpha;  ///< tRNS of a palette
  bool has_key = false;                 ///< tRNS colour key
  png_color_16 key{};
  std::function<void(png_structp, png_infop)> more;  ///< further chunks, before the header is written

  [[nodiscard]] int file_channels() const {
    switch (color_type) {
      case PNG_COLOR_TYPE_RGB:
        return 3;
      case PNG_COLOR_TYPE_RGB_ALPHA:
        return 4;
      case PNG_COLOR_TYPE_GRAY_ALPHA:
        return 2;
      default:
        return 1;
    }
  }
};

/// One sample per element, row by row, in the file's depth.
using Samples = std::vector<unsigned>;

inline Samples random_samples(const PngSpec& spec, unsigned seed) {
  std::mt19937 random(seed);
  Samples samples(static_cast<std::size_t>(spec.width) * spec.height * spec.file_channels());
  const unsigned limit = spec.palette.empty() ? 1u << spec.depth : static_cast<unsigned>(spec.palette.size());
  for (auto& s : samples) s = random() % limit;
  return samples;
}

inline Bytes make_png(const PngSpec& spec, const Samples& samples) {
  Bytes file;
  png_structp png = png_create_write_struct(
      PNG_LIBPNG_VER_STRING, nullptr, [](png_structp, png_const_charp text) { throw std::runtime_error(text); },
      [](png_structp, png_const_charp) {});
  png_infop info = png_create_info_struct(png);
  png_set_write_fn(
      png, &file,
      [](png_structp p, png_bytep data, png_size_t size) {
        auto* to = static_cast<Bytes*>(png_get_io_ptr(p));
        const auto* bytes = reinterpret_cast<const std::byte*>(data);
        to->insert(to->end(), bytes, bytes + size);
      },
      [](png_structp) {});
  png_set_IHDR(png, info, spec.width, spec.height, spec.depth, spec.color_type,
               spec.interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
               PNG_FILTER_TYPE_DEFAULT);
  if (!spec.palette.empty()) png_set_PLTE(png, info, spec.palette.data(), static_cast<int>(spec.palette.size()));
  if (!spec.palette_alpha.empty()) {
    png_set_tRNS(png, info, spec.palette_alpha.data(), static_cast<int>(spec.palette_alpha.size()), nullptr);
  }
  if (spec.has_key) png_set_tRNS(png, info, nullptr, 0, &spec.key);
  if (spec.more) spec.more(png, info);
  png_write_info(png, info);
  const std::size_t per_row = static_cast<std::size_t>(spec.width) * spec.file_channels();
  std::vector<std::vector<png_byte>> rows(static_cast<std::size_t>(spec.height));
  std::vector<png_bytep> pointers;
  for (std::size_t y = 0; y < rows.size(); ++y) {
    rows[y].assign((per_row * spec.depth + 7) / 8, 0);
    for (std::size_t i = 0; i < per_row; ++i) {
      const unsigned sample = samples[y * per_row + i];
      if (spec.depth == 16) {
        rows[y][2 * i] = static_cast<png_byte>(sample >> 8);
        rows[y][2 * i + 1] = static_cast<png_byte>(sample);
      } else {
        const std::size_t bit = i * spec.depth;
        rows[y][bit / 8] |= static_cast<png_byte>(sample << (8 - spec.depth - bit % 8));
      }
    }
    pointers.push_back(rows[y].data());
  }
  png_write_image(png, pointers.data());
  png_write_end(png, info);
  png_destroy_write_struct(&png, &info);
  return file;
}

/// A chunk with its length and checksum, for files that no proper writer makes.
inline Bytes png_chunk(const std::string& type, const Bytes& data) {
  Bytes chunk(data.size() + 12);
  const auto put = [&chunk](std::size_t at, std::uint32_t v) {
    for (int shift = 24; shift >= 0; shift -= 8) chunk[at++] = static_cast<std::byte>(v >> shift);
  };
  put(0, static_cast<std::uint32_t>(data.size()));
  const Bytes name = bytes_of(type);
  const auto checksum = std::copy(data.begin(), data.end(), std::copy(name.begin(), name.end(), chunk.begin() + 4));
  std::uint32_t crc = 0xFFFFFFFF;
  for (auto at = chunk.begin() + 4; at != checksum; ++at) {
    crc ^= std::to_integer<std::uint32_t>(*at);
    for (int k = 0; k < 8; ++k) crc = crc >> 1 ^ (0xEDB88320 & (0 - (crc & 1)));
  }
  put(data.size() + 8, ~crc);
  return chunk;
}

}  // namespace nalasr::test
