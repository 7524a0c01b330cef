#include "image/jpeg_reader.h"

#include <jerror.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "image/cmyk.h"
#include "image/exif.h"
#include "image/jpeg_error.h"
#include "image/jpeg_metadata.h"
#include "image/limits.h"
#include "image/row_check.h"

namespace nalasr {
namespace {

constexpr std::size_t kBufferBytes = 1 << 16;
constexpr int kMaxScans = 500;  // real encoders write about ten; thousands only serve to burn time

class JpegReader final : public ImageReader {
 public:
  explicit JpegReader(std::unique_ptr<ByteSource> source) : source_(std::move(source)), buffer_(kBufferBytes) {}
  ~JpegReader() override {
    if (created_) jpeg_destroy_decompress(&jpeg_);
  }
  JpegReader(const JpegReader&) = delete;
  JpegReader& operator=(const JpegReader&) = delete;

  Result<void> read_header();

  [[nodiscard]] const ImageInfo& info() const override { return info_; }
  [[nodiscard]] const Metadata& metadata() const override { return metadata_; }
  Result<void> read_rows(const StripView& strip) override;
  [[nodiscard]] std::uint64_t resident_bytes() const override { return resident_bytes_; }

 private:
  // libjpeg's view of the source; `base` first, so that its pointer is ours.
  struct Source {
    jpeg_source_mgr base;
    JpegReader* reader;
  };
  struct Progress {
    jpeg_progress_mgr base;
    JpegReader* reader;
  };
  static JpegReader& self(j_decompress_ptr jpeg) { return *reinterpret_cast<Source*>(jpeg->src)->reader; }
  static void on_nothing(j_decompress_ptr) {}
  static boolean on_fill(j_decompress_ptr jpeg);
  static void on_skip(j_decompress_ptr jpeg, long count);
  static void on_progress(j_common_ptr jpeg);

  void describe();
  [[nodiscard]] std::uint64_t estimate_resident_bytes() const;
  Error fail();
  Result<void> start();

