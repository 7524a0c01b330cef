#include "image/atomic_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <random>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace nalasr {
namespace {

Error io_error(const std::string& what, int e) {
  std::string hint;
  if (e == ENOSPC || e == EDQUOT) hint = "free some disk space or choose another output folder";
  if (e == EACCES || e == EPERM || e == EROFS) hint = "choose an output folder you may write to";
  if (e == ENOENT) hint = "create the output folder first";
  return {ErrorCode::io, what + ": " + std::strerror(e), hint};
}

constexpr std::string_view kPrefix = ".nalasr-", kSuffix = ".tmp";

// Short whatever the target is called (a 255-byte name leaves no room for a suffix), and unique across processes
// and threads: O_EXCL decides, the random part only makes a second try rare.
std::string temporary_name() {
  std::random_device random;
  char name[40];
  std::snprintf(name, sizeof name, ".nalasr-%08x%08x.tmp", random(), random());
  return name;
}

bool is_temporary_name(std::string_view name) { return name.starts_with(kPrefix) && name.ends_with(kSuffix); }

bool same_file(int fd, const std::filesystem::path& path) {
  struct stat by_fd {
  }, by_path{};
  return ::fstat(fd, &by_fd) == 0 && ::stat(path.c_str(), &by_path) == 0 && by_fd.st_dev == by_path.st_dev &&
         by_fd.st_ino == by_path.st_ino;
}

}  // namespace

std::size_t remove_abandoned_files(const std::filesystem::path& folder) {
  std::size_t removed = 0;
  std::error_code failure;
  for (std::filesystem::directory_iterator entry(folder.empty() ? "." : folder, failure);
       !failure && entry != std::filesystem::directory_iterator(); entry.increment(failure)) {
    const std::filesystem::path& path = entry->path();
    if (!is_temporary_name(path.filename().native())) continue;
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0) continue;
    // With the lock in our hands nobody writes it; renamed meanwhile, the name is no longer that of this file.
    if (::flock(fd, LOCK_EX | LOCK_NB) == 0 && same_file(fd, path) && ::unlink(path.c_str()) == 0) ++removed;
    ::close(fd);
  }
  return removed;
}

AtomicFile::AtomicFile(int fd, std::filesystem::path temporary, std::filesystem::path target)
    : fd_(fd), temporary_(std::move(temporary)), target_(std::move(target)) {}

AtomicFile::~AtomicFile() { discard(); }

Result<std::unique_ptr<AtomicFile>> AtomicFile::create(const std::filesystem::path& requested) {
  if (requested == kStandardOutput) return create_for_standard_output();
  std::filesystem::path target = requested;
  std::error_code ignored;
  if (std::filesystem::is_symlink(target, ignored)) {
    std::error_code failed;
    std::filesystem::path real = std::filesystem::canonical(target, failed);
    if (!failed) target = std::move(real);  // a dangling link is simply replaced
  }
  if (!target.has_filename()) return Error{ErrorCode::io, "the output name is a folder", ""};

  struct stat old {};
  const bool replaces = ::stat(target.c_str(), &old) == 0;
  if (replaces && S_ISDIR(old.st_mode)) return Error{ErrorCode::io, "the output name is an existing folder", ""};
  if (replaces && !S_ISREG(old.st_mode)) {
    return Error{ErrorCode::io, "the output name is a device or pipe; it can't be replaced by a file", ""};
  }

  const std::filesystem::path folder = target.has_parent_path() ? target.parent_path() : ".";
  for (int attempt = 0; attempt < 100; ++attempt) {
    std::filesystem::path temporary = folder / temporary_name();
    const int fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (fd < 0 && errno == EEXIST) continue;
    if (fd < 0) return io_error("cannot write into the output folder", errno);
    (void)::flock(fd, LOCK_EX | LOCK_NB);  // a file system without locks: then others cannot lock it either
    if (!same_file(fd, temporary)) {       // taken for abandoned between the two calls
      ::close(fd);
      continue;
    }
    std::unique_ptr<AtomicFile> file(new AtomicFile(fd, std::move(temporary), std::move(target)));
    // Before the first byte: a private target's new content must not be readable by others meanwhile.
    if (replaces && ::fchmod(fd, old.st_mode & 07777) != 0) {
      return io_error("cannot give the output its permissions", errno);
    }
    return file;
  }
  return Error{ErrorCode::io, "cannot find a free name for a temporary file in the output folder", ""};
}

// In the folder for temporary files, and without a name: it goes with the process.
Result<std::unique_ptr<AtomicFile>> AtomicFile::create_for_standard_output() {
  std::error_code failure;
  std::filesystem::path folder = std::filesystem::temp_directory_path(failure);
  if (failure) folder = ".";
  int fd = ::open(folder.c_str(), O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);
  if (fd < 0) {  // a file system that knows no nameless files
    const std::filesystem::path named = folder / temporary_name();
    fd = ::open(named.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd >= 0) ::unlink(named.c_str());
  }
  if (fd < 0) return io_error("cannot write into the folder for temporary files", errno);
  return std::unique_ptr<AtomicFile>(new AtomicFile(fd, {}, kStandardOutput));
}

Result<void> AtomicFile::send_to_standard_output() {
  std::byte buffer[1 << 16];
  for (off_t at = 0;;) {
    const ssize_t count = ::pread(fd_, buffer, sizeof buffer, at);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return io_error("cannot read the temporary file", errno);
    if (count == 0) break;
    at += count;
    for (ssize_t done = 0; done < count;) {
      const ssize_t n = ::write(STDOUT_FILENO, buffer + done, static_cast<std::size_t>(count - done));
      if (n < 0 && errno != EINTR) return io_error("cannot write to standard output", errno);
      if (n > 0) done += n;
    }
  }
  discard();
  return {};
}

Result<void> AtomicFile::write(const void* data, std::size_t size) {
  if (fd_ < 0) return Error{ErrorCode::internal, "write after the file was closed", ""};
  const char* p = static_cast<const char*>(data);
  while (size > 0) {
    const ssize_t n = ::write(fd_, p, size);
    if (n < 0) {
      if (errno == EINTR) continue;
      return io_error("cannot write the output", errno);
    }
    p += n;
    size -= static_cast<std::size_t>(n);
    size_ += static_cast<std::uint64_t>(n);
  }
  return {};
}

Result<void> AtomicFile::commit() {
  if (fd_ < 0) return Error{ErrorCode::internal, "commit after the file was closed", ""};
  if (target_ == kStandardOutput) return send_to_standard_output();
  if (::fsync(fd_) != 0 && errno != EINVAL) {  // EINVAL: a file system that knows no fsync
    const int e = errno;
    discard();
    return io_error("cannot write the output", e);
  }
  const int closed = ::close(std::exchange(fd_, -1));
  if (closed != 0 && errno != EINTR) {
    const int e = errno;
    discard();
    return io_error("cannot write the output", e);
  }
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) {
    const int e = errno;
    discard();
    return io_error("cannot give the output its name", e);
  }
  temporary_.clear();
  // The picture is complete under its name now. A folder that can't be synced (some network file systems) only
  // weakens the promise for a power cut in the next seconds, so that is no failure.
  const std::filesystem::path folder = target_.has_parent_path() ? target_.parent_path() : ".";
  const int folder_fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder_fd >= 0) {
    (void)::fsync(folder_fd);
    ::close(folder_fd);
  }
  return {};
}

void AtomicFile::discard() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
  temporary_.clear();
}

}  // namespace nalasr
