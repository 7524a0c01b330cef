// Where a reader's bytes come from: a regular file or memory, both seekable, so that metadata which follows the
// pixels (XMP after PNG's IDAT) is found without decoding.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "nalasr/result.h"

namespace nalasr {

/// Seekable bytes. Not thread-safe.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  /// Reads up to `count` bytes at the position; fewer only at the end or after an I/O error (see io_error()).
  virtual std::size_t read(void* to, std::size_t count) = 0;
  /// Moves to an absolute position in bytes; past the end is allowed and reads nothing there.
  void seek(std::uint64_t position) { position_ = position; }
  [[nodiscard]] std::uint64_t position() const { return position_; }
  [[nodiscard]] virtual std::uint64_t size() const = 0;
  /// strerror text of the first failed read; empty while all went well.
  [[nodiscard]] const std::string& io_error() const { return io_error_; }

 protected:
  std::uint64_t position_ = 0;
  std::string io_error_;
};

/// Errors: not_found, io (permission), unsupported (folders, pipes, devices).
Result<std::unique_ptr<ByteSource>> open_file_source(const std::filesystem::path& path);
/// `bytes` must outlive the source.
std::unique_ptr<ByteSource> make_memory_source(const std::byte* bytes, std::size_t size);

}  // namespace nalasr
