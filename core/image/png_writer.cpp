#include "image/png_writer.h"

#include <png.h>
#include <zlib.h>

#include <algorithm>
#include <bit>
#include <csetjmp>
#include <cstdio>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/thread_pool.h"
#include "image/png_bands.h"
#include "image/png_metadata.h"
#include "image/row_check.h"

namespace nalasr {
namespace {

int threads_of(const EncodeOptions& options) { return options.threads > 0 ? options.threads : default_thread_count(); }
int level_of(const EncodeOptions& options) { return std::clamp(options.png_compression, 0, 9); }

class PngWriter final : public ImageWriter {
 public:
  PngWriter(std::unique_ptr<AtomicFile> file, const ImageInfo& info, const EncodeOptions& options)
      : file_(std::move(file)),
        info_(info),
        options_(options),
        band_rows_(png_band_rows(info)),
        compressor_(info, level_of(options), threads_of(options)) {}
  ~PngWriter() override { png_destroy_write_struct(&png_, &png_info_); }
  PngWriter(const PngWriter&) = delete;
  PngWriter& operator=(const PngWriter&) = delete;

  Result<void> write_header(const Metadata& metadata);

  Result<void> write_rows(const StripView& strip) override;
  Result<void> commit() override;
  [[nodiscard]] std::uint64_t resident_bytes() const override { return png_writer_bytes(info_, options_); }
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

  void append_row(const std::byte* row);
  std::unique_ptr<PngBand> next_band();
  Result<void> finish_band();
  Result<void> write_bands(bool all);
  Result<void> write_band(PngBand& band);
  bool write_chunk(const char* name, std::span<const png_byte> data);

  std::unique_ptr<AtomicFile> file_;
  ImageInfo info_;
  EncodeOptions options_;
  int band_rows_;
  PngBandCompressor compressor_;
  std::unique_ptr<PngBand> band_;  // collects rows
  std::vector<std::unique_ptr<PngBand>> spare_;
  unsigned long adler_ = 1;  // of everything written so far
  png_structp png_ = nullptr;
  png_infop png_info_ = nullptr;
  char message_[256] = "";
  int next_row_ = 0;
  std::optional<Error> failure_;
  std::vector<std::string> warnings_;
};

Result<void> PngWriter::write_header(const Metadata& metadata) {
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
    png_set_IHDR(png_, png_info_, static_cast<png_uint_32>(info_.width), static_cast<png_uint_32>(info_.height),
                 info_.bits, kColorTypes[info_.channels - 1], PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    png_write_info_before_PLTE(png_, png_info_);
    for (const Chunk& chunk : chunks) {
      png_write_chunk(png_, reinterpret_cast<png_const_bytep>(chunk.type.c_str()),
                      reinterpret_cast<png_const_bytep>(chunk.data.data()), chunk.data.size());
    }
    png_write_info(png_, png_info_);
  });
  if (!written) return fail();
  // A band begins with the row above it, against which its first row is filtered; above the picture all is 0.
  band_ = next_band();
  band_->rows.resize(info_.row_bytes());
  return {};
}

void PngWriter::append_row(const std::byte* row) {
  const std::size_t bytes = info_.row_bytes();
  band_->rows.insert(band_->rows.end(), row, row + bytes);
  ++band_->count;
  ++next_row_;
  if (info_.bits == 8 || std::endian::native == std::endian::big) return;
  std::byte* samples = band_->rows.data() + band_->rows.size() - bytes;
  for (std::size_t i = 0; i < bytes; i += 2) std::swap(samples[i], samples[i + 1]);
}

// An empty band. Written ones are used again: fresh memory for each would cost more time than its compression, with
// many threads that all wait for the kernel's pages.
std::unique_ptr<PngBand> PngWriter::next_band() {
  std::unique_ptr<PngBand> band;
  if (spare_.empty()) {
    band = std::make_unique<PngBand>();
    band->rows.reserve(info_.row_bytes() * static_cast<std::size_t>(band_rows_ + 1));
  } else {
    band = std::move(spare_.back());
    spare_.pop_back();
    band->rows.clear();
    band->count = 0;
  }
  band->first = next_row_ == 0;
  return band;
}

Result<void> PngWriter::finish_band() {
  std::unique_ptr<PngBand> done = std::move(band_);
  done->last = next_row_ == info_.height;
  if (!done->last) {
    band_ = next_band();
    band_->rows.insert(band_->rows.end(), done->rows.end() - static_cast<std::ptrdiff_t>(info_.row_bytes()),
                       done->rows.end());
  }
  compressor_.submit(std::move(done));
  return write_bands(next_row_ == info_.height);
}

// What is done goes to the file; `all` waits for the rest.
Result<void> PngWriter::write_bands(bool all) {
  while (!compressor_.empty()) {
    auto band = compressor_.take(all || compressor_.full());
    if (!band) return {};
    if (auto written = write_band(*band); !written) return written;
    spare_.push_back(std::move(band));
  }
  return {};
}

Result<void> PngWriter::write_band(PngBand& band) {
  if (band.idat_chunk.empty()) return Error{ErrorCode::out_of_memory, "not enough memory to write the PNG", ""};
  // Not through libpng, whose checksum would be made here, by one thread for all.
  if (!write_bytes(band.idat_chunk.data(), band.idat_chunk.size())) return fail();
  adler_ = adler32_combine(adler_, band.adler, static_cast<z_off_t>(band.filtered_bytes));
  return {};
}

bool PngWriter::write_chunk(const char* name, std::span<const png_byte> data) {
  return guarded([&] { png_write_chunk(png_, reinterpret_cast<png_const_bytep>(name), data.data(), data.size()); });
}

Result<void> PngWriter::write_rows(const StripView& strip) {
  if (failure_) return *failure_;
  if (auto fits = check_strip(strip, info_, info_.height - next_row_); !fits) return fits;
  for (int i = 0; i < strip.rows; ++i) {
    append_row(strip.data + strip.stride * static_cast<std::size_t>(i));
    if (band_->count < band_rows_ && next_row_ < info_.height) continue;
    if (auto done = finish_band(); !done) {
      failure_ = done.error();
      return done;
    }
  }
  return {};
}

Result<void> PngWriter::commit() {
  if (failure_) return *failure_;
  if (next_row_ != info_.height) return Error{ErrorCode::internal, "fewer rows were written than announced", ""};
  // The zlib stream ends in the sum over all bands.
  png_byte sum[4];
  png_save_uint_32(sum, static_cast<png_uint_32>(adler_));
  // Not png_write_end: libpng has not seen the IDAT chunks pass and would call the picture empty.
  if (!write_chunk("IDAT", sum) || !write_chunk("IEND", {})) return fail();
  auto done = file_->commit();
  if (!done) failure_ = done.error();
  return done;
}

}  // namespace

Result<std::unique_ptr<ImageWriter>> create_png(std::unique_ptr<AtomicFile> file, const ImageInfo& info,
                                                const Metadata& metadata, const EncodeOptions& options) {
  auto writer = std::make_unique<PngWriter>(std::move(file), info, options);
  if (auto header = writer->write_header(metadata); !header) return header.error();
  return std::unique_ptr<ImageWriter>(std::move(writer));
}

std::uint64_t png_writer_bytes(const ImageInfo& info, const EncodeOptions& options) {
  return PngBandCompressor::bytes(info, threads_of(options));
}

}  // namespace nalasr
