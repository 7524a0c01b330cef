// Files of several pictures: refused, because the one that a decoder hands out would silently stand for all.
#include "unit/image/png_maker.h"

namespace nalasr::test {
namespace {

TEST(Frames, AnAnimatedPngIsRefusedWithAHint) {
  const PngSpec spec;
  const Bytes still = make_png(spec, random_samples(spec, 1));
  const auto with_frames = [&](char frames, const char* before) {
    const Bytes chunk = png_chunk("acTL", {std::byte{0}, std::byte{0}, std::byte{0}, static_cast<std::byte>(frames),
                                           std::byte{0}, std::byte{0}, std::byte{0}, std::byte{0}});
    Bytes file = still;
    const std::string text(reinterpret_cast<const char*>(file.data()), file.size());
    const auto at = static_cast<std::ptrdiff_t>(text.find(before) - 4);
    file.insert(file.begin() + at, chunk.begin(), chunk.end());
    return decode(file);
  };
  const auto animated = with_frames(3, "IDAT");
  ASSERT_FALSE(animated);
  EXPECT_EQ(animated.error().code, ErrorCode::unsupported);
  EXPECT_EQ(animated.error().message, "this is an animated PNG, and only pictures can be upscaled");
  EXPECT_NE(animated.error().hint, "");
  EXPECT_TRUE(with_frames(1, "IDAT"));  // one frame is a picture
  EXPECT_TRUE(with_frames(3, "IEND"));  // after the pixels the chunk means nothing
}

TEST(Frames, AnAnimatedWebpIsRefused) {
  // VP8X with the animation flag, 16x16, and no frame: the header alone must do.
  const Bytes file = bytes_of(std::string("RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0\x0f\0\0\x0f\0\0", 30));
  const auto animated = decode(file);
  ASSERT_FALSE(animated);
  EXPECT_NE(animated.error().message.find("animated WebP"), std::string::npos) << animated.error().message;
}

// A little-endian TIFF of one 1x1 grey picture a page; `kind`: NewSubfileType of the pages after the first.
Bytes tiff(int pages, unsigned kind, unsigned photometric = 1) {
  Bytes file = bytes_of(std::string("II*\0\x08\0\0\0", 8));
  const auto put = [&file](unsigned value, int bytes) {
    for (int i = 0; i < bytes; ++i) file.push_back(static_cast<std::byte>(value >> (8 * i)));
  };
  for (int page = 0; page < pages; ++page) {
    const unsigned entries[][2] = {{254, page == 0 ? 0 : kind}, {256, 1}, {257, 1}, {258, 8}, {259, 1},
                                   {262, photometric},          {273, 4}, {277, 1}, {278, 1}, {279, 1}};
    put(10, 2);
    for (const auto& [tag, value] : entries) {
      put(tag, 2);
      put(4, 2);  // LONG
      put(1, 4);
      put(value, 4);
    }
    put(page + 1 < pages ? static_cast<unsigned>(file.size()) + 4 : 0, 4);
  }
  return file;
}

TEST(Frames, ATiffOfSeveralPagesIsRefusedAndThumbnailsDoNotCount) {
  ASSERT_TRUE(decode(tiff(1, 0))) << decode(tiff(1, 0)).error().message;
  EXPECT_TRUE(decode(tiff(2, 1)));  // a reduced copy
  const auto pages = decode(tiff(2, 0));
  ASSERT_FALSE(pages);
  EXPECT_NE(pages.error().message.find("several pages"), std::string::npos) << pages.error().message;
  EXPECT_FALSE(decode(tiff(3, 2)));
  const auto inks = decode(tiff(1, 0, 5));
  ASSERT_FALSE(inks);
  EXPECT_NE(inks.error().message.find("CMYK"), std::string::npos) << inks.error().message;
}

TEST(Frames, AGifIsRefusedWithAHintAboutItsFrames) {
  const auto gif = decode(bytes_of("GIF89a.........................."));
  ASSERT_FALSE(gif);
  EXPECT_NE(gif.error().hint.find("frame by frame"), std::string::npos) << gif.error().hint;
}

}  // namespace
}  // namespace nalasr::test
