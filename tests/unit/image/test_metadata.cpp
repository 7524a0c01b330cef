// EXIF and XMP for an output: what contradicts the new pixels is changed, everything else stays byte for byte.
#include "image/exif.h"
#include "image/xmp.h"
#include "unit/image/image_test_util.h"

namespace nalasr::test {
namespace {

// Builds EXIF blocks in either byte order.
class ExifMaker {
 public:
  explicit ExifMaker(bool big_endian) : big_(big_endian) {
    bytes_ = bytes_of(big_ ? "MM" : "II");
    put(42, 2);
    put(8, 4);
  }
  [[nodiscard]] std::uint32_t here() const { return static_cast<std::uint32_t>(bytes_.size()); }
  void put(std::uint32_t value, int size) {
    for (int i = 0; i < size; ++i) bytes_.push_back(static_cast<std::byte>(value >> 8 * (big_ ? size - 1 - i : i)));
  }
  void set32(std::size_t at, std::uint32_t value) {
    for (int i = 0; i < 4; ++i) {
      bytes_[at + static_cast<std::size_t>(i)] = static_cast<std::byte>(value >> 8 * (big_ ? 3 - i : i));
    }
  }
  [[nodiscard]] std::uint32_t get(std::size_t at, int size) const { return get(bytes_, big_, at, size); }
  static std::uint32_t get(const Bytes& b, bool big, std::size_t at, int size) {
    std::uint32_t value = 0;
    for (int i = 0; i < size; ++i) {
      value |= std::to_integer<std::uint32_t>(b[at + static_cast<std::size_t>(i)]) << 8 * (big ? size - 1 - i : i);
    }
    return value;
  }
  // Returns where the value field stands.
  std::size_t entry(std::uint32_t tag, std::uint32_t type, std::uint32_t count, std::uint32_t value) {
    put(tag, 2);
    put(type, 2);
    put(count, 4);
    const std::size_t at = bytes_.size();
    if (type == 3 && count == 1) {
      put(value, 2);
      put(0, 2);
    } else {
      put(value, 4);
    }
    return at;
  }
  void append(const Bytes& more) { bytes_.insert(bytes_.end(), more.begin(), more.end()); }
  Bytes& bytes() { return bytes_; }

