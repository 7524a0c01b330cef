#include "image/jpeg_metadata.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string_view>

namespace nalasr {
namespace {

using Bytes = std::span<const std::byte>;

constexpr std::string_view kExif("Exif\0\0", 6);
constexpr std::string_view kXmp("http://ns.adobe.com/xap/1.0/\0", 29);
constexpr std::string_view kIcc("ICC_PROFILE\0", 12);
constexpr std::size_t kMaxSegment = 65533;  // bytes after the length field
constexpr int kApp1 = 0xE1, kApp2 = 0xE2;

bool starts_with(Bytes data, std::string_view prefix) {
  return data.size() >= prefix.size() && std::memcmp(data.data(), prefix.data(), prefix.size()) == 0;
}

// A profile comes in up to 255 numbered parts, in any order.
class IccParts {
 public:
  void add(Bytes data) {
    const int number = std::to_integer<int>(data[0]);
    const int count = std::to_integer<int>(data[1]);
    if (number < 1 || number > count || (count_ != 0 && count != count_)) {
      broken_ = true;
      return;
    }
    count_ = count;
    parts_.resize(static_cast<std::size_t>(count));
    auto& part = parts_[static_cast<std::size_t>(number - 1)];
    if (part.empty()) part.assign(data.begin() + 2, data.end());
  }
  [[nodiscard]] std::vector<std::byte> join() const {
    std::vector<std::byte> profile;
    for (const auto& part : parts_) {
      if (part.empty() || broken_) return {};
      profile.insert(profile.end(), part.begin(), part.end());
    }
    return profile;
  }

 private:
  std::vector<std::vector<std::byte>> parts_;
  int count_ = 0;
  bool broken_ = false;
};

std::vector<std::byte> with_prefix(std::string_view prefix, Bytes data) {
  std::vector<std::byte> segment(prefix.size() + data.size());
  std::memcpy(segment.data(), prefix.data(), prefix.size());
  std::copy(data.begin(), data.end(), segment.begin() + static_cast<std::ptrdiff_t>(prefix.size()));
  return segment;
}

void emit_icc(Bytes profile, const std::function<void(int, Bytes)>& emit, std::vector<std::string>& warnings) {
  constexpr std::size_t kPart = kMaxSegment - 14;
  const std::size_t count = (profile.size() + kPart - 1) / kPart;
  if (count > 255) {
    warnings.emplace_back("the ICC profile is too large for a JPEG and is not kept");
    return;
  }
  for (std::size_t i = 0; i < count; ++i) {
    const Bytes part = profile.subspan(i * kPart, std::min(kPart, profile.size() - i * kPart));
    std::vector<std::byte> segment = with_prefix(kIcc, {});
    segment.push_back(static_cast<std::byte>(i + 1));
    segment.push_back(static_cast<std::byte>(count));
    segment.insert(segment.end(), part.begin(), part.end());
    emit(kApp2, segment);
  }
}

// The next marker's code, over fill bytes and over rubbish between segments, as libjpeg does; -1 at the file's end.
int next_marker(ByteSource& source) {
  unsigned char c = 0;
  while (c != 0xFF) {
    if (source.read(&c, 1) != 1) return -1;
  }
  while (c == 0xFF) {
    if (source.read(&c, 1) != 1) return -1;
  }
  return c;
}

}  // namespace

Metadata read_jpeg_metadata(ByteSource& source) {
  Metadata metadata;
  IccParts icc;
  source.seek(2);  // start of image
  std::vector<std::byte> data;
  for (;;) {
    const int c = next_marker(source);
    if (c < 0 || c == 0xDA || c == 0xD9) break;                  // end of file, first scan, end of image
    if (c == 0 || c == 1 || (c >= 0xD0 && c <= 0xD8)) continue;  // no length follows these
    unsigned char length_bytes[2];
    if (source.read(length_bytes, 2) != 2) break;
    const std::size_t length = length_bytes[0] * 256u + length_bytes[1];
    if (length < 2) break;
    const std::uint64_t next = source.position() + length - 2;
    if (c == kApp1 || c == kApp2) {
      data.resize(length - 2);
      if (source.read(data.data(), data.size()) != data.size()) break;
      const Bytes view(data);
      if (c == kApp1 && starts_with(view, kExif)) {
        if (metadata.exif.empty()) metadata.exif.assign(data.begin() + kExif.size(), data.end());
      } else if (c == kApp1 && starts_with(view, kXmp)) {
        if (metadata.xmp.empty()) metadata.xmp.assign(data.begin() + kXmp.size(), data.end());
      } else if (c == kApp2 && starts_with(view, kIcc) && view.size() > kIcc.size() + 2) {
        icc.add(view.subspan(kIcc.size()));
      }
    }
    source.seek(next);
  }
  metadata.icc = icc.join();
  return metadata;
}

void make_jpeg_metadata(const Metadata& metadata, const std::function<void(int, std::span<const std::byte>)>& emit,
                        std::vector<std::string>& warnings) {
  if (metadata.exif.size() + kExif.size() > kMaxSegment) {
    warnings.emplace_back("the EXIF block is too large for a JPEG and is not kept");
  } else if (!metadata.exif.empty()) {
    emit(kApp1, with_prefix(kExif, metadata.exif));
  }
  if (metadata.xmp.size() + kXmp.size() > kMaxSegment) {
    warnings.emplace_back("the XMP packet is too large for a JPEG and is not kept");
  } else if (!metadata.xmp.empty()) {
    emit(kApp1, with_prefix(kXmp, metadata.xmp));
  }
  emit_icc(metadata.icc, emit, warnings);
  // sRGB's own gamma is what a JPEG without profile means anyway.
  if (metadata.icc.empty() && metadata.srgb_intent < 0 && metadata.gamma > 0 &&
      std::abs(metadata.gamma - 0.45455) > 0.001) {
    warnings.emplace_back("the gamma value (PNG gAMA) is not kept in a JPEG");
  }
}

}  // namespace nalasr
