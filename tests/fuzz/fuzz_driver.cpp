// fuzz_xyz [-runs=N] [-seed=S] [FILE or FOLDER...]: files are replayed as they are and mutated beside the built-in
// seeds. A crash leaves the input in crash-input of the working folder; the run itself prints one line.
#include "fuzz/fuzz_driver.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>

#include <fcntl.h>
#include <unistd.h>

namespace {

using Input = std::vector<std::uint8_t>;

const Input* current = nullptr;

// Only async-signal-safe calls here.
void on_crash(int number) {
  const int fd = ::open("crash-input", O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (fd >= 0 && current != nullptr) (void)!::write(fd, current->data(), current->size());
  std::signal(number, SIG_DFL);
  std::raise(number);
}

void run(const Input& input) {
  current = &input;
  LLVMFuzzerTestOneInput(input.data(), input.size());
}

Input read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// A few of: overwrite bytes, flip bits, write an extreme number, cut, repeat a piece, splice with another input.
Input mutate(Input input, const Input& other, std::mt19937& random) {
  for (unsigned step = 0, steps = 1 + random() % 6; step < steps && !input.empty(); ++step) {
    const std::size_t at = random() % input.size();
    const std::size_t length = 1 + random() % (random() % 4 == 0 ? 200 : 8);
    switch (random() % 24) {  // mostly small changes: a cut hides everything behind it
      case 0:
        input.resize(at);
        break;
      case 1: {
        const Input piece(input.begin() + static_cast<std::ptrdiff_t>(at),
                          input.begin() + static_cast<std::ptrdiff_t>(std::min(at + length, input.size())));
        input.insert(input.begin() + static_cast<std::ptrdiff_t>(at), piece.begin(), piece.end());
        break;
      }
      case 2:
        input.erase(input.begin() + static_cast<std::ptrdiff_t>(at),
                    input.begin() + static_cast<std::ptrdiff_t>(std::min(at + length, input.size())));
        break;
      case 3:
      case 4: {
        static constexpr std::uint8_t kExtremes[] = {0x00, 0xFF, 0x7F, 0x80, 0x01};
        for (std::size_t i = at; i < std::min(at + 4, input.size()); ++i) input[i] = kExtremes[random() % 5];
        break;
      }
      case 5:
      case 6:
        if (!other.empty()) {
          const std::size_t from = random() % other.size();
          for (std::size_t i = 0; i < length && at + i < input.size() && from + i < other.size(); ++i) {
            input[at + i] = other[from + i];
          }
        }
        break;
      case 7:
      case 8:
      case 9:
      case 10:
      case 11:
        input[at % std::min<std::size_t>(input.size(), 64)] = static_cast<std::uint8_t>(random());
        break;
      case 12:
      case 13:
      case 14:
      case 15:
      case 16:
        input[at] = static_cast<std::uint8_t>(random());
        break;
      default:
        input[at] ^= static_cast<std::uint8_t>(1u << random() % 8);
        break;
    }
  }
  return input;
}

}  // namespace

int main(int argc, char** argv) {
  unsigned long runs = 1000;
  unsigned seed = 1;
  std::vector<Input> inputs = fuzz_seeds();
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word.rfind("-runs=", 0) == 0) {
      runs = std::strtoul(word.c_str() + 6, nullptr, 10);
    } else if (word.rfind("-seed=", 0) == 0) {
      seed = static_cast<unsigned>(std::strtoul(word.c_str() + 6, nullptr, 10));
    } else if (std::filesystem::is_directory(word)) {
      for (const auto& entry : std::filesystem::recursive_directory_iterator(word)) {
        if (entry.is_regular_file()) inputs.push_back(read_file(entry.path()));
      }
    } else {
      inputs.push_back(read_file(word));
    }
  }
  for (const int number : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE}) std::signal(number, on_crash);
  for (const Input& input : inputs) run(input);
  std::mt19937 random(seed);
  for (unsigned long i = 0; i < runs && !inputs.empty(); ++i) {
    const Input& base = inputs[random() % inputs.size()];
    const Input& other = inputs[random() % inputs.size()];
    run(mutate(base, other, random));
  }
  std::printf("%zu inputs, %lu mutations: no crash\n", inputs.size(), runs);
  return 0;
}
