#include "image/webp_container.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "image/limits.h"

namespace nalasr {
namespace {

using Bytes = std::span<const std::byte>;

enum Flag : unsigned { kIcc = 0x20, kAlpha = 0x10, kExif = 0x08, kXmp = 0x04 };  // of the VP8X chunk
constexpr std::size_t kHeader = 12;                                              // "RIFF", size, "WEBP"

std::uint32_t le32(Bytes b) {
  return std::to_integer<std::uint32_t>(b[0]) | std::to_integer<std::uint32_t>(b[1]) << 8 |
         std::to_integer<std::uint32_t>(b[2]) << 16 | std::to_integer<std::uint32_t>(b[3]) << 24;
}

struct Chunk {
  std::string_view name;
  Bytes data;
};

// Splits the next chunk off `rest`; nothing at the end or where its length is a lie.
std::optional<Chunk> next_chunk(Bytes& rest) {
  if (rest.size() < 8) return std::nullopt;
  const std::size_t size = le32(rest.subspan(4));
  if (size > rest.size() - 8) return std::nullopt;
  const Chunk chunk{{reinterpret_cast<const char*>(rest.data()), 4}, rest.subspan(8, size)};
  const std::size_t padded = 8 + size + size % 2;
  rest = rest.subspan(std::min(padded, rest.size()));
  return chunk;
}

void put_le(std::vector<std::byte>& to, std::uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) to.push_back(static_cast<std::byte>(value >> (8 * i)));
}

void put_chunk(std::vector<std::byte>& to, std::string_view name, Bytes data) {
  const auto* text = reinterpret_cast<const std::byte*>(name.data());
  to.insert(to.end(), text, text + 4);
  put_le(to, static_cast<std::uint32_t>(data.size()), 4);
  to.insert(to.end(), data.begin(), data.end());
  if (data.size() % 2 != 0) to.push_back(std::byte{0});
}

}  // namespace

Metadata read_webp_metadata(std::span<const std::byte> file) {
  Metadata metadata;
  if (file.size() < kHeader) return metadata;
  Bytes rest = file.subspan(kHeader);
  while (const auto chunk = next_chunk(rest)) {
    Bytes data = chunk->data;
    if (data.size() > kMaxMetadataBytes) continue;
    if (chunk->name == "ICCP" && metadata.icc.empty()) metadata.icc.assign(data.begin(), data.end());
    if (chunk->name == "XMP " && metadata.xmp.empty()) metadata.xmp.assign(data.begin(), data.end());
    if (chunk->name == "EXIF" && metadata.exif.empty()) {
      // Some programs keep JPEG's prefix.
      if (data.size() >= 6 && std::memcmp(data.data(), "Exif\0\0", 6) == 0) data = data.subspan(6);
      metadata.exif.assign(data.begin(), data.end());
    }
  }
  return metadata;
}

WebpFrame frame_webp(Bytes head, const Metadata& metadata, int width, int height) {
  WebpFrame frame;
  if (metadata.icc.empty() && metadata.exif.empty() && metadata.xmp.empty()) return frame;
  if (head.size() < kWebpFrameBytes || std::memcmp(head.data(), "RIFF", 4) != 0) return frame;

  unsigned flags =
      (metadata.icc.empty() ? 0u : kIcc) | (metadata.exif.empty() ? 0u : kExif) | (metadata.xmp.empty() ? 0u : kXmp);
  const std::string_view first(reinterpret_cast<const char*>(head.data()) + kHeader, 4);
  const bool extended = first == "VP8X";
  if (extended) flags |= std::to_integer<unsigned>(head[kHeader + 8]) & kAlpha;
  // A lossless stream tells in bit 28 of its header (behind the signature byte) whether alpha is used.
  if (first == "VP8L" && (le32(head.subspan(kHeader + 9)) >> 28 & 1) != 0) flags |= kAlpha;

  std::vector<std::byte> chunk;
  put_le(chunk, flags, 4);
  put_le(chunk, static_cast<std::uint32_t>(width - 1), 3);
  put_le(chunk, static_cast<std::uint32_t>(height - 1), 3);
  frame.head.assign(head.begin(), head.begin() + kHeader);
  put_chunk(frame.head, "VP8X", chunk);
  if (!metadata.icc.empty()) put_chunk(frame.head, "ICCP", metadata.icc);
  if (!metadata.exif.empty()) put_chunk(frame.tail, "EXIF", metadata.exif);
  if (!metadata.xmp.empty()) put_chunk(frame.tail, "XMP ", metadata.xmp);
  frame.replaced = extended ? kWebpFrameBytes : kHeader;
  const std::uint64_t size =
      std::uint64_t{le32(head.subspan(4))} + frame.head.size() + frame.tail.size() - frame.replaced;
  if (size > 0xFFFFFFFFull) return {};
  for (std::size_t i = 0; i < 4; ++i) frame.head[4 + i] = static_cast<std::byte>(size >> (8 * i));
  return frame;
}

std::vector<std::byte> add_webp_metadata(std::vector<std::byte> file, const Metadata& metadata, int width, int height) {
  WebpFrame frame = frame_webp(Bytes(file).first(std::min(file.size(), kWebpFrameBytes)), metadata, width, height);
  if (frame.head.empty()) return file;
  file.erase(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(frame.replaced));
  file.insert(file.begin(), frame.head.begin(), frame.head.end());
  file.insert(file.end(), frame.tail.begin(), frame.tail.end());
  return file;
}

}  // namespace nalasr
