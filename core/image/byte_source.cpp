#include "image/byte_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

namespace nalasr {
namespace {

class MemorySource final : public ByteSource {
 public:
  MemorySource(const std::byte* bytes, std::size_t size) : bytes_(bytes), size_(size) {}

  std::size_t read(void* to, std::size_t count) override {
    if (position_ >= size_) return 0;
    const std::size_t n = std::min<std::uint64_t>(count, size_ - position_);
    if (n > 0) std::memcpy(to, bytes_ + position_, n);
    position_ += n;
    return n;
  }
  [[nodiscard]] std::uint64_t size() const override { return size_; }

 private:
  const std::byte* bytes_;
  std::size_t size_;
};

// Reads through one 64 KiB window, so that walks over many small chunks cost few system calls.
class FileSource final : public ByteSource {
 public:
  FileSource(int fd, std::uint64_t size) : fd_(fd), size_(size), window_(1 << 16) {}
  ~FileSource() override { ::close(fd_); }
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;

  std::size_t read(void* to, std::size_t count) override {
    std::size_t done = 0;
    while (done < count) {
      if (position_ < window_start_ || position_ >= window_start_ + window_size_) {
        window_start_ = position_;
        window_size_ = fill(window_.data(), window_.size(), position_);
        if (window_size_ == 0) break;
      }
      const std::size_t offset = position_ - window_start_;
      const std::size_t n = std::min(count - done, window_size_ - offset);
      std::memcpy(static_cast<char*>(to) + done, window_.data() + offset, n);
      done += n;
      position_ += n;
    }
    return done;
  }
  [[nodiscard]] std::uint64_t size() const override { return size_; }

 private:
  std::size_t fill(char* to, std::size_t count, std::uint64_t offset) {
    for (;;) {
      const ssize_t n = ::pread(fd_, to, count, static_cast<off_t>(offset));
      if (n >= 0) return static_cast<std::size_t>(n);
      if (errno == EINTR) continue;
      if (io_error_.empty()) io_error_ = std::strerror(errno);
      return 0;
    }
  }

  int fd_;
  std::uint64_t size_;
  std::vector<char> window_;
  std::uint64_t window_start_ = 0;
  std::size_t window_size_ = 0;
};

}  // namespace

Result<std::unique_ptr<ByteSource>> open_file_source(const std::filesystem::path& path) {
  // O_NONBLOCK: opening a pipe must not wait for a writer; regular files ignore it.
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) {
    const int e = errno;
    const ErrorCode code = (e == ENOENT || e == ENOTDIR) ? ErrorCode::not_found : ErrorCode::io;
    return Error{code, std::string("cannot open the file: ") + std::strerror(e), ""};
  }
  struct stat info {};
  if (::fstat(fd, &info) != 0) {
    const int e = errno;
    ::close(fd);
    return Error{ErrorCode::io, std::string("cannot read the file: ") + std::strerror(e), ""};
  }
  if (!S_ISREG(info.st_mode)) {
    ::close(fd);
    if (S_ISDIR(info.st_mode)) return Error{ErrorCode::unsupported, "this is a folder, not a picture", ""};
    return Error{ErrorCode::unsupported, "this is not a regular file", "copy its content into a file first"};
  }
  return std::unique_ptr<ByteSource>(new FileSource(fd, static_cast<std::uint64_t>(info.st_size)));
}

std::unique_ptr<ByteSource> make_memory_source(const std::byte* bytes, std::size_t size) {
  return std::make_unique<MemorySource>(bytes, size);
}

}  // namespace nalasr
