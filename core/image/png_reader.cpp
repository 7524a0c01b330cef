#include "image/png_reader.h"

#include <png.h>

#include <bit>
#include <csetjmp>
#include <cstdio>
#include <cstring>
#include <optional>
#include <utility>

#include "image/aligned_buffer.h"
#include "image/exif.h"
#include "image/limits.h"
#include "image/png_metadata.h"
#include "image/row_check.h"

namespace nalasr {
namespace {

class PngReader final : public ImageReader {
 public:
  explicit PngReader(std::unique_ptr<ByteSource> source) : source_(std::move(source)) {}
  ~PngReader() override { png_destroy_read_struct(&png_, &png_info_, nullptr); }
  PngReader(const PngReader&) = delete;
  PngReader& operator=(const PngReader&) = delete;

  Result<void> read_header();

  [[nodiscard]] const ImageInfo& info() const override { return info_; }
  [[nodiscard]] const Metadata& metadata() const override { return metadata_; }
  Result<void> read_rows(const StripView& strip) override;
  [[nodiscard]] std::uint64_t resident_bytes() const override {
    // libpng holds two rows at the file's depth and zlib a 32 KiB window beside its tables.
    const std::uint64_t rows = 2 * std::uint64_t{info_.row_bytes()} + (64u << 10);
    return interlaced_ ? rows + std::uint64_t{info_.row_bytes()} * info_.height : rows;
  }

 private:
  // Runs libpng calls. libpng leaves errors by longjmp, so `calls` may own nothing that has a destructor; the jump
  // then crosses C frames and trivial lambdas only.
  template <typename Calls>
  bool guarded(const Calls& calls) {
    if (setjmp(png_jmpbuf(png_)) != 0) return false;
    calls();
    return true;
  }

  static void on_error(png_structp png, png_const_charp text) {
    auto* self = static_cast<PngReader*>(png_get_error_ptr(png));
    std::snprintf(self->message_, sizeof self->message_, "%s", text);
    png_longjmp(png, 1);
  }
  static void on_warning(png_structp, png_const_charp) {}
  static void on_read(png_structp png, png_bytep to, png_size_t count) {
    auto* self = static_cast<PngReader*>(png_get_io_ptr(png));
    if (self->source_->read(to, count) != count) {
      self->at_end_ = true;
      png_error(png, "the file ends too early");
    }
  }

  Error fail();
  Result<void> decode_interlaced();
  Result<void> finish();

  std::unique_ptr<ByteSource> source_;
  png_structp png_ = nullptr;
  png_infop png_info_ = nullptr;
  ImageInfo info_;
  Metadata metadata_;
  char message_[256] = "";
  bool at_end_ = false;
  bool interlaced_ = false;
  int next_row_ = 0;
  AlignedBuffer whole_;  // interlaced pictures only
  std::optional<Error> failure_;
};

// The error of the failed guarded() call; the reader stays failed.
Error PngReader::fail() {
  if (!source_->io_error().empty()) {
    failure_ = Error{ErrorCode::io, "cannot read the file: " + source_->io_error(), ""};
  } else if (at_end_) {
    failure_ = Error{ErrorCode::corrupt, "truncated PNG: the file ends too early", "get a complete copy of the file"};
  } else if (std::strstr(message_, "emory") != nullptr) {  // libpng has no error codes, only "Out of memory" etc.
    failure_ = Error{ErrorCode::out_of_memory, std::string("PNG: ") + message_, ""};
  } else {
    failure_ = Error{ErrorCode::corrupt, std::string("damaged PNG: ") + message_, ""};
  }
  return *failure_;
}

Result<void> PngReader::read_header() {
  bool animated = false;
  metadata_ = read_png_metadata(*source_, animated);
  if (animated) return animated_picture("PNG");
  source_->seek(0);

  png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, this, on_error, on_warning);
  if (png_ != nullptr) png_info_ = png_create_info_struct(png_);
  if (png_info_ == nullptr) return Error{ErrorCode::out_of_memory, "not enough memory to read the PNG", ""};

  const bool read = guarded([&] {
    png_set_read_fn(png_, this, on_read);
    png_set_user_limits(png_, PNG_UINT_31_MAX, PNG_UINT_31_MAX);  // our own limits below have the clearer message
    png_set_chunk_malloc_max(png_, kMaxMetadataBytes);
    png_set_keep_unknown_chunks(png_, PNG_HANDLE_CHUNK_NEVER, nullptr, -1);  // all but tRNS; see png_metadata.h
    png_read_info(png_, png_info_);
  });
  if (!read) return fail();

