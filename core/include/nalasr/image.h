// Pictures in and out, strip by strip: what a picture is (ImageInfo), its rows (StripView), and the sequential
// reader and writer. Metadata travels beside the pixels.
//
//     auto reader = nalasr::ImageReader::open("scan.png");
//     const nalasr::ImageInfo& info = (*reader)->info();
//     std::vector<std::byte> rows(info.row_bytes() * 16);
//     (*reader)->read_rows({rows.data(), info.width, 16, info.row_bytes()});
//
// Thread safety: one reader or writer belongs to one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "nalasr/result.h"

namespace nalasr {

/// File formats that the library can write; readers sniff the content instead.
enum class ImageFormat { png, jpeg, webp, tiff, bmp };

/// Size and sample layout of a picture. Samples are interleaved; 16-bit samples are native-endian uint16_t.
/// Channels: 1 grey, 2 grey + alpha, 3 RGB, 4 RGB + alpha (alpha is straight, not premultiplied).
struct ImageInfo {
  int width = 0;            ///< pixels, as stored in the file (before orientation is applied)
  int height = 0;           ///< pixels, as stored in the file (before orientation is applied)
  int channels = 3;         ///< 1..4, see above
  int bits = 8;             ///< bits per sample of the rows handed out: 8 or 16
  int source_bits = 8;      ///< bits per sample in the file (1, 2, 4, 8, 16)
  int orientation = 1;      ///< EXIF orientation 1..8 that a viewer must apply; 1 = as stored
  std::string format;       ///< "png", "jpeg", ... as sniffed
  std::string color_model;  ///< "grey", "palette", "rgb", "ycbcr", "cmyk", ... in the file

  [[nodiscard]] bool has_alpha() const { return channels == 2 || channels == 4; }
  [[nodiscard]] std::size_t pixel_bytes() const { return static_cast<std::size_t>(channels) * (bits / 8); }
  [[nodiscard]] std::size_t row_bytes() const { return pixel_bytes() * static_cast<std::size_t>(width); }
};

/// Non-owning view of consecutive rows; `stride` is the distance between rows in bytes.
struct StripView {
  std::byte* data = nullptr;
  int width = 0;  ///< pixels
  int rows = 0;
  std::size_t stride = 0;  ///< bytes
};

/// What travels beside the pixels. Empty vectors mean "absent".
struct Metadata {
  std::vector<std::byte> icc{};   ///< ICC profile
  std::vector<std::byte> exif{};  ///< TIFF-structured EXIF block, without the "Exif\0\0" prefix
  std::vector<std::byte> xmp{};   ///< XMP packet (UTF-8 XML)
  double gamma = 0;               ///< PNG gAMA value (e.g. 0.45455); 0 = absent
  int srgb_intent = -1;           ///< PNG sRGB rendering intent 0..3; -1 = absent
  double x_dpi = 0, y_dpi = 0;    ///< resolution in dots per inch; 0 = absent
};

/// Metadata for a picture whose orientation was applied to the pixels and whose size changed: EXIF and XMP
/// orientation become 1, EXIF/XMP pixel dimensions become width × height, the EXIF thumbnail is dropped.
Metadata metadata_for_output(const Metadata& input, int width, int height);

/// Sequential reader. Pixels come as stored; the caller applies ImageInfo::orientation.
class ImageReader {
 public:
  /// Opens a picture, sniffing its content: reads the header and the metadata, no pixels.
  /// Errors: not_found, io, corrupt, unsupported.
  static Result<std::unique_ptr<ImageReader>> open(const std::filesystem::path& path);
  /// The same from memory; `bytes` must outlive the reader.
  static Result<std::unique_ptr<ImageReader>> open_memory(const std::byte* bytes, std::size_t size);

  virtual ~ImageReader() = default;
  [[nodiscard]] virtual const ImageInfo& info() const = 0;
  [[nodiscard]] virtual const Metadata& metadata() const = 0;
  /// Reads the next `strip.rows` rows. Errors: corrupt (damaged or truncated data), io.
  virtual Result<void> read_rows(const StripView& strip) = 0;
  /// Bytes that decoding holds besides the caller's rows (interlaced PNG and progressive JPEG keep a whole
  /// picture, others a few rows).
  [[nodiscard]] virtual std::uint64_t resident_bytes() const = 0;
};

/// How to encode. `quality` counts for lossy formats only. No bit of the file depends on `threads`.
struct EncodeOptions {
  int quality = 95;         ///< 1..100
  int png_compression = 3;  ///< zlib level 0..9; run-length coding takes its place where that is smaller
  bool chroma_444 = true;   ///< JPEG without chroma subsampling
  int threads = 0;          ///< that compress a PNG; 0 = one per core
};

/// The path that means standard output: the picture goes there, complete, at commit().
inline constexpr const char* kStandardOutput = "/dev/stdout";

/// Removes the temporary files that killed runs left in `folder`, and never one that is being written, by whatever
/// process. Returns how many.
std::size_t remove_abandoned_files(const std::filesystem::path& folder);

/// Sequential writer into a temporary file in the target's folder. Nothing appears under the final name before
/// commit(); a writer destroyed without commit() removes its temporary file.
class ImageWriter {
 public:
  /// `info` gives the size, channels and bits of the rows that will come. Where the format cannot hold them
  /// (alpha or 16 bit in a JPEG), the error says so: unsupported. Other errors: io, invalid_argument.
  static Result<std::unique_ptr<ImageWriter>> create(const std::filesystem::path& path, ImageFormat format,
                                                     const ImageInfo& info, const Metadata& metadata,
                                                     const EncodeOptions& options);
  /// What resident_bytes() of such a writer will be, known without creating it.
  static std::uint64_t resident_bytes_for(ImageFormat format, const ImageInfo& info, const EncodeOptions& options);
  /// What commit() of such a writer takes at its peak, resident_bytes() included: formats that encode only then take
  /// more, when the picture's computation has given back its memory. For a detailed picture: a soft one may take less.
  static std::uint64_t commit_bytes_for(ImageFormat format, const ImageInfo& info, const EncodeOptions& options);

  virtual ~ImageWriter() = default;
  /// Appends rows. Errors: io (disk full), internal (more rows than announced).
  virtual Result<void> write_rows(const StripView& strip) = 0;
  /// Finishes the file: flush, fsync, rename over the final name, fsync the folder. Errors: io.
  virtual Result<void> commit() = 0;
  /// Bytes that encoding holds besides the caller's rows.
  [[nodiscard]] virtual std::uint64_t resident_bytes() const = 0;
  /// One line for each thing that this format could not carry over (e.g. "XMP is not kept in BMP").
  [[nodiscard]] virtual const std::vector<std::string>& warnings() const = 0;
};

/// The format named by an extension or word ("png", ".jpg", "JPEG"). Errors: unsupported.
Result<ImageFormat> parse_image_format(const std::string& name);
/// The usual extension, without dot.
const char* extension_of(ImageFormat format);
/// The longest side in pixels that the format can hold.
int format_max_side(ImageFormat format);
/// Whether the format can hold such rows as they are.
bool format_holds(ImageFormat format, int channels, int bits);

}  // namespace nalasr
