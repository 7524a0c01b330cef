#include "image/png_metadata.h"

#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "image/inflate.h"
#include "image/limits.h"

namespace nalasr {
namespace {

using Bytes = std::span<const std::byte>;

constexpr std::string_view kXmpKeyword("XML:com.adobe.xmp\0", 18);
constexpr double kMetresPerInch = 0.0254;

std::uint32_t be32(const std::byte* p) {
  return std::to_integer<std::uint32_t>(p[0]) << 24 | std::to_integer<std::uint32_t>(p[1]) << 16 |
         std::to_integer<std::uint32_t>(p[2]) << 8 | std::to_integer<std::uint32_t>(p[3]);
}

void put_be32(std::vector<std::byte>& to, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) to.push_back(static_cast<std::byte>(value >> shift));
}

// Splits off what stands before the next zero byte; nothing where there is none.
std::optional<Bytes> take_string(Bytes& data) {
  const auto end = std::find(data.begin(), data.end(), std::byte{0});
  if (end == data.end()) return std::nullopt;
  const auto length = static_cast<std::size_t>(end - data.begin());
  const Bytes text = data.first(length);
  data = data.subspan(length + 1);
  return text;
}

void read_icc(Bytes data, Metadata& metadata) {
  if (!metadata.icc.empty() || !take_string(data) || data.empty() || data[0] != std::byte{0}) return;
  if (auto profile = inflate_bounded(data.subspan(1), kMaxMetadataBytes)) metadata.icc = std::move(*profile);
}

void read_xmp(Bytes data, Metadata& metadata) {
  if (!metadata.xmp.empty() || data.size() < kXmpKeyword.size() + 2) return;
  if (std::memcmp(data.data(), kXmpKeyword.data(), kXmpKeyword.size()) != 0) return;
  data = data.subspan(kXmpKeyword.size());
  const bool packed = data[0] == std::byte{1};
  if (packed && data[1] != std::byte{0}) return;  // an unknown compression method
  data = data.subspan(2);
  if (!take_string(data) || !take_string(data)) return;  // language tag, translated keyword
  if (!packed) {
    metadata.xmp.assign(data.begin(), data.end());
  } else if (auto text = inflate_bounded(data, kMaxMetadataBytes)) {
    metadata.xmp = std::move(*text);
  }
}

void read_chunk(std::string_view type, Bytes data, Metadata& metadata) {
  if (type == "iCCP") {
    read_icc(data, metadata);
  } else if (type == "iTXt") {
    read_xmp(data, metadata);
  } else if (type == "eXIf") {
    // Some programs keep JPEG's prefix, against the specification.
    if (data.size() >= 6 && std::memcmp(data.data(), "Exif\0\0", 6) == 0) data = data.subspan(6);
    if (metadata.exif.empty()) metadata.exif.assign(data.begin(), data.end());
  } else if (type == "gAMA" && data.size() == 4) {
    if (metadata.gamma == 0) metadata.gamma = be32(data.data()) / 100000.0;
  } else if (type == "sRGB" && data.size() == 1) {
    if (metadata.srgb_intent < 0 && data[0] <= std::byte{3}) metadata.srgb_intent = std::to_integer<int>(data[0]);
  } else if (type == "pHYs" && data.size() == 9 && data[8] == std::byte{1}) {  // unit 1: pixels per metre
    metadata.x_dpi = be32(data.data()) * kMetresPerInch;
    metadata.y_dpi = be32(data.data() + 4) * kMetresPerInch;
  }
}

bool is_wanted(std::string_view type) {
  constexpr std::string_view kWanted[] = {"iCCP", "iTXt", "eXIf", "gAMA", "sRGB", "pHYs"};
  return std::find(std::begin(kWanted), std::end(kWanted), type) != std::end(kWanted);
}

std::uint32_t pixels_per_metre(double dpi) {
  const double value = std::round(dpi / kMetresPerInch);
  if (!(value >= 0)) return 0;
  return static_cast<std::uint32_t>(std::min(value, double{std::numeric_limits<std::int32_t>::max()}));
}

}  // namespace

Metadata read_png_metadata(ByteSource& source, bool& animated) {
  Metadata metadata;
  bool pixels_begun = false;
  std::uint64_t position = 8;  // the signature
  for (;;) {
    std::byte header[8];
    source.seek(position);
    if (source.read(header, sizeof header) != sizeof header) break;
    const std::uint64_t length = be32(header);
    const std::string_view type(reinterpret_cast<const char*>(header) + 4, 4);
    const std::uint64_t next = position + 12 + length;
    if (type == "IEND" || length > 0x7FFFFFFF || next > source.size()) break;
    pixels_begun |= type == "IDAT";
    std::byte frames[4];
    if (type == "acTL" && length == 8 && !pixels_begun && source.read(frames, sizeof frames) == sizeof frames) {
      animated = be32(frames) > 1;
    }
    // The length is backed by the file's size here, so this allocation is no one's lie.
    if (is_wanted(type) && length <= kMaxMetadataBytes) {
      std::vector<std::byte> data(length + 4);
      if (source.read(data.data(), data.size()) != data.size()) break;
      uLong crc = crc32(0, reinterpret_cast<const Bytef*>(header) + 4, 4);
      crc = crc32(crc, reinterpret_cast<const Bytef*>(data.data()), static_cast<uInt>(length));
      if (crc == be32(data.data() + length)) read_chunk(type, Bytes(data).first(length), metadata);
    }
    position = next;
  }
  return metadata;
}

void make_png_metadata(const Metadata& metadata,
                       const std::function<void(const char* type, std::span<const std::byte> data)>& emit) {
  std::vector<std::byte> data;
  const auto append_text = [&data](std::string_view text) {
    const auto* p = reinterpret_cast<const std::byte*>(text.data());
    data.insert(data.end(), p, p + text.size());
  };
  if (!metadata.icc.empty()) {
    if (const auto packed = deflate_all(metadata.icc)) {
      append_text(std::string_view("ICC Profile\0\0", 13));  // name, compression method 0
      data.insert(data.end(), packed->begin(), packed->end());
      emit("iCCP", data);
    }
  } else if (metadata.srgb_intent >= 0 && metadata.srgb_intent <= 3) {
    data.assign(1, static_cast<std::byte>(metadata.srgb_intent));
    emit("sRGB", data);
  }
  if (metadata.gamma > 0 && metadata.gamma < 21474) {  // the chunk's range is 2^31 hundred-thousandths
    data.clear();
    put_be32(data, static_cast<std::uint32_t>(std::llround(metadata.gamma * 100000)));
    emit("gAMA", data);
  }
  if (metadata.x_dpi > 0 && metadata.y_dpi > 0) {
    data.clear();
    put_be32(data, pixels_per_metre(metadata.x_dpi));
    put_be32(data, pixels_per_metre(metadata.y_dpi));
    data.push_back(std::byte{1});
    emit("pHYs", data);
  }
  if (!metadata.exif.empty()) emit("eXIf", metadata.exif);
  if (!metadata.xmp.empty()) {
    data.clear();
    append_text(kXmpKeyword);
    append_text(std::string_view("\0\0\0\0", 4));  // not compressed, method 0, no language, no translated keyword
    data.insert(data.end(), metadata.xmp.begin(), metadata.xmp.end());
    emit("iTXt", data);
  }
}

}  // namespace nalasr
