// bench_png FILE [REPEAT]: how long encoding a picture as PNG takes and how large it gets, by libpng alone and in bands
// with 1, 2, 4, ... threads; median of REPEAT runs. Files go to /dev/shm, so that no disk is measured.
#include <png.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include "base/thread_pool.h"
#include "image/picture.h"
#include "nalasr/image.h"

namespace {

using Clock = std::chrono::steady_clock;

template <typename Work>
double median_seconds(int repeat, const Work& work) {
  std::vector<double> seconds;
  for (int i = 0; i < repeat; ++i) {
    const auto start = Clock::now();
    work();
    seconds.push_back(std::chrono::duration<double>(Clock::now() - start).count());
  }
  std::sort(seconds.begin(), seconds.end());
  return seconds[seconds.size() / 2];
}

void by_libpng(const nalasr::Picture& picture, int level, const char* path) {
  static constexpr int kColorTypes[] = {PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA, PNG_COLOR_TYPE_RGB,
                                        PNG_COLOR_TYPE_RGB_ALPHA};
  FILE* file = std::fopen(path, "wb");
  if (file == nullptr) std::exit(1);
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  png_init_io(png, file);
  png_set_compression_level(png, level);
  png_set_IHDR(png, info, static_cast<png_uint_32>(picture.info.width), static_cast<png_uint_32>(picture.info.height),
               picture.info.bits, kColorTypes[picture.info.channels - 1], PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info(png, info);
  if (picture.info.bits == 16) png_set_swap(png);
  for (int y = 0; y < picture.info.height; ++y) {
    png_write_row(png, reinterpret_cast<png_const_bytep>(picture.row(y)));
  }
  png_write_end(png, nullptr);
  png_destroy_write_struct(&png, &info);
  std::fclose(file);
}

void in_bands(nalasr::Picture& picture, int level, int threads, const char* path) {
  nalasr::EncodeOptions options;
  options.png_compression = level;
  options.threads = threads;
  auto writer = nalasr::ImageWriter::create(path, nalasr::ImageFormat::png, picture.info, {}, options);
  const auto& info = picture.info;
  if (!writer || !(*writer)->write_rows({picture.row(0), info.width, info.height, info.row_bytes()}) ||
      !(*writer)->commit()) {
    std::exit(1);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const int repeat = argc > 2 ? std::atoi(argv[2]) : 3;
  auto reader = nalasr::ImageReader::open(argv[1]);
  auto picture = reader ? nalasr::read_picture(**reader) : nalasr::Result<nalasr::Picture>(reader.error());
  if (!picture) {
    std::fprintf(stderr, "%s\n", picture.error().message.c_str());
    return 1;
  }
  const int cores = nalasr::default_thread_count();
  std::printf("%dx%d, %d channels of %d bits, %d cores\n", picture->info.width, picture->info.height,
              picture->info.channels, picture->info.bits, cores);
  const char* path = "/dev/shm/nalasr-bench.png";
  for (const int level : {1, 3, 6}) {
    const double seconds = median_seconds(repeat, [&] { by_libpng(*picture, level, path); });
    std::printf("libpng level %d            %7.3f s  %ju bytes\n", level, seconds, std::filesystem::file_size(path));
  }
  double one = 0;
  for (int threads = 1; threads <= cores; threads = threads < cores && threads * 2 > cores ? cores : threads * 2) {
    const double seconds = median_seconds(repeat, [&] { in_bands(*picture, 3, threads, path); });
    if (threads == 1) one = seconds;
    std::printf("bands level 3, %2d threads  %7.3f s  %ju bytes  speed-up %.2f = %.2f x threads\n", threads, seconds,
                std::filesystem::file_size(path), one / seconds, one / seconds / threads);
  }
  std::filesystem::remove(path);
  return 0;
}
