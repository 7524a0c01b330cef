// Any bytes into ImageReader: header, metadata (also as an output would carry it), rows up to a bound.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <unistd.h>

#include "fuzz/fuzz_driver.h"
#include "nalasr/image.h"

namespace {

void read_all(const std::uint8_t* data, std::size_t size) {
  auto opened = nalasr::ImageReader::open_memory(reinterpret_cast<const std::byte*>(data), size);
  if (!opened) {
    if (opened.error().message.empty()) std::abort();
    return;
  }
  nalasr::ImageReader& reader = **opened;
  const nalasr::ImageInfo info = reader.info();
  const bool sane = info.width > 0 && info.height > 0 && info.channels >= 1 && info.channels <= 4 &&
                    (info.bits == 8 || info.bits == 16) && info.orientation >= 1 && info.orientation <= 8;
  if (!sane) std::abort();
  const nalasr::Metadata metadata = nalasr::metadata_for_output(reader.metadata(), info.width, info.height);
  if (metadata.exif.size() > reader.metadata().exif.size()) std::abort();

  // The claimed size may be huge: at most 4 MiB of rows, and no picture that an interlaced decoder would hold whole.
  if (reader.resident_bytes() > 64u << 20 || info.row_bytes() > 4u << 20) return;
  const std::size_t most = std::max<std::size_t>(1, (4u << 20) / info.row_bytes());
  int left = static_cast<int>(std::min<std::size_t>(most, static_cast<std::size_t>(info.height)));
  std::vector<std::byte> rows(info.row_bytes() * 3);
  while (left > 0) {
    const int n = std::min(left, 3);
    if (!reader.read_rows({rows.data(), info.width, n, info.row_bytes()})) break;
    left -= n;
  }
}

// A PNG whose chunks' checksums are right again: else a mutation gets no further than the first checksum.
std::vector<std::uint8_t> with_checksums(const std::uint8_t* data, std::size_t size) {
  std::vector<std::uint8_t> file(data, data + size);
  const auto get32 = [&file](std::size_t at) {
    return std::uint32_t{file[at]} << 24 | std::uint32_t{file[at + 1]} << 16 | std::uint32_t{file[at + 2]} << 8 |
           file[at + 3];
  };
  for (std::size_t at = 8; at + 12 <= file.size();) {
    const std::size_t length = get32(at);
    if (length > file.size() - at - 12) break;
    std::uint32_t crc = 0xFFFFFFFF;
    for (std::size_t i = at + 4; i < at + 8 + length; ++i) {
      crc ^= file[i];
      for (int k = 0; k < 8; ++k) crc = crc >> 1 ^ (0xEDB88320 & (0 - (crc & 1)));
    }
    for (std::size_t i = 0; i < 4; ++i) file[at + 8 + length + i] = static_cast<std::uint8_t>(~crc >> (24 - 8 * i));
    at += 12 + length;
  }
  return file;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  read_all(data, size);
  if (size > 8 && data[0] == 0x89 && data[1] == 'P') {
    const std::vector<std::uint8_t> repaired = with_checksums(data, size);
    read_all(repaired.data(), repaired.size());
  }
  return 0;
}

// One picture of each format that the build can write, with metadata.
std::vector<std::vector<std::uint8_t>> fuzz_seeds() {
  namespace fs = std::filesystem;
  std::string folder = (fs::temp_directory_path() / "nalasr-fuzz-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) return {};
  nalasr::Metadata metadata;
  const char exif[] =
      "MM\0*\0\0\0\x08\0\x02\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\x87\x69\0\x04\0\0\0\x01\0\0\0\x26\0\0\0\0"
      "\0\x01\xA0\x02\0\x04\0\0\0\x01\0\0\0\x20\0\0\0";
  const char xmp[] = "<x xmlns:tiff='http://ns.adobe.com/tiff/1.0/' tiff:Orientation='6'/>";
  const auto* exif_bytes = reinterpret_cast<const std::byte*>(exif);
  const auto* xmp_bytes = reinterpret_cast<const std::byte*>(xmp);
  metadata.exif.assign(exif_bytes, exif_bytes + sizeof exif);
  metadata.xmp.assign(xmp_bytes, xmp_bytes + sizeof xmp - 1);
  metadata.icc.assign(400, std::byte{7});
  metadata.x_dpi = metadata.y_dpi = 300;

  std::vector<std::vector<std::uint8_t>> seeds;
  const auto add = [&](nalasr::ImageFormat format, int channels, int bits) {
    nalasr::ImageInfo info;
    info.width = 32;
    info.height = 24;
    info.channels = channels;
    info.bits = bits;
    std::vector<std::byte> rows(info.row_bytes() * 24);
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<std::byte>(i * i / 50);
    const fs::path path = fs::path(folder) / "seed";
    auto writer = nalasr::ImageWriter::create(path, format, info, metadata, {});
    if (!writer || !(*writer)->write_rows({rows.data(), 32, 24, info.row_bytes()}) || !(*writer)->commit()) return;
    std::ifstream in(path, std::ios::binary);
    seeds.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  };
  for (int channels = 1; channels <= 4; ++channels) {
    for (const int bits : {8, 16}) {
      for (const auto format : {nalasr::ImageFormat::png, nalasr::ImageFormat::jpeg, nalasr::ImageFormat::webp,
                                nalasr::ImageFormat::tiff, nalasr::ImageFormat::bmp}) {
        if (nalasr::format_holds(format, channels, bits)) add(format, channels, bits);
      }
    }
  }
  std::error_code ignored;
  fs::remove_all(folder, ignored);
  return seeds;
}
