#include "nalasr/convert.h"

#include <algorithm>
#include <new>

namespace nalasr {
namespace {

constexpr int kStripRows = 64;

// In place: rounded to the nearest of 256 steps.
void reduce_to_8_bits(std::byte* samples, std::size_t count) {
  const auto* from = reinterpret_cast<const std::uint16_t*>(samples);
  for (std::size_t i = 0; i < count; ++i) samples[i] = static_cast<std::byte>((from[i] * 255U + 32767U) / 65535U);
}

Result<std::vector<std::string>> convert(const ConvertRequest& request, const ProgressCallback& progress,
                                         const std::stop_token& stop) {
  auto reader = ImageReader::open(request.input);
  if (!reader) return reader.error();
  const ImageInfo in = (*reader)->info();
  ImageInfo out = in;
  const bool reduce =
      in.bits == 16 && !format_holds(request.format, in.channels, 16) && format_holds(request.format, in.channels, 8);
  if (reduce) out.bits = 8;
  auto writer = ImageWriter::create(request.output, request.format, out, (*reader)->metadata(), request.encode);
  if (!writer) return writer.error();

  std::vector<std::byte> rows(in.row_bytes() * kStripRows);
  for (int y = 0; y < in.height; y += kStripRows) {
    if (stop.stop_requested()) return Error{ErrorCode::cancelled, "cancelled", ""};
    const int count = std::min(kStripRows, in.height - y);
    if (auto read = (*reader)->read_rows({rows.data(), in.width, count, in.row_bytes()}); !read) return read.error();
    if (reduce) reduce_to_8_bits(rows.data(), in.row_bytes() / 2 * static_cast<std::size_t>(count));
    if (auto written = (*writer)->write_rows({rows.data(), in.width, count, out.row_bytes()}); !written) {
      return written.error();
    }
    if (progress) progress({"write", 0, 0, static_cast<double>(y + count) / in.height});
  }
  if (stop.stop_requested()) return Error{ErrorCode::cancelled, "cancelled", ""};
  if (auto committed = (*writer)->commit(); !committed) return committed.error();
  std::vector<std::string> warnings = (*writer)->warnings();
  if (reduce) warnings.emplace_back("16 bits per sample became 8");
  return warnings;
}

}  // namespace

Result<std::vector<std::string>> convert_picture(const ConvertRequest& request, const ProgressCallback& progress,
                                                 std::stop_token stop) {
  try {
    return convert(request, progress, stop);
  } catch (const std::bad_alloc&) { return Error{ErrorCode::out_of_memory, "out of memory", "close other programs"}; }
}

}  // namespace nalasr
