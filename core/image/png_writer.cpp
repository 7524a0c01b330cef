#include "image/png_writer.h"

#include <png.h>

#include <algorithm>
#include <bit>
#include <csetjmp>
#include <cstdio>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "image/png_metadata.h"
#include "image/row_check.h"

namespace nalasr {
namespace {

class PngWriter final : public ImageWriter {
 public:
  PngWriter(std::unique_ptr<AtomicFile> file, const ImageInfo& info) : file_(std::move(file)), info_(info) {}
  ~PngWriter() override { png_destroy_write_struct(&png_, &png_info_); }
  PngWriter(const PngWriter&) = delete;
  PngWriter& operator=(const PngWriter&) = delete;

  Result<void> write_header(const Metadata& metadata, const EncodeOptions& options);

  Result<void> write_rows(const StripView& strip) override;
  Result<void> commit() override;
  [[nodiscard]] std::uint64_t resident_bytes() const override { return png_writer_bytes(info_); }
  [[nodiscard]] const std::vector<std::string>& warnings() const override { return warnings_; }

 private:
  // As in the reader: `calls` may own nothing that has a destructor.
  template <typename Calls>
  bool guarded(const Calls& calls) {
    if (setjmp(png_jmpbuf(png_)) != 0) return false;
    calls();
    return true;
  }
  static void on_error(png_structp png, png_const_charp text) {
    auto* self = static_cast<PngWriter*>(png_get_error_ptr(png));
    std::snprintf(self->message_, sizeof self->message_, "%s", text);
    png_longjmp(png, 1);
  }
  static void on_warning(png_structp, png_const_charp) {}
  static void on_write(png_structp png, png_bytep data, png_size_t size) {
    auto* self = static_cast<PngWriter*>(png_get_io_ptr(png));
    if (!self->write_bytes(data, size)) png_error(png, "write failed");
  }
  static void on_flush(png_structp) {}

  bool write_bytes(const void* data, std::size_t size) {
    auto written = file_->write(data, size);
    if (!written) failure_ = written.error();
    return written.ok();
  }
  Error fail() {
    if (!failure_) failure_ = Error{ErrorCode::internal, std::string("cannot encode the PNG: ") + message_, ""};
    return *failure_;
  }

  std::unique_ptr<AtomicFile> file_;
  ImageInfo info_;
  png_structp png_ = nullptr;
  png_infop png_info_ = nullptr;
  char message_[256] = "";
  int next_row_ = 0;
  std::optional<Error> failure_;
  std::vector<std::string> warnings_;
};

Result<void> PngWriter::write_header(const Metadata& metadata, const EncodeOptions& options) {
  png_ = png_create_write_struct(PNG_LIBPNG_VER_STRING, this, on_error, on_warning);
  if (png_ != nullptr) png_info_ = png_create_info_struct(png_);
  if (png_info_ == nullptr) return Error{ErrorCode::out_of_memory, "not enough memory to write the PNG", ""};

  struct Chunk {
    std::string type;
    std::vector<std::byte> data;
  };
  std::vector<Chunk> chunks;
  make_png_metadata(metadata, [&chunks](const char* type, std::span<const std::byte> data) {
    chunks.push_back({type, {data.begin(), data.end()}});
  });

  static constexpr int kColorTypes[] = {PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA, PNG_COLOR_TYPE_RGB,
                                        PNG_COLOR_TYPE_RGB_ALPHA};
  const bool written = guarded([&] {
    png_set_write_fn(png_, this, on_write, on_flush);
    png_set_user_limits(png_, PNG_UINT_31_MAX, PNG_UINT_31_MAX);  // a ×4 result may pass libpng's default million
    png_set_compression_level(png_, std::clamp(options.png_compression, 0, 9));
    png_set_IHDR(png_, png_info_, static_cast<png_uint_32>(info_.width), static_cast<png_uint_32>(info_.height),
                 info_.bits, kColorTypes[info_.channels - 1], PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    png_write_info_before_PLTE(png_, png_info_);
    for (const Chunk& chunk : chunks) {
      png_write_chunk(png_, reinterpret_cast<png_const_bytep>(chunk.type.c_str()),
                      reinterpret_cast<png_const_bytep>(chunk.data.data()), chunk.data.size());
    }
    png_write_info(png_, png_info_);
    if (info_.bits == 16 && std::endian::native == std::endian::little) png_set_swap(png_);
  });
  if (!written) return fail();
  return {};
}

Result<void> PngWriter::write_rows(const StripView& strip) {
  if (failure_) return *failure_;
  if (auto fits = check_strip(strip, info_, info_.height - next_row_); !fits) return fits;
  const bool written = guarded([&] {
    for (int i = 0; i < strip.rows; ++i) {
      png_write_row(png_, reinterpret_cast<png_const_bytep>(strip.data + strip.stride * static_cast<std::size_t>(i)));
    }
  });
  if (!written) return fail();
  next_row_ += strip.rows;
  return {};
}

Result<void> PngWriter::commit() {
  if (failure_) return *failure_;
  if (next_row_ != info_.height) return Error{ErrorCode::internal, "fewer rows were written than announced", ""};
  if (!guarded([&] { png_write_end(png_, nullptr); })) return fail();
  auto done = file_->commit();
  if (!done) failure_ = done.error();
  return done;
}

}  // namespace

Result<std::unique_ptr<ImageWriter>> create_png(std::unique_ptr<AtomicFile> file, const ImageInfo& info,
                                                const Metadata& metadata, const EncodeOptions& options) {
  auto writer = std::make_unique<PngWriter>(std::move(file), info);
  if (auto header = writer->write_header(metadata, options); !header) return header.error();
  return std::unique_ptr<ImageWriter>(std::move(writer));
}

}  // namespace nalasr
