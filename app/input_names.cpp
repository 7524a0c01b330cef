#include "input_names.h"

#include <fcntl.h>
#include <glob.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>

#include "console.h"

namespace nalasr::app {
namespace {

namespace fs = std::filesystem;

Error system_error(const std::string& what) { return {ErrorCode::io, what + ": " + std::strerror(errno), ""}; }

// Calls `take` with piece after piece until the end.
template <typename Take>
Result<void> read_all(int fd, const Take& take) {
  std::vector<char> buffer(1 << 16);
  for (;;) {
    const ssize_t count = ::read(fd, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_error("cannot read it");
    if (count == 0) return {};
    if (auto taken = take(buffer.data(), static_cast<std::size_t>(count)); !taken) return taken;
  }
}

}  // namespace

Result<std::vector<std::string>> read_name_list(const std::string& file) {
  const int fd = file == "-" ? ::dup(STDIN_FILENO) : ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return system_error("cannot open the list");
  std::string text;
  const auto read = read_all(fd, [&text](const char* bytes, std::size_t count) -> Result<void> {
    text.append(bytes, count);
    return {};
  });
  ::close(fd);
  if (!read) return read.error();
  const char separator = text.find('\0') != std::string::npos ? '\0' : '\n';
  std::vector<std::string> names;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(separator, at), text.size());
    std::string name = text.substr(at, end - at);
    if (separator == '\n' && !name.empty() && name.back() == '\r') name.pop_back();
    if (!name.empty()) names.push_back(std::move(name));
    at = end + 1;
  }
  return names;
}

Result<std::vector<std::string>> expand_patterns(const std::vector<std::string>& names) {
  std::vector<std::string> expanded;
  for (const std::string& name : names) {
    std::error_code ignored;
    if (name.find_first_of("*?[") == std::string::npos || fs::exists(fs::symlink_status(name, ignored))) {
      expanded.push_back(name);
      continue;
    }
    glob_t found{};
    const int outcome = ::glob(name.c_str(), 0, nullptr, &found);
    for (std::size_t i = 0; outcome == 0 && i < found.gl_pathc; ++i) expanded.emplace_back(found.gl_pathv[i]);
    ::globfree(&found);
    if (outcome != 0) return Error{ErrorCode::not_found, printable(name) + ": nothing matches this pattern", ""};
  }
  return expanded;
}

StandardInput::~StandardInput() {
  if (fd_ >= 0) ::close(fd_);
}

Result<void> StandardInput::read() {
  if (::isatty(STDIN_FILENO) == 1) {
    return Error{ErrorCode::invalid_argument, "is a terminal",
                 "send a picture through a pipe: nalasr upscale - < in.jpg"};
  }
  std::string name = (fs::temp_directory_path() / "nalasr-XXXXXX").string();
  fd_ = ::mkostemp(name.data(), O_CLOEXEC);
  if (fd_ < 0) return system_error("cannot make a temporary file");
  ::unlink(name.c_str());
  return read_all(STDIN_FILENO, [this](const char* bytes, std::size_t count) -> Result<void> {
    while (count > 0) {
      const ssize_t written = ::write(fd_, bytes, count);
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return system_error("cannot write a temporary file");
      bytes += written;
      count -= static_cast<std::size_t>(written);
    }
    return {};
  });
}

fs::path StandardInput::path() const { return "/proc/self/fd/" + std::to_string(fd_); }

}  // namespace nalasr::app
