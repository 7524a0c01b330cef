// write_seeds FOLDER: the seeds of the fuzz harness that this is linked with, as files for libFuzzer's corpus. Seeds
// that are pictures are sorted into png, jpeg and other.
#include <filesystem>
#include <fstream>
#include <string>

#include "fuzz/fuzz_driver.h"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  int number = 0;
  for (const auto& seed : fuzz_seeds()) {
    const char* kind = seed.size() > 1 && seed[0] == 0x89   ? "png"
                       : seed.size() > 1 && seed[0] == 0xFF ? "jpeg"
                                                            : "other";
    const std::filesystem::path folder = std::filesystem::path(argv[1]) / kind;
    std::filesystem::create_directories(folder);
    std::ofstream(folder / ("seed-" + std::to_string(++number)), std::ios::binary)
        .write(reinterpret_cast<const char*>(seed.data()), static_cast<std::streamsize>(seed.size()));
  }
  return number > 0 ? 0 : 1;
}
