#include "image/jpeg_error.h"

#include <jerror.h>

#include <string>

namespace nalasr {
namespace {

JpegErrors& errors_of(j_common_ptr cinfo) { return *reinterpret_cast<JpegErrors*>(cinfo->err); }

void keep_message(j_common_ptr cinfo) {
  JpegErrors& errors = errors_of(cinfo);
  errors.code = cinfo->err->msg_code;
  cinfo->err->format_message(cinfo, errors.message);
}

[[noreturn]] void on_error(j_common_ptr cinfo) {
  keep_message(cinfo);
  std::longjmp(errors_of(cinfo).jump, 1);
}

// Which warnings mean that pixels are not what was photographed. Spare bytes before the end marker are common in
// files of otherwise healthy cameras; anywhere else they tell that the entropy decoder lost its way.
bool means_damage(const jpeg_error_mgr& err) {
  switch (err.msg_code) {
    case JWRN_ARITH_BAD_CODE:
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_JPEG_EOF:
    case JWRN_MUST_RESYNC:
    case JWRN_NOT_SEQUENTIAL:
      return true;
    case JWRN_EXTRANEOUS_DATA:
      return err.msg_parm.i[1] != JPEG_EOI;
    default:
      return false;
  }
}

void on_message(j_common_ptr cinfo, int level) {
  if (level >= 0) return;  // trace output
  JpegErrors& errors = errors_of(cinfo);
  if (errors.damaged || !means_damage(*cinfo->err)) return;
  errors.damaged = true;
  keep_message(cinfo);
}

void on_output(j_common_ptr) {}

}  // namespace

jpeg_error_mgr* JpegErrors::install() {
  jpeg_std_error(&base);
  base.error_exit = on_error;
  base.emit_message = on_message;
  base.output_message = on_output;
  return &base;
}

Error JpegErrors::to_error() const {
  const std::string text = message;
  switch (code) {
    case JERR_OUT_OF_MEMORY:
      return {ErrorCode::out_of_memory, "not enough memory for this JPEG", ""};
#if JPEG_LIB_VERSION < 70  // later ABIs always decode arithmetic coding
    case JERR_ARITH_NOTIMPL:
#endif
    case JERR_BAD_PRECISION:
    case JERR_CCIR601_NOTIMPL:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_FRACT_SAMPLE_NOTIMPL:
    case JERR_SOF_UNSUPPORTED:
      return {ErrorCode::unsupported, "this kind of JPEG can't be read: " + text,
              "convert it to a baseline JPEG or PNG"};
    case JERR_IMAGE_TOO_BIG:
      return {ErrorCode::unsupported, "a JPEG holds at most 65500 pixels a side", ""};
    default:
      return {ErrorCode::corrupt, "damaged JPEG: " + text, ""};
  }
}

}  // namespace nalasr
