#include "image/tiff_container.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <span>

namespace nalasr {
namespace {

constexpr std::size_t kEntryBytes = 12;
constexpr std::uint32_t kXmpTag = 700, kIccTag = 34675;
constexpr std::uint32_t kByteType = 1, kUndefinedType = 7;

std::uint32_t get_le(const std::vector<std::byte>& file, std::size_t at, int bytes) {
  std::uint32_t value = 0;
  for (int i = bytes - 1; i >= 0; --i) {
    value = value << 8 | std::to_integer<std::uint32_t>(file[at + static_cast<std::size_t>(i)]);
  }
  return value;
}

void put_le(std::vector<std::byte>& to, std::uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) to.push_back(static_cast<std::byte>(value >> (8 * i)));
}

using Entry = std::array<std::byte, kEntryBytes>;

std::uint32_t tag_of(const Entry& entry) {
  return std::to_integer<std::uint32_t>(entry[0]) | std::to_integer<std::uint32_t>(entry[1]) << 8;
}

// Appends the value to the file and its entry to the directory. Values of up to four bytes would live inside the
// entry; no profile and no packet is that short.
void add_value(std::vector<std::byte>& file, std::vector<Entry>& entries, std::uint32_t tag, std::uint32_t type,
               const std::vector<std::byte>& value) {
  if (value.size() <= 4) return;
  std::vector<std::byte> bytes;
  put_le(bytes, tag, 2);
  put_le(bytes, type, 2);
  put_le(bytes, static_cast<std::uint32_t>(value.size()), 4);
  put_le(bytes, static_cast<std::uint32_t>(file.size()), 4);
  Entry entry;
  std::copy(bytes.begin(), bytes.end(), entry.begin());
  entries.push_back(entry);
  file.insert(file.end(), value.begin(), value.end());
  if (file.size() % 2 != 0) file.push_back(std::byte{0});  // offsets are even
}

}  // namespace

bool add_tiff_metadata(std::vector<std::byte>& file, const Metadata& metadata) {
  if (metadata.icc.empty() && metadata.xmp.empty()) return true;
  if (file.size() < 8 || std::memcmp(file.data(), "II*\0", 4) != 0) return false;
  const std::size_t directory = get_le(file, 4, 4);
  if (directory < 8 || directory > file.size() - 2) return false;
  const std::size_t count = get_le(file, directory, 2);
  const std::size_t end = directory + 2 + count * kEntryBytes;
  if (end + 4 > file.size()) return false;
  const std::uint64_t grown = std::uint64_t{file.size()} + metadata.icc.size() + metadata.xmp.size();
  if (grown + (count + 3) * kEntryBytes > 0xFFFFFFFFull) return false;  // offsets have 32 bits

  std::vector<Entry> entries(count);
  if (count > 0) std::memcpy(entries.data(), file.data() + directory + 2, count * kEntryBytes);
  const std::uint32_t next = get_le(file, end, 4);
  if (file.size() % 2 != 0) file.push_back(std::byte{0});
  add_value(file, entries, kXmpTag, kByteType, metadata.xmp);
  add_value(file, entries, kIccTag, kUndefinedType, metadata.icc);
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return tag_of(a) < tag_of(b); });

  const auto moved = static_cast<std::uint32_t>(file.size());
  put_le(file, static_cast<std::uint32_t>(entries.size()), 2);
  for (const Entry& entry : entries) file.insert(file.end(), entry.begin(), entry.end());
  put_le(file, next, 4);
  for (int i = 0; i < 4; ++i) file[4 + static_cast<std::size_t>(i)] = static_cast<std::byte>(moved >> (8 * i));
  return true;
}

}  // namespace nalasr