  std::unique_ptr<ByteSource> source_;
  std::vector<unsigned char> buffer_;
  jpeg_decompress_struct jpeg_{};
  JpegErrors errors_;
  Source jpeg_source_{};
  Progress progress_{};
  bool created_ = false;
  bool started_ = false;
  bool at_end_ = false;  // libjpeg asked for bytes behind the end of the file
  bool too_many_scans_ = false;
  int next_row_ = 0;
  ImageInfo info_;
  Metadata metadata_;
  std::uint64_t resident_bytes_ = 0;
  std::unique_ptr<CmykToRgb> cmyk_;
  std::vector<unsigned char> cmyk_row_;
  std::optional<Error> failure_;
};

boolean JpegReader::on_fill(j_decompress_ptr jpeg) {
  JpegReader& reader = self(jpeg);
  const std::size_t n = reader.source_->read(reader.buffer_.data(), reader.buffer_.size());
  if (n == 0) {  // libjpeg's own sources invent an end marker here and paint the rest grey
    reader.at_end_ = true;
    ERREXIT(jpeg, JERR_INPUT_EOF);
  }
  jpeg->src->next_input_byte = reader.buffer_.data();
  jpeg->src->bytes_in_buffer = n;
  return TRUE;
}

void JpegReader::on_skip(j_decompress_ptr jpeg, long count) {
  if (count <= 0) return;
  const auto wanted = static_cast<std::size_t>(count);
  const std::size_t here = std::min(wanted, jpeg->src->bytes_in_buffer);
  jpeg->src->next_input_byte += here;
  jpeg->src->bytes_in_buffer -= here;
  ByteSource& source = *self(jpeg).source_;
  source.seek(source.position() + (wanted - here));
}

void JpegReader::on_progress(j_common_ptr jpeg) {
  JpegReader& reader = *reinterpret_cast<Progress*>(jpeg->progress)->reader;
  if (reader.jpeg_.input_scan_number <= kMaxScans) return;
  reader.too_many_scans_ = true;
  ERREXIT(jpeg, JERR_BAD_PROGRESSION);
}

// The error of a failed guarded() call or of a damage warning; the reader stays failed.
Error JpegReader::fail() {
  if (!source_->io_error().empty()) {
    failure_ = Error{ErrorCode::io, "cannot read the file: " + source_->io_error(), ""};
  } else if (at_end_) {
    failure_ = Error{ErrorCode::corrupt, "truncated JPEG: the file ends too early", "get a complete copy of the file"};
  } else if (too_many_scans_) {
    failure_ = Error{ErrorCode::corrupt, "damaged JPEG: more than 500 scans", ""};
  } else {
    failure_ = errors_.to_error();
  }
  return *failure_;
}

Result<void> JpegReader::read_header() {
  metadata_ = read_jpeg_metadata(*source_);
  source_->seek(0);

  jpeg_.err = errors_.install();
  const bool read = guarded(errors_, [&] {
    jpeg_create_decompress(&jpeg_);
    created_ = true;
    jpeg_source_.reader = this;
    jpeg_source_.base.init_source = on_nothing;
    jpeg_source_.base.fill_input_buffer = on_fill;
    jpeg_source_.base.skip_input_data = on_skip;
    jpeg_source_.base.resync_to_restart = jpeg_resync_to_restart;
    jpeg_source_.base.term_source = on_nothing;
    jpeg_.src = &jpeg_source_.base;
    progress_.reader = this;
    progress_.base.progress_monitor = on_progress;
    jpeg_.progress = &progress_.base;
    jpeg_read_header(&jpeg_, TRUE);
  });
  if (!read) return fail();
  if (auto size = check_picture_size(jpeg_.image_width, jpeg_.image_height); !size) return size;

  switch (jpeg_.jpeg_color_space) {
    case JCS_GRAYSCALE:
      jpeg_.out_color_space = JCS_GRAYSCALE;
      break;
    case JCS_RGB:
    case JCS_YCbCr:
      jpeg_.out_color_space = JCS_RGB;
      break;
    case JCS_CMYK:
    case JCS_YCCK:
      jpeg_.out_color_space = JCS_CMYK;
      break;
    default:
      return Error{ErrorCode::unsupported,
                   "a JPEG with " + std::to_string(jpeg_.num_components) + " components of unknown meaning",
                   "convert it to an RGB picture"};
  }
  describe();
  return {};
}

void JpegReader::describe() {
  info_.width = static_cast<int>(jpeg_.image_width);
  info_.height = static_cast<int>(jpeg_.image_height);
  info_.channels = jpeg_.out_color_space == JCS_GRAYSCALE ? 1 : 3;
  info_.orientation = exif_orientation(metadata_.exif);
  info_.format = "jpeg";
  switch (jpeg_.jpeg_color_space) {
    case JCS_GRAYSCALE:
      info_.color_model = "grey";
      break;
    case JCS_RGB:
      info_.color_model = "rgb";
      break;
    case JCS_CMYK:
      info_.color_model = "cmyk";
      break;
    case JCS_YCCK:
      info_.color_model = "ycck";
      break;
    default:
      info_.color_model = "ycbcr";
      break;
  }
  if (jpeg_.saw_JFIF_marker && jpeg_.density_unit != 0) {
    const double to_inch = jpeg_.density_unit == 2 ? 2.54 : 1.0;  // 2: dots per centimetre
    metadata_.x_dpi = jpeg_.X_density * to_inch;
    metadata_.y_dpi = jpeg_.Y_density * to_inch;
  }
  if (jpeg_.out_color_space == JCS_CMYK) {
    // Adobe's programs store CMYK inverted, and theirs is the marker by which one can tell.
    cmyk_ = CmykToRgb::create(metadata_.icc, jpeg_.saw_Adobe_marker != 0);
    cmyk_row_.resize(static_cast<std::size_t>(info_.width) * 4);
    metadata_.icc.clear();  // it described the inks, not the RGB rows handed out
  }
  resident_bytes_ = estimate_resident_bytes();
}

// From libjpeg's buffers: the row of MCUs that it decodes and its upsampled copy with context rows; a picture in
// several scans (progressive) is kept whole, as 16-bit coefficients.
std::uint64_t JpegReader::estimate_resident_bytes() const {
  const std::uint64_t mcu_rows = static_cast<std::uint64_t>(jpeg_.max_v_samp_factor) * 8;
  const auto width = static_cast<std::uint64_t>(info_.width);
  const auto components = static_cast<std::uint64_t>(jpeg_.num_components);
  std::uint64_t bytes = kBufferBytes + width * components * mcu_rows * 5 / 2 + cmyk_row_.size();
  if (jpeg_has_multiple_scans(const_cast<j_decompress_ptr>(&jpeg_)) != 0) {
    for (int i = 0; i < jpeg_.num_components; ++i) {
      const jpeg_component_info& c = jpeg_.comp_info[i];
      const auto round_up = [](std::uint64_t n, int step) { return (n + step - 1) / step * step; };
      bytes += round_up(c.width_in_blocks, c.h_samp_factor) * round_up(c.height_in_blocks, c.v_samp_factor) *
               (DCTSIZE2 * sizeof(JCOEF));
    }
  }
  return bytes;
}

Result<void> JpegReader::start() {
  // A Huffman-coded block takes a bit at least, so a short file that claims a huge picture is told before libjpeg
  // asks for the picture's coefficients.
  const std::uint64_t pixels = static_cast<std::uint64_t>(info_.width) * info_.height;
  if (!jpeg_.arith_code && pixels / (8 * DCTSIZE2) > source_->size()) {
    at_end_ = true;
    return fail();
  }
  if (!guarded(errors_, [&] { jpeg_start_decompress(&jpeg_); }) || errors_.damaged) return fail();
  started_ = true;
  return {};
}

Result<void> JpegReader::read_rows(const StripView& strip) {
  if (failure_) return *failure_;
  if (auto fits = check_strip(strip, info_, info_.height - next_row_); !fits) return fits;
  if (strip.rows == 0) return {};
  if (!started_) {
    if (auto started = start(); !started) return started;
  }
  const bool decoded = guarded(errors_, [&] {
    for (int i = 0; i < strip.rows; ++i) {
      auto* row = reinterpret_cast<JSAMPROW>(strip.data + strip.stride * static_cast<std::size_t>(i));
      JSAMPROW target = cmyk_ ? cmyk_row_.data() : row;
      jpeg_read_scanlines(&jpeg_, &target, 1);  // one row exactly: this source never suspends
      if (errors_.damaged) break;
      if (cmyk_) cmyk_->convert(target, row, info_.width);
    }
  });
  if (!decoded || errors_.damaged) return fail();
  next_row_ += strip.rows;
  if (next_row_ == info_.height) {
    // To the end marker: damage behind the last row's data shows now. A file that lacks only the marker has
    // delivered every pixel.
    const bool finished = guarded(errors_, [&] { jpeg_finish_decompress(&jpeg_); });
    if ((!finished && !at_end_) || errors_.damaged) return fail();
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<ImageReader>> open_jpeg(std::unique_ptr<ByteSource> source) {
  auto reader = std::make_unique<JpegReader>(std::move(source));
  if (auto header = reader->read_header(); !header) return header.error();
  return std::unique_ptr<ImageReader>(std::move(reader));
}

}  // namespace nalasr
