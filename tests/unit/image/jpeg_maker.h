// Makes JPEG files of every kind with libjpeg itself, independent of the code under test, and decodes them the
// plain way for comparison.
#pragma once

#include <cstdio>
#include <cstdlib>

#include <jpeglib.h>

#include "exif_block.h"
#include "unit/image/image_test_util.h"

namespace nalasr::test {

struct JpegSpec {
  int width = 37, height = 29;
  J_COLOR_SPACE in_color = JCS_RGB;  ///< of the samples given
  J_COLOR_SPACE file_color = JCS_YCbCr;
  bool progressive = false;
  bool adobe_marker = true;        ///< written for CMYK/YCCK unless switched off
  int h_factor = 1, v_factor = 1;  ///< of the first component
  int quality = 90;
  int restart = 0;  ///< restart interval in MCUs
  std::vector<std::pair<int, Bytes>> markers;
  int density_unit = 0, x_density = 1, y_density = 1;

  [[nodiscard]] int channels() const { return in_color == JCS_GRAYSCALE ? 1 : in_color == JCS_CMYK ? 4 : 3; }
};

inline Bytes make_jpeg(const JpegSpec& spec, const Bytes& samples) {
  jpeg_compress_struct jpeg{};
  jpeg_error_mgr errors{};
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_compress(&jpeg);
  unsigned char* memory = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&jpeg, &memory, &size);
  jpeg.image_width = static_cast<JDIMENSION>(spec.width);
  jpeg.image_height = static_cast<JDIMENSION>(spec.height);
  jpeg.input_components = spec.channels();
  jpeg.in_color_space = spec.in_color;
  jpeg_set_defaults(&jpeg);
  jpeg_set_colorspace(&jpeg, spec.file_color);
  jpeg_set_quality(&jpeg, spec.quality, TRUE);
  jpeg.comp_info[0].h_samp_factor = spec.h_factor;
  jpeg.comp_info[0].v_samp_factor = spec.v_factor;
  if (spec.file_color == JCS_YCCK) {  // black is stored at full resolution, like luma
    jpeg.comp_info[3].h_samp_factor = spec.h_factor;
    jpeg.comp_info[3].v_samp_factor = spec.v_factor;
  }
  if (!spec.adobe_marker) jpeg.write_Adobe_marker = FALSE;
  if (spec.progressive) jpeg_simple_progression(&jpeg);
  jpeg.restart_interval = static_cast<unsigned>(spec.restart);
  jpeg.density_unit = static_cast<UINT8>(spec.density_unit);
  jpeg.X_density = static_cast<UINT16>(spec.x_density);
  jpeg.Y_density = static_cast<UINT16>(spec.y_density);
  jpeg_start_compress(&jpeg, TRUE);
  for (const auto& [marker, data] : spec.markers) {
    jpeg_write_marker(&jpeg, marker, reinterpret_cast<const JOCTET*>(data.data()), static_cast<unsigned>(data.size()));
  }
  const std::size_t stride = static_cast<std::size_t>(spec.width) * spec.channels();
  for (int y = 0; y < spec.height; ++y) {
    JSAMPROW row = reinterpret_cast<JSAMPROW>(const_cast<std::byte*>(samples.data() + stride * y));
    jpeg_write_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_compress(&jpeg);
  jpeg_destroy_compress(&jpeg);
  const auto* bytes = reinterpret_cast<const std::byte*>(memory);
  Bytes file(bytes, bytes + size);
  std::free(memory);
  return file;
}

/// libjpeg's own samples of a healthy file, in `color`.
inline Bytes plain_decode(const Bytes& file, J_COLOR_SPACE color) {
  jpeg_decompress_struct jpeg{};
  jpeg_error_mgr errors{};
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_decompress(&jpeg);
  jpeg_mem_src(&jpeg, reinterpret_cast<const unsigned char*>(file.data()), file.size());
  jpeg_read_header(&jpeg, TRUE);
  jpeg.out_color_space = color;
  jpeg_start_decompress(&jpeg);
  const std::size_t stride = static_cast<std::size_t>(jpeg.output_width) * jpeg.output_components;
  Bytes samples(stride * jpeg.output_height);
  while (jpeg.output_scanline < jpeg.output_height) {
    JSAMPROW row = reinterpret_cast<JSAMPROW>(samples.data() + stride * jpeg.output_scanline);
    jpeg_read_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_decompress(&jpeg);
  jpeg_destroy_decompress(&jpeg);
  return samples;
}

/// A soft pattern that survives compression.
inline Bytes smooth_samples(int width, int height, int channels) {
  Bytes samples;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      for (int c = 0; c < channels; ++c) {
        samples.push_back(static_cast<std::byte>(40 + (x * (3 + c) + y * (5 - c)) % 170));
      }
    }
  }
  return samples;
}

inline Bytes app1_exif(const Bytes& exif) {
  Bytes data = bytes_of(std::string("Exif\0\0", 6));
  data.insert(data.end(), exif.begin(), exif.end());
  return data;
}

}  // namespace nalasr::test