 private:
  bool big_;
  Bytes bytes_;
};

struct CameraBlock {
  Bytes bytes;
  std::size_t width, length, orientation, x, y, link, maker, thumbnail;
};

// As a camera writes it: IFD0 with sizes, orientation, Make and an ExifIFD with a maker note; IFD1 with a thumbnail.
CameraBlock camera_block(bool big) {
  ExifMaker m(big);
  CameraBlock b{};
  m.put(5, 2);
  b.width = m.entry(0x0100, 3, 1, 640);
  b.length = m.entry(0x0101, 4, 1, 480);
  const std::size_t make = m.entry(0x010F, 2, 8, 0);
  b.orientation = m.entry(0x0112, 3, 1, 6);
  const std::size_t exif_ifd = m.entry(0x8769, 4, 1, 0);
  b.link = m.here();
  m.put(0, 4);
  m.set32(make, m.here());
  m.append(bytes_of(std::string("Camera!\0", 8)));
  m.set32(exif_ifd, m.here());
  m.put(3, 2);
  b.x = m.entry(0xA002, 3, 1, 640);
  b.y = m.entry(0xA003, 4, 1, 480);
  const std::size_t note = m.entry(0x927C, 7, 100, 0);
  m.put(0, 4);
  b.maker = m.here();
  m.set32(note, m.here());
  m.append(random_bytes(100, 1));
  m.set32(b.link, m.here());
  m.put(3, 2);
  m.entry(0x0112, 3, 1, 6);
  const std::size_t offset = m.entry(0x0201, 4, 1, 0);
  m.entry(0x0202, 4, 1, 300);
  m.put(0, 4);
  b.thumbnail = m.here();
  m.set32(offset, m.here());
  Bytes jpeg = random_bytes(300, 2);
  jpeg[0] = std::byte{0xFF};
  jpeg[1] = std::byte{0xD8};
  m.append(jpeg);
  b.bytes = m.bytes();
  return b;
}

TEST(Exif, ACamerasBlockIsPatchedInPlace) {
  for (const bool big : {true, false}) {
    const CameraBlock block = camera_block(big);
    ASSERT_EQ(exif_orientation(block.bytes), 6);
    const Bytes out = exif_for_output(block.bytes, 100'000, 50'000);
    EXPECT_EQ(exif_orientation(out), 1);
    const auto get = [&](std::size_t at, int size) { return ExifMaker::get(out, big, at, size); };
    EXPECT_EQ(get(block.width - 6, 2), 4u);  // a short that became a long, for 100000 doesn't fit
    EXPECT_EQ(get(block.width, 4), 100'000u);
    EXPECT_EQ(get(block.length, 4), 50'000u);
    EXPECT_EQ(get(block.x, 4), 100'000u);
    EXPECT_EQ(get(block.y, 4), 50'000u);
    EXPECT_EQ(get(block.link, 4), 0u);       // no IFD1 any more
    EXPECT_EQ(out.size(), block.thumbnail);  // and its JPEG is gone
    // All else is as it was.
    EXPECT_TRUE(std::equal(out.begin() + static_cast<std::ptrdiff_t>(block.maker),
                           out.begin() + static_cast<std::ptrdiff_t>(block.maker) + 100,
                           block.bytes.begin() + static_cast<std::ptrdiff_t>(block.maker)));
    std::size_t changed = 0;
    for (std::size_t i = 0; i < out.size(); ++i) changed += out[i] != block.bytes[i] ? 1 : 0;
    EXPECT_LE(changed, 30u);
    // Smaller sizes keep the type.
    EXPECT_EQ(ExifMaker::get(exif_for_output(block.bytes, 1280, 960), big, block.width, 2), 1280u);
  }
}

TEST(Exif, NothingIsAddedWhereNothingWas) {
  for (const bool big : {true, false}) {
    ExifMaker m(big);
    m.put(1, 2);
    m.entry(0x010F, 2, 4, 0x41424300);
    m.put(0, 4);
    EXPECT_EQ(exif_for_output(m.bytes(), 10, 10), m.bytes());
    EXPECT_EQ(exif_orientation(m.bytes()), 1);
  }
  EXPECT_TRUE(exif_for_output({}, 10, 10).empty());
}

TEST(Exif, LoopsAndHostileOffsetsEndAndHarmNothing) {
  for (const bool big : {true, false}) {
    ExifMaker m(big);  // IFD0 names itself as ExifIFD, as GPS and as IFD1
    m.put(3, 2);
    const std::size_t orientation = m.entry(0x0112, 3, 1, 8);
    m.entry(0x8769, 4, 1, 8);
    m.entry(0x8825, 4, 1, 8);
    m.put(8, 4);
    Bytes out = exif_for_output(m.bytes(), 10, 10);
    EXPECT_EQ(ExifMaker::get(out, big, orientation, 2), 1u);
    EXPECT_EQ(out.size(), m.bytes().size());

    CameraBlock block = camera_block(big);  // a "thumbnail" that covers the maker note
    ExifMaker patch(big);
    patch.bytes() = block.bytes;
    const std::size_t ifd1 = ExifMaker::get(block.bytes, big, block.link, 4);
    patch.set32(ifd1 + 2 + 12 + 8, static_cast<std::uint32_t>(block.maker));
    patch.bytes()[block.maker] = std::byte{0xFF};
    patch.bytes()[block.maker + 1] = std::byte{0xD8};
    out = exif_for_output(patch.bytes(), 10, 10);
    EXPECT_TRUE(std::equal(out.begin() + static_cast<std::ptrdiff_t>(block.maker),
                           out.begin() + static_cast<std::ptrdiff_t>(block.maker) + 100,
                           patch.bytes().begin() + static_cast<std::ptrdiff_t>(block.maker)));
  }
  // An entry count beyond the block, offsets beyond everything, random rubbish: no crash, no orientation left.
  for (unsigned seed = 0; seed < 3000; ++seed) {
    std::mt19937 random(seed);
    Bytes block = camera_block(seed % 2 == 0).bytes;
    for (int i = 0; i < 12; ++i) block[random() % block.size()] = static_cast<std::byte>(random());
    block.resize(random() % (block.size() + 1));
    const Bytes out = exif_for_output(block, 70'000, 3);
    EXPECT_LE(out.size(), block.size());
    EXPECT_EQ(exif_orientation(out), 1);
    EXPECT_EQ(exif_for_output(out, 70'000, 3), out);  // nothing left to do
  }
}

TEST(Exif, UnparsableBlocksGoOnlyIfTheyNameAnOrientation) {
  const Bytes harmless = bytes_of("not a TIFF structure at all");
  EXPECT_EQ(exif_for_output(harmless, 10, 10), harmless);
  Bytes harmful = harmless;
  const Bytes entry = bytes_of(std::string("\x12\x01\x03\0\x01\0\0\0\x06\0\0\0", 12));
  harmful.insert(harmful.end(), entry.begin(), entry.end());
  EXPECT_TRUE(exif_for_output(harmful, 10, 10).empty());
}

std::string patched(const std::string& xmp) {
  const Bytes out = xmp_for_output(bytes_of(xmp), 800, 600);
  return {reinterpret_cast<const char*>(out.data()), out.size()};
}

TEST(Xmp, AttributesAndElementsAreReplaced) {
  EXPECT_EQ(patched("<rdf:Description tiff:Orientation=\"6\" tiff:Make='X'/>"),
            "<rdf:Description tiff:Orientation=\"1\" tiff:Make='X'/>");
  EXPECT_EQ(patched("<d tiff:ImageWidth = '40'\n tiff:ImageLength='30' exif:PixelXDimension=\"40\" "
                    "exif:PixelYDimension=\"30\">"),
            "<d tiff:ImageWidth = '800'\n tiff:ImageLength='600' exif:PixelXDimension=\"800\" "
            "exif:PixelYDimension=\"600\">");
  EXPECT_EQ(patched("<a><tiff:Orientation>8</tiff:Orientation><exif:PixelXDimension rdf:x='1'>40"
                    "</exif:PixelXDimension></a>"),
            "<a><tiff:Orientation>1</tiff:Orientation><exif:PixelXDimension rdf:x='1'>800"
            "</exif:PixelXDimension></a>");
  EXPECT_EQ(patched("<a xmlns:t=\"http://ns.adobe.com/tiff/1.0/\" t:Orientation=\"6\"/>"),
            "<a xmlns:t=\"http://ns.adobe.com/tiff/1.0/\" t:Orientation=\"1\"/>");
  EXPECT_EQ(patched("<a xmpNote:HasExtendedXMP=\"0123\" b='1'/>"), "<a b='1'/>");
}

TEST(Xmp, WhatIsNotUnderstoodStays) {
  for (const char* text :
       {"", "<a/>", "tiff:Orientation", "<tiff:Orientation/>", "<tiff:OrientationX>6</tiff:OrientationX>",
        "<a my-tiff:Orientation=\"6\"/>", "<a tiff:Orientation=\"6", "<a tiff:Orientation=6>",
        "<a>text tiff:Orientation is 6</a>", "<tiff:Orientation>", "<tiff:Orientation"}) {
    EXPECT_EQ(patched(text), text);
  }
  // UTF-16 can't be edited as UTF-8, and might name an orientation.
  EXPECT_TRUE(xmp_for_output(bytes_of(std::string("\xFE\xFF\0<", 4)), 1, 1).empty());
}

TEST(Metadata, ForOutputKeepsTheRest) {
  Metadata in;
  in.icc = random_bytes(100, 1);
  in.exif = camera_block(true).bytes;
  in.xmp = bytes_of("<a tiff:Orientation='3'/>");
  in.gamma = 0.45455;
  in.srgb_intent = 2;
  in.x_dpi = 300;
  in.y_dpi = 200;
  const Metadata out = metadata_for_output(in, 2560, 1920);
  EXPECT_EQ(out.icc, in.icc);
  EXPECT_EQ(out.gamma, in.gamma);
  EXPECT_EQ(out.srgb_intent, 2);
  EXPECT_EQ(out.x_dpi, 300);
  EXPECT_EQ(out.y_dpi, 200);
  EXPECT_EQ(exif_orientation(out.exif), 1);
  EXPECT_EQ(out.xmp, bytes_of("<a tiff:Orientation='1'/>"));
}

}  // namespace
}  // namespace nalasr::test
