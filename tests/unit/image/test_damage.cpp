// Damaged files: every truncation and many byte flips end in pixels or in one clear error, never in a crash.
#include "unit/image/jpeg_maker.h"
#include "unit/image/png_maker.h"

namespace nalasr::test {
namespace {

struct Sample {
  std::string name;
  Bytes file;
  bool ends_with_pixels;  ///< the last bytes that matter are the pixels' own
};

std::vector<Sample> samples() {
  std::vector<Sample> out;
  PngSpec png;
  png.width = 40;
  png.height = 30;
  out.push_back({"png", make_png(png, random_samples(png, 1)), true});
  png.interlaced = true;
  png.depth = 16;
  png.color_type = PNG_COLOR_TYPE_RGB_ALPHA;
  out.push_back({"interlaced 16-bit png", make_png(png, random_samples(png, 1)), true});
  PngSpec palette;
  palette.color_type = PNG_COLOR_TYPE_PALETTE;
  palette.depth = 4;
  for (png_byte i = 0; i < 16; ++i) palette.palette.push_back({i, i, i});
  palette.palette_alpha = {0, 1, 2};
  out.push_back({"palette png", make_png(palette, random_samples(palette, 1)), true});
  JpegSpec jpeg;
  jpeg.width = 70;
  jpeg.height = 50;
  jpeg.h_factor = jpeg.v_factor = 2;
  jpeg.markers = {{0xE1, app1_exif(exif_with_orientation(6, true))}};
  out.push_back({"jpeg", make_jpeg(jpeg, smooth_samples(70, 50, 3)), true});
  jpeg.progressive = true;
  out.push_back({"progressive jpeg", make_jpeg(jpeg, smooth_samples(70, 50, 3)), true});
  JpegSpec cmyk;
  cmyk.in_color = JCS_CMYK;
  cmyk.file_color = JCS_YCCK;
  cmyk.restart = 3;
  out.push_back({"cmyk jpeg", make_jpeg(cmyk, smooth_samples(37, 29, 4)), true});
  return out;
}

void expect_clear(const Error& error, const std::string& where) {
  EXPECT_FALSE(error.message.empty()) << where;
  EXPECT_EQ(error.message.find('\n'), std::string::npos) << where;
  EXPECT_TRUE(error.code == ErrorCode::corrupt || error.code == ErrorCode::unsupported) << where << error.message;
}

TEST(Damage, EveryTruncationIsAnErrorUnlessAllPixelsWereThere) {
  for (const Sample& sample : samples()) {
    const auto whole = decode(sample.file);
    ASSERT_TRUE(whole) << sample.name;
    std::size_t complete = 0;
    for (std::size_t size = 0; size < sample.file.size(); size += size < 600 ? 1 : 7) {
      const auto cut = decode(Bytes(sample.file.begin(), sample.file.begin() + static_cast<std::ptrdiff_t>(size)));
      const std::string where = sample.name + " cut to " + std::to_string(size) + " bytes: ";
      if (cut) {
        ++complete;
        EXPECT_EQ(cut->pixels, whole->pixels) << where;
        EXPECT_GT(size + 40, sample.file.size()) << where;  // only trailing marks may be missing
      } else {
        expect_clear(cut.error(), where);
        if (size >= 4) { EXPECT_EQ(cut.error().code, ErrorCode::corrupt) << where << cut.error().message; }
      }
    }
    EXPECT_LT(complete, 20u) << sample.name;
  }
}

TEST(Damage, ByteFlipsNeverCrash) {
  for (const Sample& sample : samples()) {
    std::mt19937 random(5);
    for (int round = 0; round < 1500; ++round) {
      Bytes file = sample.file;
      const int flips = 1 + static_cast<int>(random() % 4);
      for (int i = 0; i < flips; ++i) file[random() % file.size()] = static_cast<std::byte>(random());
      auto reader = ImageReader::open_memory(file.data(), file.size());
      if (!reader) {
        EXPECT_FALSE(reader.error().message.empty());
        continue;
      }
      // A flipped size may be huge: read a bounded part of it.
      const ImageInfo info = (*reader)->info();
      if (info.row_bytes() > 1u << 24) continue;
      Bytes row(info.row_bytes());
      for (int y = 0; y < std::min(info.height, 200); ++y) {
        const auto read = (*reader)->read_rows({row.data(), info.width, 1, row.size()});
        if (read) continue;
        expect_clear(read.error(), sample.name);
        // A failed reader stays failed.
        EXPECT_FALSE((*reader)->read_rows({row.data(), info.width, 1, row.size()}));
        break;
      }
    }
  }
}

TEST(Damage, DamagedPixelDataOfAPngIsNoticed) {
  PngSpec png;
  png.width = 60;
  png.height = 60;
  const Bytes file = make_png(png, random_samples(png, 1));
  int noticed = 0;
  for (std::size_t at = file.size() / 2; at < file.size() / 2 + 50; ++at) {
    Bytes damaged = file;
    damaged[at] ^= std::byte{0x10};
    noticed += decode(damaged) ? 0 : 1;
  }
  EXPECT_EQ(noticed, 50);  // the checksum sees every flip
}

TEST(Damage, TheEntropyDecodersComplaintsAreErrors) {
  JpegSpec jpeg;
  jpeg.width = jpeg.height = 200;
  const Bytes file = make_jpeg(jpeg, random_bytes(200 * 200 * 3, 3));
  int noticed = 0;
  for (std::size_t at = file.size() / 2; at < file.size() / 2 + 40; ++at) {
    Bytes damaged = file;
    damaged[at] = std::byte{0xFF};  // a marker in the middle of the scan
    damaged[at + 1] = std::byte{0xD9};
    const auto picture = decode(damaged);
    if (picture) continue;
    ++noticed;
    EXPECT_EQ(picture.error().code, ErrorCode::corrupt);
  }
  EXPECT_EQ(noticed, 40);
}

}  // namespace
}  // namespace nalasr::test
