#include "image/exif.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>

namespace nalasr {
namespace {

enum Tag : std::uint16_t {
  kImageWidth = 0x0100,
  kImageLength = 0x0101,
  kOrientation = 0x0112,
  kThumbnailOffset = 0x0201,
  kThumbnailLength = 0x0202,
  kExifIfd = 0x8769,
  kGpsIfd = 0x8825,
  kPixelXDimension = 0xA002,
  kPixelYDimension = 0xA003,
  kInteropIfd = 0xA005,
};
enum Type : std::uint16_t { kByte = 1, kShort = 3, kLong = 4, kIfd = 13 };

constexpr std::size_t kEntryBytes = 12;

// Bounds-checked view of a TIFF structure. Reads outside the block give 0, writes there do nothing.
class Tiff {
 public:
  Tiff(std::byte* data, std::size_t size) : data_(data), size_(size) {
    if (size_ < 8) return;
    const bool little = data_[0] == std::byte{'I'} && data_[1] == std::byte{'I'};
    const bool big = data_[0] == std::byte{'M'} && data_[1] == std::byte{'M'};
    big_ = big;
    valid_ = (little || big) && get16(2) == 42;
  }
  [[nodiscard]] bool valid() const { return valid_; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool holds(std::uint64_t at, std::uint64_t bytes) const { return at <= size_ && bytes <= size_ - at; }
  [[nodiscard]] std::byte* at(std::uint64_t offset) const { return data_ + offset; }

  [[nodiscard]] std::uint32_t get(std::uint64_t at, int bytes) const {
    if (!holds(at, static_cast<std::uint64_t>(bytes))) return 0;
    std::uint32_t value = 0;
    for (int i = 0; i < bytes; ++i) value |= std::to_integer<std::uint32_t>(data_[at + i]) << shift(i, bytes);
    return value;
  }
  [[nodiscard]] std::uint16_t get16(std::uint64_t at) const { return static_cast<std::uint16_t>(get(at, 2)); }
  [[nodiscard]] std::uint32_t get32(std::uint64_t at) const { return get(at, 4); }
  void put(std::uint64_t at, int bytes, std::uint32_t value) {
    if (!holds(at, static_cast<std::uint64_t>(bytes))) return;
    for (int i = 0; i < bytes; ++i) data_[at + i] = static_cast<std::byte>(value >> shift(i, bytes));
  }

 private:
  [[nodiscard]] int shift(int i, int bytes) const { return 8 * (big_ ? bytes - 1 - i : i); }

  std::byte* data_;
  std::size_t size_;
  bool big_ = false;
  bool valid_ = false;
};

struct Entry {
  std::uint64_t at = 0;  // of the entry's 12 bytes
  std::uint16_t tag = 0, type = 0;
  std::uint32_t count = 0;

  // Bytes of one value, 0 for unknown types.
  [[nodiscard]] int value_bytes() const {
    constexpr int kBytes[] = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4};
    return type < std::size(kBytes) ? kBytes[type] : 0;
  }
  // The first value lies inside the entry and is a whole number.
  [[nodiscard]] bool is_inline_number() const {
    const bool number = type == kByte || type == kShort || type == kLong || type == kIfd;
    return number && count >= 1 && std::uint64_t{count} * static_cast<std::uint64_t>(value_bytes()) <= 4;
  }
};

// The entries of the directory at `ifd` that lie inside the block (a count may claim more).
std::vector<Entry> entries_of(const Tiff& tiff, std::uint64_t ifd) {
  std::vector<Entry> entries;
  const std::uint16_t count = tiff.get16(ifd);
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t at = ifd + 2 + i * kEntryBytes;
    if (!tiff.holds(at, kEntryBytes)) break;
    entries.push_back({at, tiff.get16(at), tiff.get16(at + 2), tiff.get32(at + 4)});
  }
  return entries;
}

std::uint32_t number_of(const Tiff& tiff, const Entry& entry) { return tiff.get(entry.at + 8, entry.value_bytes()); }

std::optional<std::uint64_t> first_ifd(const Tiff& tiff) {
  if (!tiff.valid()) return std::nullopt;
  const std::uint64_t ifd = tiff.get32(4);
  if (ifd < 8 || !tiff.holds(ifd, 2 + kEntryBytes)) return std::nullopt;
  return ifd;
}

// A lenient reader may find an orientation where we can't parse: looks for the tag's bytes in either order.
bool mentions_orientation(std::span<const std::byte> exif) {
  constexpr unsigned char kLittle[] = {0x12, 0x01, 0x03, 0x00, 0x01, 0x00, 0x00, 0x00};
  constexpr unsigned char kBig[] = {0x01, 0x12, 0x00, 0x03, 0x00, 0x00, 0x00, 0x01};
  for (std::size_t i = 0; i + 8 <= exif.size(); ++i) {
    if (std::memcmp(exif.data() + i, kLittle, 8) == 0 || std::memcmp(exif.data() + i, kBig, 8) == 0) return true;
  }
  return false;
}

void set_dimension(Tiff& tiff, const Entry& entry, int pixels) {
  if (!entry.is_inline_number() || entry.count != 1) return;
  const auto value = static_cast<std::uint32_t>(pixels);
  const bool fits = entry.type == kLong || entry.type == kIfd || (entry.type == kShort && value <= 0xFFFF) ||
                    (entry.type == kByte && value <= 0xFF);
  if (!fits) tiff.put(entry.at + 2, 2, kLong);  // a value field always has room for four bytes
  tiff.put(entry.at + 8, fits ? entry.value_bytes() : 4, value);
}

// What the kept directories occupy: the thumbnail's bytes may be wiped only where nothing else lives.
class UsedRanges {
 public:
  void add_directory(const Tiff& tiff, std::uint64_t ifd) {
    if (std::find(directories_.begin(), directories_.end(), ifd) != directories_.end()) return;  // a loop
    directories_.push_back(ifd);
    const std::vector<Entry> entries = entries_of(tiff, ifd);
    add(ifd, 2 + entries.size() * kEntryBytes + 4);
    for (const Entry& entry : entries) {
      const std::uint64_t bytes = std::uint64_t{entry.count} * static_cast<std::uint64_t>(entry.value_bytes());
      if (bytes > 4) add(tiff.get32(entry.at + 8), bytes);
    }
  }
  [[nodiscard]] bool overlap(std::uint64_t begin, std::uint64_t end) const {
    return std::any_of(ranges_.begin(), ranges_.end(), [&](const Range& r) { return r.begin < end && begin < r.end; });
  }

