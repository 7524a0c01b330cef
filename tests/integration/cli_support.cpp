#include "integration/cli_support.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <sstream>

#include "source_folder.h"

namespace nalasr::test {
namespace {

namespace fs = std::filesystem;

fs::path temporary_file() {
  std::string name = (fs::temp_directory_path() / "nalasr-cli-XXXXXX").string();
  const int fd = ::mkstemp(name.data());
  if (fd >= 0) ::close(fd);
  return name;
}

// In the child: never returns. A test runner may have left signals ignored or blocked; people's shells do not.
[[noreturn]] void become_program(const Arguments& arguments) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) std::signal(signal, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  std::vector<char*> argv{const_cast<char*>("nalasr")};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  ::execv(NALASR_PROGRAM, argv.data());
  ::_exit(127);
}

void redirect(const fs::path& file, int to) {
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (fd < 0 || ::dup2(fd, to) < 0) ::_exit(126);
  if (fd != to) ::close(fd);
}

Outcome outcome_of(int status) {
  Outcome outcome;
  if (WIFEXITED(status)) outcome.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) outcome.signal = WTERMSIG(status);
  return outcome;
}

}  // namespace

Process::Process(const Arguments& arguments, const ProcessOptions& options)
    : out_(temporary_file()), err_(temporary_file()) {
  pid_ = ::fork();
  if (pid_ != 0) return;
  for (const auto& [name, value] : options.environment) ::setenv(name.c_str(), value.c_str(), 1);
  const int in = ::open(options.standard_input.empty() ? "/dev/null" : options.standard_input.c_str(), O_RDONLY);
  if (in < 0 || ::dup2(in, STDIN_FILENO) < 0) ::_exit(124);
  if (!options.folder.empty() && ::chdir(options.folder.c_str()) != 0) ::_exit(125);
  redirect(options.standard_output.empty() ? out_ : fs::path(options.standard_output), STDOUT_FILENO);
  redirect(err_, STDERR_FILENO);
  if (options.close_standard_streams) {
    for (int fd = 0; fd < 3; ++fd) ::close(fd);
  }
  become_program(arguments);
}

Process::~Process() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    wait();
  }
  std::error_code ignored;
  fs::remove(out_, ignored);
  fs::remove(err_, ignored);
}

void Process::send(int signal) const {
  if (pid_ > 0) ::kill(pid_, signal);
}

bool Process::running() {
  if (pid_ > 0 && ::waitpid(pid_, &status_, WNOHANG) == pid_) pid_ = -1;
  return pid_ > 0;
}

Outcome Process::wait() {
  if (pid_ > 0) ::waitpid(pid_, &status_, 0);
  pid_ = -1;
  Outcome outcome = outcome_of(status_);
  outcome.out = read_text(out_);
  outcome.err = read_text(err_);
  return outcome;
}

Outcome run(const Arguments& arguments, const ProcessOptions& options) { return Process(arguments, options).wait(); }

Outcome run_on_terminal(const Arguments& arguments) {
  int terminal = -1;
  winsize size{};
  size.ws_row = 25;
  size.ws_col = 80;
  const pid_t pid = ::forkpty(&terminal, nullptr, nullptr, &size);
  if (pid == 0) {
    ::setenv("TERM", "xterm", 1);
    become_program(arguments);
  }
  std::string text;
  char bytes[4096];
  for (;;) {
    const ssize_t n = ::read(terminal, bytes, sizeof bytes);  // EIO once the process has gone
    if (n <= 0) break;
    text.append(bytes, static_cast<std::size_t>(n));
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  ::close(terminal);
  Outcome outcome = outcome_of(status);
  outcome.out = std::move(text);
  return outcome;
}

Scratch::Scratch() {
  std::string name = (fs::temp_directory_path() / "nalasr-test-XXXXXX").string();
  path_ = ::mkdtemp(name.data());
}

Scratch::~Scratch() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::vector<std::string> Scratch::tree() const {
  std::vector<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(path_)) {
    if (entry.path().filename() == ".nalasr-journal") continue;
    const bool folder = entry.is_directory() && !entry.is_symlink();
    names.push_back(entry.path().lexically_relative(path_).string() + (folder ? "/" : ""));
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string program() { return NALASR_PROGRAM; }

std::string tiny_model(int scale) {
  return test::source_folder() + "/tests/golden/tiny_x" + std::to_string(scale) + ".safetensors";
}

void write_plain_model(const fs::path& path) {
  std::string bytes = read_text(tiny_model(2));
  std::uint64_t header = 0;
  std::memcpy(&header, bytes.data(), sizeof header);
  std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(sizeof header + header), bytes.end(), '\0');
  write_text(path, bytes);
}

int TestPicture::sample(int x, int y, int channel) const {
  const std::size_t index = (static_cast<std::size_t>(y) * info.width + x) * info.channels + channel;
  if (info.bits == 8) return static_cast<int>(pixels[index]);
  std::uint16_t value = 0;
  std::memcpy(&value, &pixels[index * 2], 2);
  return value;
}

TestPicture make_picture(int width, int height, int channels, int bits) {
  TestPicture picture;
  picture.info.width = width;
  picture.info.height = height;
  picture.info.channels = channels;
  picture.info.bits = picture.info.source_bits = bits;
  picture.pixels.resize(picture.info.row_bytes() * height);
  std::size_t at = 0;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const bool corner = x < (width + 1) / 2 && y < (height + 1) / 2;
      for (int c = 0; c < channels; ++c) {
        const bool alpha = picture.info.has_alpha() && c == channels - 1;
        const int level = alpha ? (corner ? 255 : 100) : (corner ? 220 : 30 + 20 * c);
        if (bits == 8) {
          picture.pixels[at++] = static_cast<std::byte>(level);
        } else {
          // Not a multiple of 257: a detour through 8 bits would show.
          const auto value = static_cast<std::uint16_t>(alpha && corner ? 65535 : level * 257 - 77);
          std::memcpy(&picture.pixels[at], &value, 2);
          at += 2;
        }
      }
    }
  }
  return picture;
}

void save(const TestPicture& picture, const fs::path& path, ImageFormat format, int quality) {
  fs::create_directories(path.parent_path());
  EncodeOptions options;
  options.quality = quality;
  auto writer = ImageWriter::create(path, format, picture.info, picture.metadata, options);
  ASSERT_TRUE(writer.ok()) << writer.error().message;
  std::vector<std::byte> rows = picture.pixels;
  ASSERT_TRUE((*writer)->write_rows({rows.data(), picture.info.width, picture.info.height, picture.info.row_bytes()}));
  ASSERT_TRUE((*writer)->commit().ok());
}

void save_picture(const fs::path& path, int width, int height, ImageFormat format) {
  save(make_picture(width, height), path, format);
}

TestPicture load(const fs::path& path) {
  TestPicture picture;
  auto reader = ImageReader::open(path);
  if (!reader) {
    ADD_FAILURE() << path << ": " << reader.error().message;
    return picture;
  }
  picture.info = (*reader)->info();
  picture.metadata = (*reader)->metadata();
  picture.pixels.resize(picture.info.row_bytes() * picture.info.height);
  const auto read =
      (*reader)->read_rows({picture.pixels.data(), picture.info.width, picture.info.height, picture.info.row_bytes()});
  if (!read) ADD_FAILURE() << path << ": " << read.error().message;
  return picture;
}

std::string read_text(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void write_text(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

void truncate_file(const fs::path& path, std::uintmax_t bytes) { fs::resize_file(path, bytes); }

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

}  // namespace nalasr::test
