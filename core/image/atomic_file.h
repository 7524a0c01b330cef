// A file that appears under its name complete, or not at all.
//
//     auto file = nalasr::AtomicFile::create("out.png");
//     (*file)->write(data, size);
//     (*file)->commit();   // without it, the destructor removes the temporary file
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>

#include "nalasr/image.h"

namespace nalasr {

/// Writes into a hidden temporary file in the target's folder; commit() makes it durable and renames it over the
/// target. A replaced target keeps its permission bits, a new file follows the umask; a target that is a symbolic
/// link stays one and the file behind it is replaced. Not thread-safe.
///
/// While it is written, the temporary file is locked (flock). The lock goes with its process, however that ends, so
/// remove_abandoned_files() can tell what a killed run left from what another run is writing.
///
/// The target /dev/stdout is no file to replace: the bytes collect in a nameless file and go out at commit().
class AtomicFile {
 public:
  /// Errors: io, with strerror's text (folder missing, permission, target is a folder or a device).
  static Result<std::unique_ptr<AtomicFile>> create(const std::filesystem::path& target);
  /// Removes the temporary file unless commit() succeeded.
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  /// Appends bytes. Errors: io (disk full); the file can only be discarded then.
  Result<void> write(const void* data, std::size_t size);
  /// fsync, rename over the target, fsync of the folder. Errors: io; the target is untouched then.
  Result<void> commit();
  /// Bytes written so far.
  [[nodiscard]] std::uint64_t size() const { return size_; }

 private:
  AtomicFile(int fd, std::filesystem::path temporary, std::filesystem::path target);
  static Result<std::unique_ptr<AtomicFile>> create_for_standard_output();
  Result<void> send_to_standard_output();
  void discard();

  int fd_;
  std::filesystem::path temporary_, target_;
  std::uint64_t size_ = 0;
};

}  // namespace nalasr