 private:
  struct Range {
    std::uint64_t begin, end;
  };
  void add(std::uint64_t begin, std::uint64_t bytes) { ranges_.push_back({begin, begin + bytes}); }
  std::vector<std::uint64_t> directories_;
  std::vector<Range> ranges_;
};

// Unlinks the thumbnail's directory and wipes its JPEG: it shows the old orientation and often an older edit.
// Returns the block's new size.
std::size_t drop_thumbnail(Tiff& tiff, std::uint64_t ifd0, const UsedRanges& used) {
  const std::uint64_t link = ifd0 + 2 + std::uint64_t{tiff.get16(ifd0)} * kEntryBytes;
  if (!tiff.holds(link, 4)) return tiff.size();
  const std::uint64_t ifd1 = tiff.get32(link);
  tiff.put(link, 4, 0);
  if (ifd1 < 8 || !tiff.holds(ifd1, 2 + kEntryBytes)) return tiff.size();

  std::uint64_t offset = 0, length = 0;
  for (const Entry& entry : entries_of(tiff, ifd1)) {
    if (!entry.is_inline_number()) continue;
    if (entry.tag == kThumbnailOffset) offset = number_of(tiff, entry);
    if (entry.tag == kThumbnailLength) length = number_of(tiff, entry);
  }
  const bool plausible = offset >= 8 && length >= 4 && tiff.holds(offset, length) &&
                         tiff.at(offset)[0] == std::byte{0xFF} && tiff.at(offset)[1] == std::byte{0xD8} &&
                         !used.overlap(offset, offset + length);
  if (!plausible) return tiff.size();
  std::memset(tiff.at(offset), 0, length);
  return offset + length == tiff.size() ? offset : tiff.size();
}

}  // namespace

int exif_orientation(std::span<const std::byte> exif) {
  const Tiff tiff(const_cast<std::byte*>(exif.data()), exif.size());  // only read here
  const auto ifd0 = first_ifd(tiff);
  if (!ifd0) return 1;
  for (const Entry& entry : entries_of(tiff, *ifd0)) {
    if (entry.tag != kOrientation) continue;
    if (!entry.is_inline_number()) return 1;
    const std::uint32_t value = number_of(tiff, entry);
    return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
  }
  return 1;
}

std::vector<std::byte> exif_for_output(std::span<const std::byte> exif, int width, int height) {
  std::vector<std::byte> block(exif.begin(), exif.end());
  Tiff tiff(block.data(), block.size());
  const auto ifd0 = first_ifd(tiff);
  if (!ifd0) {
    if (mentions_orientation(exif)) block.clear();
    return block;
  }

  UsedRanges used;
  used.add_directory(tiff, *ifd0);
  std::vector<std::uint64_t> exif_ifds;
  for (const Entry& entry : entries_of(tiff, *ifd0)) {
    if (entry.tag == kExifIfd || entry.tag == kGpsIfd) {
      const std::uint64_t ifd = tiff.get32(entry.at + 8);
      if (ifd < 8 || !tiff.holds(ifd, 2 + kEntryBytes)) continue;
      used.add_directory(tiff, ifd);
      if (entry.tag == kExifIfd && ifd != *ifd0) exif_ifds.push_back(ifd);
    } else if (entry.tag == kOrientation) {
      if (!entry.is_inline_number()) return {};
      tiff.put(entry.at + 8, entry.value_bytes(), 1);
    } else if (entry.tag == kImageWidth) {
      set_dimension(tiff, entry, width);
    } else if (entry.tag == kImageLength) {
      set_dimension(tiff, entry, height);
    }
  }
  for (const std::uint64_t ifd : exif_ifds) {
    for (const Entry& entry : entries_of(tiff, ifd)) {
      if (entry.tag == kPixelXDimension) set_dimension(tiff, entry, width);
      if (entry.tag == kPixelYDimension) set_dimension(tiff, entry, height);
      if (entry.tag == kInteropIfd) used.add_directory(tiff, tiff.get32(entry.at + 8));
    }
  }
  block.resize(drop_thumbnail(tiff, *ifd0, used));
  return block;
}

}  // namespace nalasr
