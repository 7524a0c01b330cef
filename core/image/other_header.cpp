#include "image/other_header.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string_view>
#include <vector>

#include "image/limits.h"

namespace nalasr {
namespace {

using Bytes = std::span<const std::byte>;

// Reads whole numbers at any offset in either byte order; 0 outside the file.
class Numbers {
 public:
  Numbers(Bytes file, bool big_endian) : file_(file), big_(big_endian) {}
  [[nodiscard]] std::uint32_t get(std::uint64_t at, int bytes) const {
    if (at > file_.size() || file_.size() - at < static_cast<std::uint64_t>(bytes)) return 0;
    std::uint32_t value = 0;
    for (int i = 0; i < bytes; ++i) {
      value |= std::to_integer<std::uint32_t>(file_[at + static_cast<std::uint64_t>(i)])
               << 8 * (big_ ? bytes - 1 - i : i);
    }
    return value;
  }
  [[nodiscard]] std::size_t size() const { return file_.size(); }

 private:
  Bytes file_;
  bool big_;
};

struct TiffEntry {
  std::uint32_t tag, type, count;
  std::uint64_t value_at;  // of the values, inside the entry or elsewhere
  std::uint64_t bytes;
};

// Where a classic TIFF's first directory is; 0 for others. BigTIFF (64-bit offsets) is left to the decoder.
std::uint64_t first_directory(const Numbers& numbers) { return numbers.get(2, 2) == 42 ? numbers.get(4, 4) : 0; }

std::uint64_t next_directory(const Numbers& numbers, std::uint64_t directory) {
  return numbers.get(directory + 2 + std::uint64_t{numbers.get(directory, 2)} * 12, 4);
}

std::vector<TiffEntry> tiff_entries(const Numbers& numbers, std::uint64_t directory) {
  constexpr int kTypeBytes[] = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8};
  std::vector<TiffEntry> entries;
  if (directory == 0) return entries;
  const std::uint32_t count = numbers.get(directory, 2);
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint64_t at = directory + 2 + std::uint64_t{i} * 12;
    if (at + 12 > numbers.size()) break;
    TiffEntry entry{numbers.get(at, 2), numbers.get(at + 2, 2), numbers.get(at + 4, 4), at + 8, 0};
    if (entry.type < std::size(kTypeBytes)) {
      entry.bytes = std::uint64_t{entry.count} * static_cast<std::uint64_t>(kTypeBytes[entry.type]);
    }
    if (entry.bytes > 4) entry.value_at = numbers.get(at + 8, 4);
    entries.push_back(entry);
  }
  return entries;
}

bool is_big_endian(Bytes file) { return !file.empty() && file[0] == std::byte{'M'}; }

void read_tiff_header(Bytes file, OtherHeader& header) {
  const Numbers numbers(file, is_big_endian(file));
  const std::uint64_t directory = first_directory(numbers);
  for (const TiffEntry& entry : tiff_entries(numbers, directory)) {
    const std::uint32_t value = numbers.get(entry.value_at, entry.type == 3 ? 2 : 4);
    if (entry.tag == 262) header.cmyk = value == 5;  // PhotometricInterpretation
    if (entry.tag == 256) header.width = value;
    if (entry.tag == 257) header.height = value;
    if (entry.tag == 339) header.floating_point = value == 3;  // SampleFormat
  }
  // A few directories further, in case the first ones after it are thumbnails; a hostile chain may be endless.
  std::uint64_t next = directory;
  for (int i = 0; i < 16 && header.pages < 2; ++i) {
    next = next_directory(numbers, next);
    const auto entries = tiff_entries(numbers, next);
    if (next == directory || entries.empty()) break;
    const bool aside = std::any_of(entries.begin(), entries.end(), [&](const TiffEntry& entry) {
      return entry.tag == 254 && numbers.get(entry.value_at, 4) & 5;  // NewSubfileType: reduced copy, mask
    });
    header.pages += aside ? 0 : 1;
  }
}

