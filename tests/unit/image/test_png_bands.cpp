// PNG in bands: any decoder reads it, lossless, the same bytes for any number of threads, no larger than libpng's.
#include <png.h>
#include <zlib.h>

#include <cmath>
#include <cstdlib>

#include "image/png_filter.h"
#include "unit/image/image_test_util.h"

namespace nalasr::test {
namespace {

// Smooth with some grain, as an upscaled photograph.
Bytes photograph(const ImageInfo& info) {
  Bytes pixels(info.row_bytes() * static_cast<std::size_t>(info.height));
  std::mt19937 random(5);
  std::size_t at = 0;
  for (int y = 0; y < info.height; ++y) {
    for (int x = 0; x < info.width; ++x) {
      for (int c = 0; c < info.channels; ++c) {
        const double wave = std::sin(x * 0.013 + c) * std::cos(y * 0.017) * 90 + std::sin(x * y * 1e-5) * 30;
        pixels[at++] = static_cast<std::byte>(static_cast<int>(128 + wave + (random() % 4)));
      }
    }
  }
  return pixels;
}

// What repeats itself far apart: a pattern of 97 random columns.
Bytes pattern(const ImageInfo& info) {
  const Bytes tile = random_bytes(97 * 3, 6);
  Bytes pixels(info.row_bytes() * static_cast<std::size_t>(info.height));
  for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = tile[i % info.row_bytes() % tile.size()];
  return pixels;
}

// libpng's own simplified reader, which shares no line with ours.
Bytes read_by_libpng(const Bytes& file, int channels) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  EXPECT_TRUE(png_image_begin_read_from_memory(&image, file.data(), file.size())) << image.message;
  image.format = channels == 4 ? PNG_FORMAT_RGBA : PNG_FORMAT_RGB;
  Bytes pixels(PNG_IMAGE_SIZE(image));
  EXPECT_TRUE(png_image_finish_read(&image, nullptr, pixels.data(), 0, nullptr)) << image.message;
  EXPECT_EQ(image.warning_or_error, 0u) << image.message;
  return pixels;
}

std::size_t size_by_libpng(const Bytes& pixels, const ImageInfo& info, int level) {
  std::size_t size = 0;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop header = png_create_info_struct(png);
  png_set_write_fn(
      png, &size, [](png_structp p, png_bytep, png_size_t n) { *static_cast<std::size_t*>(png_get_io_ptr(p)) += n; },
      [](png_structp) {});
  png_set_compression_level(png, level);
  png_set_IHDR(png, header, static_cast<png_uint_32>(info.width), static_cast<png_uint_32>(info.height), 8,
               PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info(png, header);
  for (int y = 0; y < info.height; ++y) {
    png_write_row(png,
                  reinterpret_cast<png_const_bytep>(pixels.data() + info.row_bytes() * static_cast<std::size_t>(y)));
  }
  png_write_end(png, nullptr);
  png_destroy_write_struct(&png, &header);
  return size;
}

// All IDAT chunks' data put together, and whether every chunk's checksum is right.
Bytes stream_of(const Bytes& file) {
  Bytes stream;
  const auto be32 = [&file](std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) value = value << 8 | std::to_integer<std::uint32_t>(file[at + i]);
    return value;
  };
  for (std::size_t at = 8; at + 12 <= file.size();) {
    const std::size_t length = be32(at);
    const auto* type = reinterpret_cast<const Bytef*>(&file[at + 4]);
    EXPECT_EQ(be32(at + 8 + length), crc32(0, type, static_cast<uInt>(length + 4)));
    if (std::string(reinterpret_cast<const char*>(type), 4) == "IDAT") {
      const auto data = file.begin() + static_cast<std::ptrdiff_t>(at + 8);
      stream.insert(stream.end(), data, data + static_cast<std::ptrdiff_t>(length));
    }
    at += 12 + length;
  }
  return stream;
}

TEST(PngBands, OneZlibStreamWithTheRightSum) {
  const ImageInfo info = make_info(700, 900, 3, 8);
  const auto file = encode(photograph(info), info, ImageFormat::png);
  ASSERT_TRUE(file);
  const Bytes stream = stream_of(*file);
  Bytes rows((info.row_bytes() + 1) * 900);
  uLongf size = rows.size();
  // uncompress() checks the header, every block and the Adler-32 sum at the end.
  ASSERT_EQ(uncompress(reinterpret_cast<Bytef*>(rows.data()), &size, reinterpret_cast<const Bytef*>(stream.data()),
                       stream.size()),
            Z_OK);
  EXPECT_EQ(size, rows.size());
}

TEST(PngBands, LosslessForEveryShapeAndTheSameForAnyThreads) {
  for (const auto& [width, height] : {std::pair{1, 1}, {1, 5000}, {5000, 1}, {700, 500}, {3, 100000}, {65000, 7}}) {
    for (const int channels : {3, 4}) {
      const ImageInfo info = make_info(width, height, channels, 8);
      for (const Bytes& pixels :
           {photograph(info), random_bytes(info.row_bytes() * static_cast<std::size_t>(height), 9)}) {
        Bytes first;
        for (const int threads : {1, 2, 5}) {
          EncodeOptions options;
          options.threads = threads;
          const auto file = encode(pixels, info, ImageFormat::png, {}, options);
          ASSERT_TRUE(file) << file.error().message;
          if (threads == 1) {
            first = *file;
            EXPECT_EQ(read_by_libpng(*file, channels), pixels) << width << "x" << height;
          }
          EXPECT_EQ(*file, first) << width << "x" << height << ", " << threads << " threads";
        }
      }
    }
  }
}

TEST(PngBands, NoLargerThanLibpngsLevelThree) {
  const ImageInfo info = make_info(1200, 1000, 3, 8);
  for (const Bytes& pixels : {photograph(info), pattern(info), Bytes(info.row_bytes() * 1000, std::byte{200})}) {
    const auto file = encode(pixels, info, ImageFormat::png);
    ASSERT_TRUE(file);
    EXPECT_LE(file->size(), size_by_libpng(pixels, info, 3) + 200);  // 200: a chunk's frame for each band
  }
}

TEST(PngBands, EveryFilterIsWhatTheSpecificationSays) {
  // Rows for which one filter each gives zeros; undone here byte by byte.
  const std::size_t pixel = 3, size = 30;
  const Bytes above = random_bytes(size, 11);
  for (unsigned seed = 0; seed < 200; ++seed) {
    Bytes row = random_bytes(size, 100 + seed);
    for (std::size_t i = 0; i < size; ++i) {
      const int a = i >= pixel ? std::to_integer<int>(row[i - pixel]) : 0, b = std::to_integer<int>(above[i]);
      const int noise = static_cast<int>(seed % 3);
      if (seed % 5 == 1) row[i] = static_cast<std::byte>(a + noise);
      if (seed % 5 == 2) row[i] = static_cast<std::byte>(b + noise);
      if (seed % 5 == 3) row[i] = static_cast<std::byte>((a + b) / 2 + noise);
    }
    Bytes out(size + 1);
    PngFilter(pixel, size).apply(above.data(), row.data(), out.data());
    for (std::size_t i = 0; i < size; ++i) {
      const int a = i >= pixel ? std::to_integer<int>(row[i - pixel]) : 0, b = std::to_integer<int>(above[i]);
      const int c = i >= pixel ? std::to_integer<int>(above[i - pixel]) : 0;
      const int p = a + b - c, pa = std::abs(p - a), pb = std::abs(p - b), pc = std::abs(p - c);
      const int paeth = pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
      const int predictions[] = {0, a, b, (a + b) / 2, paeth};
      const int filter = std::to_integer<int>(out[0]);
      ASSERT_LT(filter, 5);
      EXPECT_EQ(out[i + 1], static_cast<std::byte>(std::to_integer<int>(row[i]) - predictions[filter])) << seed;
    }
    if ((seed % 5 == 2 || seed % 5 == 3) && seed % 3 == 0) { EXPECT_EQ(std::to_integer<unsigned>(out[0]), seed % 5); }
  }
}

}  // namespace
}  // namespace nalasr::test
