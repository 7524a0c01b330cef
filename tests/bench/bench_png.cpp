// bench_png FILE [REPEAT]: how long encoding a picture as PNG takes and how large it gets, by libpng alone and in bands
// with 1, 2, 4, ... threads; median of REPEAT runs. Files go to /dev/shm, so that no disk is measured.
//
// Beside each number of threads: CPU time of the thread that owns the writer (what nobody else can do), CPU time of
// all, and the machine's own ceiling, which is that many encoders of one thread each, side by side: processors that
// share a core, or a clock that falls under load, let no program have `threads` times the speed of one.
#include <png.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "base/thread_pool.h"
#include "image/picture.h"
#include "nalasr/image.h"

namespace {

using Clock = std::chrono::steady_clock;

struct Cost {
  double wall = 0, owner = 0, all = 0;  // seconds; CPU time of the calling thread and of the process
};

double cpu_seconds(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

// The run of median wall time.
template <typename Work>
Cost median(int repeat, const Work& work) {
  std::vector<Cost> costs;
  for (int i = 0; i < repeat; ++i) {
    const auto start = Clock::now();
    const double owner = cpu_seconds(CLOCK_THREAD_CPUTIME_ID), all = cpu_seconds(CLOCK_PROCESS_CPUTIME_ID);
    work();
    costs.push_back({std::chrono::duration<double>(Clock::now() - start).count(),
                     cpu_seconds(CLOCK_THREAD_CPUTIME_ID) - owner, cpu_seconds(CLOCK_PROCESS_CPUTIME_ID) - all});
  }
  std::sort(costs.begin(), costs.end(), [](const Cost& a, const Cost& b) { return a.wall < b.wall; });
  return costs[costs.size() / 2];
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

// In strips, as the network hands them over.
void in_bands(nalasr::Picture& picture, int level, int threads, const std::string& path) {
  constexpr int kStrip = 256;
  nalasr::EncodeOptions options;
  options.png_compression = level;
  options.threads = threads;
  const auto& info = picture.info;
  auto writer = nalasr::ImageWriter::create(path, nalasr::ImageFormat::png, info, {}, options);
  bool ok = writer.ok();
  for (int y = 0; ok && y < info.height; y += kStrip) {
    ok = (*writer)->write_rows({picture.row(y), info.width, std::min(kStrip, info.height - y), info.row_bytes()}).ok();
  }
  if (!ok || !(*writer)->commit()) std::exit(1);
}

void side_by_side(nalasr::Picture& picture, int level, int count, const std::string& path) {
  std::vector<std::thread> encoders;
  for (int i = 0; i < count; ++i) {
    encoders.emplace_back([&, i] { in_bands(picture, level, 1, path + std::to_string(i)); });
  }
  for (std::thread& encoder : encoders) encoder.join();
  for (int i = 0; i < count; ++i) std::filesystem::remove(path + std::to_string(i));
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
    const Cost cost = median(repeat, [&] { by_libpng(*picture, level, path); });
    std::printf("libpng level %d            %7.3f s  %ju bytes\n", level, cost.wall, std::filesystem::file_size(path));
  }
  double one = 0;
  for (int threads = 1; threads <= cores; threads = threads < cores && threads * 2 > cores ? cores : threads * 2) {
    const Cost cost = median(repeat, [&] { in_bands(*picture, 3, threads, path); });
    if (threads == 1) one = cost.wall;
    const double ceiling = one * threads / median(repeat, [&] { side_by_side(*picture, 3, threads, path); }).wall;
    std::printf(
        "bands level 3, %2d threads  %7.3f s  %ju bytes  owner %.1f ms, all %.0f ms  speed-up %.2f = %.2f x threads, "
        "%.2f x the machine's %.2f\n",
        threads, cost.wall, std::filesystem::file_size(path), cost.owner * 1e3, cost.all * 1e3, one / cost.wall,
        one / cost.wall / threads, one / cost.wall / ceiling, ceiling);
  }
  std::filesystem::remove(path);
  return 0;
}