void read_bmp_header(Bytes file, OtherHeader& header) {
  const Numbers numbers(file, false);
  const std::uint32_t size = numbers.get(14, 4);
  if (size < 40) {  // the OS/2 header has 16-bit sizes
    header.width = numbers.get(18, 2);
    header.height = numbers.get(20, 2);
    return;
  }
  header.width = static_cast<std::int32_t>(numbers.get(18, 4));
  header.height = std::abs(std::int64_t{static_cast<std::int32_t>(numbers.get(22, 4))});  // negative: top row first
  const bool has_mask = numbers.get(30, 4) == 3 && size >= 56 && numbers.get(66, 4) != 0;
  header.alpha_is_unused = numbers.get(28, 2) == 32 && !has_mask;
}

void read_webp_header(Bytes file, OtherHeader& header) {
  const Numbers numbers(file, false);
  const std::uint32_t chunk = numbers.get(12, 4);
  const auto name = [](const char* text) {
    std::uint32_t value = 0;
    for (int i = 3; i >= 0; --i) value = value << 8 | static_cast<unsigned char>(text[i]);
    return value;
  };
  if (chunk == name("VP8X")) {
    header.width = numbers.get(24, 3) + std::int64_t{1};
    header.height = numbers.get(27, 3) + std::int64_t{1};
    header.animated = (numbers.get(20, 1) & 2) != 0;
  } else if (chunk == name("VP8L")) {
    const std::uint32_t bits = numbers.get(21, 4);
    header.width = (bits & 0x3FFF) + 1;
    header.height = (bits >> 14 & 0x3FFF) + 1;
  } else if (chunk == name("VP8 ")) {
    header.width = numbers.get(26, 2) & 0x3FFF;
    header.height = numbers.get(28, 2) & 0x3FFF;
  }
}

// P1 to P6: numbers between white space and comments. P7 (PAM) is left to the decoder.
void read_pnm_header(Bytes file, OtherHeader& header) {
  if (file.size() < 3 || file[1] == std::byte{'7'}) return;
  std::size_t at = 2;
  std::int64_t values[2] = {0, 0};
  for (std::int64_t& value : values) {
    const auto c = [&] { return at < file.size() ? std::to_integer<int>(file[at]) : -1; };
    while (c() >= 0 && (c() < '0' || c() > '9')) {
      if (c() == '#') {
        while (c() >= 0 && c() != '\n') ++at;
      } else {
        ++at;
      }
    }
    for (; c() >= '0' && c() <= '9' && value < 1'000'000'000; ++at) value = value * 10 + (c() - '0');
  }
  header.width = values[0];
  header.height = values[1];
}

}  // namespace

OtherHeader read_other_header(std::span<const std::byte> file, const std::string& format) {
  OtherHeader header;
  if (format == "tiff") read_tiff_header(file, header);
  if (format == "bmp") read_bmp_header(file, header);
  if (format == "webp") read_webp_header(file, header);
  if (format == "pnm") read_pnm_header(file, header);
  return header;
}

Metadata read_tiff_metadata(std::span<const std::byte> file) {
  Metadata metadata;
  const Numbers numbers(file, is_big_endian(file));
  double resolution[2] = {0, 0};
  double to_inch = 1;
  for (const TiffEntry& entry : tiff_entries(numbers, first_directory(numbers))) {
    const bool inside = entry.value_at <= file.size() && entry.bytes <= file.size() - entry.value_at;
    if (!inside || entry.bytes > kMaxMetadataBytes) continue;
    const Bytes data = file.subspan(entry.value_at, entry.bytes);
    if (entry.tag == 34675) metadata.icc.assign(data.begin(), data.end());
    if (entry.tag == 700) metadata.xmp.assign(data.begin(), data.end());
    if ((entry.tag == 282 || entry.tag == 283) && entry.type == 5 && entry.count == 1) {
      const double bottom = numbers.get(entry.value_at + 4, 4);
      if (bottom > 0) resolution[entry.tag - 282] = numbers.get(entry.value_at, 4) / bottom;
    }
    if (entry.tag == 296) {  // ResolutionUnit: 1 none, 2 inch, 3 centimetre
      const std::uint32_t unit = numbers.get(entry.value_at, 2);
      to_inch = unit == 3 ? 2.54 : unit == 2 ? 1 : 0;
    }
  }
  metadata.x_dpi = resolution[0] * to_inch;
  metadata.y_dpi = resolution[1] * to_inch;
  return metadata;
}

}  // namespace nalasr
