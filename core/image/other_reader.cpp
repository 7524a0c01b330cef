// WebP, TIFF, BMP, JPEG 2000 and PNM through OpenCV. Orientation: imdecode leaves WebP's EXIF orientation alone
// with IMREAD_UNCHANGED, so it is reported; its TIFF decoder has applied TIFF's own tag, so that one is not.
#include <algorithm>
#include <cstring>
#include <exception>
#include <new>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <utility>
#include <vector>

#include "image/exif.h"
#include "image/limits.h"
#include "image/other_header.h"
#include "image/other_reader.h"
#include "image/quiet_opencv.h"
#include "image/row_check.h"
#include "image/webp_container.h"

namespace nalasr {
namespace {

class OpenCvReader final : public ImageReader {
 public:
  OpenCvReader(cv::Mat picture, ImageInfo info, Metadata metadata)
      : picture_(std::move(picture)), info_(std::move(info)), metadata_(std::move(metadata)) {}

  [[nodiscard]] const ImageInfo& info() const override { return info_; }
  [[nodiscard]] const Metadata& metadata() const override { return metadata_; }
  Result<void> read_rows(const StripView& strip) override {
    if (auto fits = check_strip(strip, info_, info_.height - next_row_); !fits) return fits;
    for (int i = 0; i < strip.rows; ++i) {
      std::byte* to = strip.data + strip.stride * static_cast<std::size_t>(i);
      if (info_.bits == 16) {
        copy_row(picture_.ptr<std::uint16_t>(next_row_ + i), reinterpret_cast<std::uint16_t*>(to));
      } else {
        copy_row(picture_.ptr<std::uint8_t>(next_row_ + i), reinterpret_cast<std::uint8_t*>(to));
      }
    }
    next_row_ += strip.rows;
    return {};
  }
  [[nodiscard]] std::uint64_t resident_bytes() const override { return picture_.total() * picture_.elemSize(); }

 private:
  // OpenCV's BGR(A) to RGB(A); drops a fourth channel that the picture doesn't have.
  template <typename Sample>
  void copy_row(const Sample* from, Sample* to) const {
    const int in = picture_.channels(), out = info_.channels;
    for (int x = 0; x < info_.width; ++x, from += in, to += out) {
      for (int c = 0; c < out; ++c) to[c] = from[out >= 3 && c < 3 ? 2 - c : c];
    }
  }

  cv::Mat picture_;
  ImageInfo info_;
  Metadata metadata_;
  int next_row_ = 0;
};

Result<cv::Mat> decode(const std::vector<std::byte>& file, const std::string& format) {
  const Error damaged{ErrorCode::corrupt, "the " + format + " file is damaged or of an unusual kind",
                      "convert it to PNG with another program"};
  const QuietOpenCv quiet;
  try {
    const cv::Mat bytes(1, static_cast<int>(file.size()), CV_8U, const_cast<std::byte*>(file.data()));
    cv::Mat picture = cv::imdecode(bytes, cv::IMREAD_UNCHANGED);
    if (picture.empty()) return damaged;
    return picture;
  } catch (const cv::Exception& e) {
    if (e.code == cv::Error::StsNoMem) {
      return Error{ErrorCode::out_of_memory, "not enough memory to decode the " + format + " file", ""};
    }
    return damaged;
  } catch (const std::bad_alloc&) {
    return Error{ErrorCode::out_of_memory, "not enough memory to decode the " + format + " file", ""};
  } catch (const std::exception&) { return damaged; }
}

}  // namespace

Result<std::unique_ptr<ImageReader>> open_other(std::unique_ptr<ByteSource> source, const std::string& format) {
  if (source->size() > 0x7FFFFFFF) {
    return Error{ErrorCode::unsupported, "a " + format + " file over 2 GiB can't be read", "convert it to PNG"};
  }
  std::vector<std::byte> file(source->size());
  if (source->read(file.data(), file.size()) != file.size()) {
    return Error{ErrorCode::io, "cannot read the file: " + source->io_error(), ""};
  }
  const OtherHeader header = read_other_header(file, format);
  if (header.width != 0 || header.height != 0) {
    if (auto size = check_picture_size(header.width, header.height); !size) return size.error();
  }
  if (header.width * header.height > std::int64_t{1} << 30) {
    return Error{ErrorCode::unsupported, "a " + format + " file of over 2^30 pixels can't be read",
                 "convert it to PNG or JPEG"};
  }
  const Error floating{ErrorCode::unsupported, "floating-point pictures can't be read",
                       "convert it to a 16-bit PNG or TIFF"};
  if (header.floating_point) return floating;

  auto decoded = decode(file, format);
  if (!decoded) return decoded.error();
  const cv::Mat& picture = *decoded;
  if (picture.depth() == CV_32F || picture.depth() == CV_64F) return floating;
  if ((picture.depth() != CV_8U && picture.depth() != CV_16U) || picture.channels() > 4) {
    return Error{ErrorCode::unsupported, "this kind of " + format + " file can't be read", "convert it to PNG"};
  }
  if (auto size = check_picture_size(picture.cols, picture.rows); !size) return size.error();

  Metadata metadata;
  if (format == "webp") metadata = read_webp_metadata(file);
  if (format == "tiff") metadata = read_tiff_metadata(file);
  ImageInfo info;
  info.width = picture.cols;
  info.height = picture.rows;
  info.channels = picture.channels() == 4 && header.alpha_is_unused ? 3 : picture.channels();
  info.bits = picture.depth() == CV_16U ? 16 : 8;
  info.source_bits = info.bits;
  info.orientation = exif_orientation(metadata.exif);
  info.format = format;
  info.color_model = info.channels <= 2 ? "grey" : "rgb";
  return std::unique_ptr<ImageReader>(new OpenCvReader(picture, std::move(info), std::move(metadata)));
}

}  // namespace nalasr
