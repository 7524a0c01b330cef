#include "image/inflate.h"

#include <zlib.h>

#include <algorithm>

namespace nalasr {

std::optional<std::vector<std::byte>> inflate_bounded(std::span<const std::byte> packed, std::uint64_t limit) {
  z_stream stream{};
  if (packed.size() > 0xFFFFFFFFull || inflateInit(&stream) != Z_OK) return std::nullopt;
  // zlib's interface lacks const; it never writes to its input.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  std::vector<std::byte> plain;
  std::byte block[16384];
  int status = Z_OK;
  while (status == Z_OK) {
    stream.next_out = reinterpret_cast<Bytef*>(block);
    stream.avail_out = sizeof block;
    status = inflate(&stream, Z_NO_FLUSH);
    if (status != Z_OK && status != Z_STREAM_END) break;
    const std::size_t n = sizeof block - stream.avail_out;
    if (plain.size() + n > limit) {
      status = Z_BUF_ERROR;
      break;
    }
    plain.insert(plain.end(), block, block + n);
  }
  inflateEnd(&stream);
  if (status != Z_STREAM_END) return std::nullopt;
  return plain;
}

std::optional<std::vector<std::byte>> deflate_all(std::span<const std::byte> plain) {
  uLongf size = compressBound(static_cast<uLong>(plain.size()));
  std::vector<std::byte> packed(size);
  if (compress2(reinterpret_cast<Bytef*>(packed.data()), &size, reinterpret_cast<const Bytef*>(plain.data()),
                static_cast<uLong>(plain.size()), 9) != Z_OK) {
    return std::nullopt;
  }
  packed.resize(size);
  return packed;
}

}  // namespace nalasr