  const std::int64_t width = png_get_image_width(png_, png_info_);
  const std::int64_t height = png_get_image_height(png_, png_info_);
  if (auto size = check_picture_size(width, height); !size) return size;

  const int color_type = png_get_color_type(png_, png_info_);
  const int depth = png_get_bit_depth(png_, png_info_);
  const bool prepared = guarded([&] {
    png_set_expand(png_);  // palette to RGB, 1/2/4-bit grey to 8 bit, tRNS to alpha
    if (depth == 16 && std::endian::native == std::endian::little) png_set_swap(png_);
    png_set_interlace_handling(png_);
    png_read_update_info(png_, png_info_);
  });
  if (!prepared) return fail();

  interlaced_ = png_get_interlace_type(png_, png_info_) != PNG_INTERLACE_NONE;
  info_.width = static_cast<int>(width);
  info_.height = static_cast<int>(height);
  info_.channels = png_get_channels(png_, png_info_);
  info_.bits = png_get_bit_depth(png_, png_info_);
  info_.source_bits = depth;
  info_.orientation = exif_orientation(metadata_.exif);
  info_.format = "png";
  const bool grey = (color_type & PNG_COLOR_MASK_COLOR) == 0;
  info_.color_model = color_type == PNG_COLOR_TYPE_PALETTE ? "palette" : grey ? "grey" : "rgb";
  if (png_get_rowbytes(png_, png_info_) != info_.row_bytes()) {
    return Error{ErrorCode::internal, "libpng hands out unexpected rows", ""};
  }
  return {};
}

Result<void> PngReader::decode_interlaced() {
  const std::size_t stride = info_.row_bytes();
  // deflate packs at most 1032 to 1: a short file that claims a huge picture is told before memory is asked for.
  const std::uint64_t packed_bits =
      std::uint64_t{static_cast<std::uint64_t>(info_.width)} * info_.height * info_.source_bits;
  if (packed_bits / 8 / 1040 > source_->size()) {
    at_end_ = true;
    return fail();
  }
  whole_ = AlignedBuffer::allocate(stride * static_cast<std::size_t>(info_.height));
  if (whole_.data() == nullptr) {
    failure_ = Error{ErrorCode::out_of_memory, "not enough memory for an interlaced PNG of this size", ""};
    return *failure_;
  }
  const bool decoded = guarded([&] {
    for (int pass = 0; pass < PNG_INTERLACE_ADAM7_PASSES; ++pass) {
      for (int y = 0; y < info_.height; ++y) {
        png_read_row(png_, reinterpret_cast<png_bytep>(whole_.data() + stride * static_cast<std::size_t>(y)), nullptr);
      }
    }
  });
  if (!decoded) return fail();
  return finish();
}

// Behind the last pixel: libpng checks the pixel data's checksums only now. A file that merely stops here has
// delivered every pixel, so that is no error.
Result<void> PngReader::finish() {
  if (guarded([&] { png_read_end(png_, nullptr); }) || at_end_) return {};
  return fail();
}

Result<void> PngReader::read_rows(const StripView& strip) {
  if (failure_) return *failure_;
  if (auto fits = check_strip(strip, info_, info_.height - next_row_); !fits) return fits;
  if (strip.rows == 0) return {};
  if (interlaced_) {
    if (whole_.data() == nullptr) {
      if (auto decoded = decode_interlaced(); !decoded) return decoded;
    }
    const std::size_t bytes = info_.row_bytes();
    for (int i = 0; i < strip.rows; ++i) {
      std::memcpy(strip.data + strip.stride * static_cast<std::size_t>(i),
                  whole_.data() + bytes * static_cast<std::size_t>(next_row_ + i), bytes);
    }
    next_row_ += strip.rows;
    return {};
  }
  const bool decoded = guarded([&] {
    for (int i = 0; i < strip.rows; ++i) {
      png_read_row(png_, reinterpret_cast<png_bytep>(strip.data + strip.stride * static_cast<std::size_t>(i)), nullptr);
    }
  });
  if (!decoded) return fail();
  next_row_ += strip.rows;
  if (next_row_ == info_.height) return finish();
  return {};
}

}  // namespace

Result<std::unique_ptr<ImageReader>> open_png(std::unique_ptr<ByteSource> source) {
  auto reader = std::make_unique<PngReader>(std::move(source));
  if (auto header = reader->read_header(); !header) return header.error();
  return std::unique_ptr<ImageReader>(std::move(reader));
}

}  // namespace nalasr
