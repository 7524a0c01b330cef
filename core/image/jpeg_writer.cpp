#include "image/jpeg_writer.h"

#include <jerror.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "image/jpeg_error.h"
#include "image/jpeg_metadata.h"
#include "image/row_check.h"

namespace nalasr {
namespace {

constexpr std::size_t kBufferBytes = 1 << 16;

class JpegWriter final : public ImageWriter {
 public:
  JpegWriter(std::unique_ptr<AtomicFile> file, const ImageInfo& info)
      : file_(std::move(file)), info_(info), buffer_(kBufferBytes) {}
  ~JpegWriter() override {
    if (created_) jpeg_destroy_compress(&jpeg_);
  }
  JpegWriter(const JpegWriter&) = delete;
  JpegWriter& operator=(const JpegWriter&) = delete;

  Result<void> write_header(const Metadata& metadata, const EncodeOptions& options);

  Result<void> write_rows(const StripView& strip) override;
  Result<void> commit() override;
  [[nodiscard]] std::uint64_t resident_bytes() const override { return jpeg_writer_bytes(info_); }
  [[nodiscard]] const std::vector<std::string>& warnings() const override { return warnings_; }

 private:
  struct Destination {
    jpeg_destination_mgr base;  // first: libjpeg hands back a pointer to it
    JpegWriter* writer;
  };
  static JpegWriter& self(j_compress_ptr jpeg) { return *reinterpret_cast<Destination*>(jpeg->dest)->writer; }
  static void on_init(j_compress_ptr jpeg) {
    jpeg->dest->next_output_byte = self(jpeg).buffer_.data();
    jpeg->dest->free_in_buffer = kBufferBytes;
  }
  static boolean on_full(j_compress_ptr jpeg) {
    if (!self(jpeg).write_bytes(kBufferBytes)) ERREXIT(jpeg, JERR_FILE_WRITE);
    on_init(jpeg);
    return TRUE;
  }
  static void on_end(j_compress_ptr jpeg) {
    if (!self(jpeg).write_bytes(kBufferBytes - jpeg->dest->free_in_buffer)) ERREXIT(jpeg, JERR_FILE_WRITE);
  }
  bool write_bytes(std::size_t size) {
    auto written = file_->write(buffer_.data(), size);
    if (!written) failure_ = written.error();
    return written.ok();
  }
  Error fail() {
    if (!failure_) failure_ = errors_.to_error();
    if (failure_->code == ErrorCode::corrupt) {  // to_error() speaks of reading
      failure_ = Error{ErrorCode::internal, std::string("cannot encode the JPEG: ") + errors_.message, ""};
    }
    return *failure_;
  }

  std::unique_ptr<AtomicFile> file_;
  ImageInfo info_;
  std::vector<unsigned char> buffer_;
  jpeg_compress_struct jpeg_{};
  JpegErrors errors_;
  Destination destination_{};
  bool created_ = false;
  int next_row_ = 0;
  std::optional<Error> failure_;
  std::vector<std::string> warnings_;
};

Result<void> JpegWriter::write_header(const Metadata& metadata, const EncodeOptions& options) {
  struct Segment {
    int marker;
    std::vector<std::byte> data;
  };
  std::vector<Segment> segments;
  make_jpeg_metadata(
      metadata,
      [&segments](int marker, std::span<const std::byte> data) {
        segments.push_back({marker, {data.begin(), data.end()}});
      },
      warnings_);

  jpeg_.err = errors_.install();
  const bool written = guarded(errors_, [&] {
    jpeg_create_compress(&jpeg_);
    created_ = true;
    destination_.writer = this;
    destination_.base.init_destination = on_init;
    destination_.base.empty_output_buffer = on_full;
    destination_.base.term_destination = on_end;
    jpeg_.dest = &destination_.base;
    jpeg_.image_width = static_cast<JDIMENSION>(info_.width);
    jpeg_.image_height = static_cast<JDIMENSION>(info_.height);
    jpeg_.input_components = info_.channels;
    jpeg_.in_color_space = info_.channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(&jpeg_);
    jpeg_set_quality(&jpeg_, std::clamp(options.quality, 1, 100), TRUE);
    const int luma_factor = info_.channels == 1 || options.chroma_444 ? 1 : 2;
    jpeg_.comp_info[0].h_samp_factor = luma_factor;
    jpeg_.comp_info[0].v_samp_factor = luma_factor;
    if (metadata.x_dpi >= 0.5 && metadata.y_dpi >= 0.5) {
      jpeg_.density_unit = 1;  // dots per inch
      jpeg_.X_density = static_cast<UINT16>(std::lround(std::min(metadata.x_dpi, 65535.0)));
      jpeg_.Y_density = static_cast<UINT16>(std::lround(std::min(metadata.y_dpi, 65535.0)));
    }
    jpeg_start_compress(&jpeg_, TRUE);
    for (const Segment& segment : segments) {
      jpeg_write_marker(&jpeg_, segment.marker, reinterpret_cast<const JOCTET*>(segment.data.data()),
                        static_cast<unsigned>(segment.data.size()));
    }
  });
  if (!written) return fail();
  return {};
}

Result<void> JpegWriter::write_rows(const StripView& strip) {
  if (failure_) return *failure_;
  if (auto fits = check_strip(strip, info_, info_.height - next_row_); !fits) return fits;
  const bool written = guarded(errors_, [&] {
    for (int i = 0; i < strip.rows; ++i) {
      auto* row = reinterpret_cast<JSAMPROW>(strip.data + strip.stride * static_cast<std::size_t>(i));
      jpeg_write_scanlines(&jpeg_, &row, 1);
    }
  });
  if (!written) return fail();
  next_row_ += strip.rows;
  return {};
}

Result<void> JpegWriter::commit() {
  if (failure_) return *failure_;
  if (next_row_ != info_.height) return Error{ErrorCode::internal, "fewer rows were written than announced", ""};
  if (!guarded(errors_, [&] { jpeg_finish_compress(&jpeg_); })) return fail();
  auto done = file_->commit();
  if (!done) failure_ = done.error();
  return done;
}

}  // namespace

Result<std::unique_ptr<ImageWriter>> create_jpeg(std::unique_ptr<AtomicFile> file, const ImageInfo& info,
                                                 const Metadata& metadata, const EncodeOptions& options) {
  auto writer = std::make_unique<JpegWriter>(std::move(file), info);
  if (auto header = writer->write_header(metadata, options); !header) return header.error();
  return std::unique_ptr<ImageWriter>(std::move(writer));
}

}  // namespace nalasr
