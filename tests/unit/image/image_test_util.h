// Helpers of the picture tests: whole-file reading, reading through the public interface, temporary folders.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include "nalasr/image.h"

namespace nalasr::test {

using Bytes = std::vector<std::byte>;

inline Bytes read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  const std::vector<char> chars{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  const auto* p = reinterpret_cast<const std::byte*>(chars.data());
  return {p, p + chars.size()};
}

inline void write_file(const std::filesystem::path& path, const Bytes& bytes) {
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

inline Bytes bytes_of(const std::string& text) {
  const auto* p = reinterpret_cast<const std::byte*>(text.data());
  return {p, p + text.size()};
}

/// Pseudo-random bytes, the same on every machine.
inline Bytes random_bytes(std::size_t count, unsigned seed) {
  std::mt19937 random(seed);
  Bytes bytes(count);
  for (auto& b : bytes) b = static_cast<std::byte>(random() >> 24);
  return bytes;
}

/// A picture read through the public interface.
struct Decoded {
  ImageInfo info;
  Metadata metadata;
  Bytes pixels;
};

/// All rows, in strips of the heights that `next_height` gives (whole picture without it).
template <typename NextHeight>
Result<Decoded> decode_strips(ImageReader& reader, NextHeight next_height) {
  Decoded decoded{reader.info(), reader.metadata(), {}};
  const std::size_t stride = decoded.info.row_bytes();
  decoded.pixels.resize(stride * static_cast<std::size_t>(decoded.info.height));
  for (int y = 0; y < decoded.info.height;) {
    const int rows = std::min<int>(next_height(), decoded.info.height - y);
    auto read = reader.read_rows(
        {decoded.pixels.data() + stride * static_cast<std::size_t>(y), decoded.info.width, rows, stride});
    if (!read) return read.error();
    y += rows;
  }
  return decoded;
}

inline Result<Decoded> decode(ImageReader& reader) {
  return decode_strips(reader, [&] { return reader.info().height; });
}

inline Result<Decoded> decode(const Bytes& file) {
  auto reader = ImageReader::open_memory(file.data(), file.size());
  if (!reader) return reader.error();
  return decode(**reader);
}

/// A folder that goes with the test.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "nalasr-test-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::size_t entries() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(path_), {}));
  }

 private:
  std::filesystem::path path_;
};

/// Writes a picture through the public interface and returns the file's bytes.
inline Result<Bytes> encode(const Bytes& pixels, const ImageInfo& info, ImageFormat format,
                            const Metadata& metadata = {}, const EncodeOptions& options = {},
                            std::vector<std::string>* warnings = nullptr) {
  const TemporaryFolder folder;
  auto writer = ImageWriter::create(folder / "out", format, info, metadata, options);
  if (!writer) return writer.error();
  Bytes rows = pixels;  // StripView is not const
  auto written = (*writer)->write_rows({rows.data(), info.width, info.height, info.row_bytes()});
  if (!written) return written.error();
  auto done = (*writer)->commit();
  if (!done) return done.error();
  if (warnings != nullptr) *warnings = (*writer)->warnings();
  return read_file(folder / "out");
}

inline ImageInfo make_info(int width, int height, int channels, int bits) {
  ImageInfo info;
  info.width = width;
  info.height = height;
  info.channels = channels;
  info.bits = bits;
  info.source_bits = bits;
  return info;
}

}  // namespace nalasr::test
