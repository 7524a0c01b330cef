// Runs the nalasr executable as a process, and makes and reads the pictures that it is given.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "nalasr/image.h"

namespace nalasr::test {

using Arguments = std::vector<std::string>;

/// How a process ended and what it said.
struct Outcome {
  int exit_code = -1;  ///< -1 where a signal ended it
  int signal = 0;
  std::string out, err;
};

struct ProcessOptions {
  std::map<std::string, std::string> environment{};  ///< set beside the caller's
  std::filesystem::path folder{};                    ///< to run in; empty for the caller's
  std::string standard_input{};                      ///< a file for it; empty: nothing comes
  std::string standard_output{};                     ///< a file or device for it; empty: captured
  bool close_standard_streams = false;               ///< start without 0, 1 and 2
};

/// One nalasr process, killed if it is still there when the test is done with it.
class Process {
 public:
  explicit Process(const Arguments& arguments, const ProcessOptions& options = {});
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  void send(int signal) const;
  [[nodiscard]] bool running();
  Outcome wait();

 private:
  pid_t pid_ = -1;
  int status_ = 0;
  std::filesystem::path out_, err_;
};

Outcome run(const Arguments& arguments, const ProcessOptions& options = {});
/// The same on a terminal of 80 columns: `out` is everything that appeared on it.
Outcome run_on_terminal(const Arguments& arguments);

/// A folder that goes with the test.
class Scratch {
 public:
  Scratch();
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  [[nodiscard]] std::filesystem::path operator/(const std::filesystem::path& name) const { return path_ / name; }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  /// Relative names of all files and links below it, sorted; folders end in a slash. Journals are left out.
  [[nodiscard]] std::vector<std::string> tree() const;

 private:
  std::filesystem::path path_;
};

std::string program();              ///< path of the executable under test
std::string tiny_model(int scale);  ///< path of a small model of scale 2 or 4

/// Writes a x2 model whose network adds nothing to the interpolated input, for tests that look at pixels: the small
/// ones have random weights.
void write_plain_model(const std::filesystem::path& path);

/// A picture in memory.
struct TestPicture {
  ImageInfo info;
  Metadata metadata;
  std::vector<std::byte> pixels;

  [[nodiscard]] int sample(int x, int y, int channel) const;
};

/// Smooth colours with one bright corner at the top left, so that turning and mirroring show.
TestPicture make_picture(int width, int height, int channels = 3, int bits = 8);
void save(const TestPicture& picture, const std::filesystem::path& path, ImageFormat format = ImageFormat::png,
          int quality = 95);
/// make_picture and save.
void save_picture(const std::filesystem::path& path, int width = 12, int height = 8,
                  ImageFormat format = ImageFormat::png);
TestPicture load(const std::filesystem::path& path);

std::string read_text(const std::filesystem::path& path);
void write_text(const std::filesystem::path& path, const std::string& text);
/// The first `bytes` bytes only.
void truncate_file(const std::filesystem::path& path, std::uintmax_t bytes);
std::vector<std::string> lines_of(const std::string& text);

}  // namespace nalasr::test
