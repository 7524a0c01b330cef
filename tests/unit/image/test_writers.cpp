// Writers: what goes in comes back, metadata byte for byte; and nothing half-written ever shows.
#include <sys/resource.h>
#include <sys/stat.h>
#include <csignal>
#include <cstring>

#include "image/atomic_file.h"
#include "unit/image/image_test_util.h"

namespace nalasr::test {
namespace {

Metadata full_metadata() {
  Metadata metadata;
  metadata.icc = random_bytes(150'000, 1);
  metadata.exif = random_bytes(5'000, 2);
  metadata.xmp = bytes_of("<x:xmpmeta>some text</x:xmpmeta>");
  metadata.x_dpi = 300;
  metadata.y_dpi = 72;
  return metadata;
}

TEST(PngWriter, EveryLayoutComesBackWithItsMetadata) {
  for (int channels = 1; channels <= 4; ++channels) {
    for (const int bits : {8, 16}) {
      const ImageInfo info = make_info(31, 17, channels, bits);
      const Bytes pixels = random_bytes(info.row_bytes() * 17, 3);
      Metadata metadata = full_metadata();
      metadata.gamma = 0.5;
      EncodeOptions options;
      options.png_compression = channels * 2;
      const auto file = encode(pixels, info, ImageFormat::png, metadata, options);
      ASSERT_TRUE(file) << file.error().message;
      const auto picture = decode(*file);
      ASSERT_TRUE(picture) << picture.error().message;
      EXPECT_EQ(picture->info.channels, channels);
      EXPECT_EQ(picture->info.bits, bits);
      EXPECT_EQ(picture->pixels, pixels);
      EXPECT_EQ(picture->metadata.icc, metadata.icc);
      EXPECT_EQ(picture->metadata.exif, metadata.exif);
      EXPECT_EQ(picture->metadata.xmp, metadata.xmp);
      EXPECT_DOUBLE_EQ(picture->metadata.gamma, 0.5);
      EXPECT_NEAR(picture->metadata.x_dpi, 300, 0.013);  // whole pixels per metre
      EXPECT_NEAR(picture->metadata.y_dpi, 72, 0.013);
      EXPECT_EQ(picture->metadata.srgb_intent, -1);
    }
  }
}

TEST(PngWriter, SrgbIntentAndGammaStayApart) {
  const ImageInfo info = make_info(2, 2, 3, 8);
  Metadata metadata;
  metadata.srgb_intent = 1;
  auto picture = decode(*encode(Bytes(12), info, ImageFormat::png, metadata));
  ASSERT_TRUE(picture);
  EXPECT_EQ(picture->metadata.srgb_intent, 1);
  EXPECT_EQ(picture->metadata.gamma, 0);  // sRGB implies a gamma; the file holds no gAMA chunk
  metadata = {};
  metadata.gamma = 0.45455;
  picture = decode(*encode(Bytes(12), info, ImageFormat::png, metadata));
  ASSERT_TRUE(picture);
  EXPECT_EQ(picture->metadata.srgb_intent, -1);
  EXPECT_DOUBLE_EQ(picture->metadata.gamma, 0.45455);
}

double mean_error(const Bytes& a, const Bytes& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += std::abs(std::to_integer<int>(a[i]) - std::to_integer<int>(b[i]));
  return sum / static_cast<double>(a.size());
}

TEST(JpegWriter, GreyAndRgbComeBackCloselyWithTheirMetadata) {
  for (const int channels : {1, 3}) {
    for (const bool chroma_444 : {true, false}) {
      const ImageInfo info = make_info(61, 43, channels, 8);
      Bytes pixels;
      for (std::size_t i = 0; i < info.row_bytes() * 43; ++i) {
        pixels.push_back(static_cast<std::byte>(i / static_cast<std::size_t>(channels) % 61 * 3 + 20));
      }
      const Metadata metadata = full_metadata();
      EncodeOptions options;
      options.chroma_444 = chroma_444;
      std::vector<std::string> warnings;
      const auto file = encode(pixels, info, ImageFormat::jpeg, metadata, options, &warnings);
      ASSERT_TRUE(file) << file.error().message;
      EXPECT_TRUE(warnings.empty());
      const auto picture = decode(*file);
      ASSERT_TRUE(picture) << picture.error().message;
      EXPECT_LT(mean_error(picture->pixels, pixels), 2.0);
      EXPECT_EQ(picture->metadata.icc, metadata.icc);  // three segments
      EXPECT_EQ(picture->metadata.exif, metadata.exif);
      EXPECT_EQ(picture->metadata.xmp, metadata.xmp);
      EXPECT_DOUBLE_EQ(picture->metadata.x_dpi, 300);
      EXPECT_DOUBLE_EQ(picture->metadata.y_dpi, 72);
    }
  }
}

TEST(JpegWriter, WhatDoesNotFitIsTold) {
  const ImageInfo info = make_info(8, 8, 3, 8);
  Metadata metadata;
  metadata.exif = Bytes(70'000);
  metadata.xmp = Bytes(70'000);
  metadata.icc = Bytes(17'000'000);
  std::vector<std::string> warnings;
  const auto file = encode(Bytes(192), info, ImageFormat::jpeg, metadata, {}, &warnings);
  ASSERT_TRUE(file);
  EXPECT_EQ(warnings.size(), 3u);
  EXPECT_TRUE(decode(*file));
}

TEST(Writers, RefuseWhatTheFormatCannotHold) {
  const TemporaryFolder folder;
  const auto code = [&folder](ImageFormat format, const ImageInfo& info) {
    const auto writer = ImageWriter::create(folder / "x", format, info, {}, {});
    return writer ? ErrorCode::internal : writer.error().code;
  };
  EXPECT_EQ(code(ImageFormat::jpeg, make_info(8, 8, 4, 8)), ErrorCode::unsupported);
  EXPECT_EQ(code(ImageFormat::jpeg, make_info(8, 8, 3, 16)), ErrorCode::unsupported);
  EXPECT_EQ(code(ImageFormat::jpeg, make_info(70'000, 8, 3, 8)), ErrorCode::unsupported);
  EXPECT_EQ(code(ImageFormat::webp, make_info(17'000, 8, 3, 8)), ErrorCode::unsupported);
  EXPECT_EQ(code(ImageFormat::png, make_info(0, 8, 3, 8)), ErrorCode::invalid_argument);
  EXPECT_EQ(code(ImageFormat::png, make_info(8, 8, 5, 8)), ErrorCode::invalid_argument);
  EXPECT_EQ(folder.entries(), 0u);
}

TEST(Writers, StripsOfAnyHeightMakeTheSameFile) {
  const ImageInfo info = make_info(40, 33, 3, 8);
  const Bytes pixels = random_bytes(info.row_bytes() * 33, 8);
  for (const ImageFormat format : {ImageFormat::png, ImageFormat::jpeg}) {
    const auto whole = encode(pixels, info, format);
    ASSERT_TRUE(whole);
    const TemporaryFolder folder;
    auto writer = ImageWriter::create(folder / "strips", format, info, {}, {});
    ASSERT_TRUE(writer);
    Bytes rows = pixels;
    for (int y = 0; y < 33;) {
      const int n = std::min(1 + y % 5, 33 - y);
      ASSERT_TRUE((*writer)->write_rows(
          {rows.data() + info.row_bytes() * static_cast<std::size_t>(y), 40, n, info.row_bytes()}));
      y += n;
    }
    EXPECT_FALSE((*writer)->write_rows({rows.data(), 40, 1, info.row_bytes()}));  // one too many
    ASSERT_TRUE((*writer)->commit());
    EXPECT_EQ(read_file(folder / "strips"), *whole);
  }
}

TEST(Atomic, NothingShowsBeforeCommitAndNothingStaysWithoutIt) {
  const TemporaryFolder folder;
  const ImageInfo info = make_info(16, 16, 3, 8);
  Bytes rows(info.row_bytes() * 16);
  for (const ImageFormat format : {ImageFormat::png, ImageFormat::jpeg}) {
    write_file(folder / "out", bytes_of("old"));
    {
      auto writer = ImageWriter::create(folder / "out", format, info, {}, {});
      ASSERT_TRUE(writer);
      ASSERT_TRUE((*writer)->write_rows({rows.data(), 16, 8, info.row_bytes()}));
      EXPECT_EQ(read_file(folder / "out"), bytes_of("old"));
      for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
        const std::string name = entry.path().filename().string();
        EXPECT_TRUE(name == "out" || name.front() == '.') << name;
      }
      EXPECT_FALSE((*writer)->commit());  // half of the rows
    }
    EXPECT_EQ(read_file(folder / "out"), bytes_of("old"));
    EXPECT_EQ(folder.entries(), 1u);
  }
}

mode_t mode_of(const std::filesystem::path& path) {
  struct stat s {};
  ::stat(path.c_str(), &s);
  return s.st_mode & 07777;
}

Result<void> write_atomically(const std::filesystem::path& path, const std::string& text) {
  auto file = AtomicFile::create(path);
  if (!file) return file.error();
  if (auto written = (*file)->write(text.data(), text.size()); !written) return written;
  return (*file)->commit();
}

TEST(Atomic, PermissionsOfTheOldFileOrTheUmask) {
  const TemporaryFolder folder;
  write_file(folder / "old", bytes_of("1"));
  ::chmod((folder / "old").c_str(), 0640);
  ASSERT_TRUE(write_atomically(folder / "old", "2"));
  EXPECT_EQ(mode_of(folder / "old"), 0640u);
  EXPECT_EQ(read_file(folder / "old"), bytes_of("2"));
  const mode_t before = ::umask(027);
  ASSERT_TRUE(write_atomically(folder / "new", "2"));
  ::umask(before);
  EXPECT_EQ(mode_of(folder / "new"), 0640u);
}

TEST(Atomic, ASymbolicLinkStaysOne) {
  const TemporaryFolder folder;
  write_file(folder / "real", bytes_of("1"));
  std::filesystem::create_symlink("real", folder / "link");
  ASSERT_TRUE(write_atomically(folder / "link", "2"));
  EXPECT_TRUE(std::filesystem::is_symlink(folder / "link"));
  EXPECT_EQ(read_file(folder / "real"), bytes_of("2"));
}

TEST(Atomic, UnwritablePlacesAreIoErrorsWithTheSystemsWords) {
  const TemporaryFolder folder;
  const auto missing = write_atomically(folder / "no such folder/x", "2");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::io);
  EXPECT_NE(missing.error().message.find(std::strerror(ENOENT)), std::string::npos);
  EXPECT_FALSE(write_atomically(folder.path(), "2"));
  EXPECT_FALSE(write_atomically("/dev/full", "2"));  // and the device is still one
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/full"));

  ::chmod(folder.path().c_str(), 0555);
  const bool root = ::geteuid() == 0;
  if (root && ::seteuid(65534) != 0) GTEST_SKIP() << "root cannot become another user here";
  const auto denied = write_atomically(folder / "x", "2");
  if (root) (void)!::seteuid(0);
  ::chmod(folder.path().c_str(), 0755);
  ASSERT_FALSE(denied);
  EXPECT_EQ(denied.error().code, ErrorCode::io);
  EXPECT_NE(denied.error().message.find(std::strerror(EACCES)), std::string::npos);
  EXPECT_EQ(folder.entries(), 0u);
}

TEST(Atomic, AFullDiskIsAnErrorThatLeavesNothing) {
  // A limit on file sizes stands for the full disk: write() fails in the middle of the file.
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit old{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old), 0);
  const ImageInfo info = make_info(300, 300, 3, 8);
  Bytes rows = random_bytes(info.row_bytes() * 300, 4);
  for (const ImageFormat format : {ImageFormat::png, ImageFormat::jpeg, ImageFormat::bmp}) {
    const TemporaryFolder folder;
    write_file(folder / "out", bytes_of("old"));
    rlimit low = old;
    low.rlim_cur = 50'000;
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &low), 0);
    bool failed = true;
    {
      auto writer = ImageWriter::create(folder / "out", format, info, {}, {});
      if (writer) {
        auto written = (*writer)->write_rows({rows.data(), 300, 300, info.row_bytes()});
        auto done = (*writer)->commit();
        failed = !done;
        if (failed) { EXPECT_EQ(done.error().code, ErrorCode::io) << done.error().message; }
      } else {
        EXPECT_EQ(writer.error().code, ErrorCode::unsupported);  // BMP in a build without OpenCV
      }
    }
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &old), 0);
    EXPECT_TRUE(failed);
    EXPECT_EQ(read_file(folder / "out"), bytes_of("old"));
    EXPECT_EQ(folder.entries(), 1u);
  }
}

TEST(Formats, NamesAndAbilities) {
  EXPECT_EQ(*parse_image_format("png"), ImageFormat::png);
  EXPECT_EQ(*parse_image_format(".JPG"), ImageFormat::jpeg);
  EXPECT_EQ(*parse_image_format("Jpeg"), ImageFormat::jpeg);
  EXPECT_EQ(*parse_image_format("tiff"), ImageFormat::tiff);
  for (const char* name : {"", ".", "gif", "pngx", "p"}) {
    const auto format = parse_image_format(name);
    ASSERT_FALSE(format) << name;
    EXPECT_EQ(format.error().code, ErrorCode::unsupported);
  }
  for (const ImageFormat format :
       {ImageFormat::png, ImageFormat::jpeg, ImageFormat::webp, ImageFormat::tiff, ImageFormat::bmp}) {
    EXPECT_EQ(*parse_image_format(extension_of(format)), format);
    EXPECT_TRUE(format_holds(format, 1, 8));
    EXPECT_TRUE(format_holds(format, 3, 8));
    EXPECT_FALSE(format_holds(format, 5, 8));
    EXPECT_FALSE(format_holds(format, 3, 32));
  }
  EXPECT_TRUE(format_holds(ImageFormat::png, 4, 16));
  EXPECT_FALSE(format_holds(ImageFormat::jpeg, 4, 8));
  EXPECT_FALSE(format_holds(ImageFormat::jpeg, 3, 16));
  EXPECT_FALSE(format_holds(ImageFormat::webp, 3, 16));
}

TEST(Reader, MissingFilesFoldersAndForeignContentAreTold) {
  const TemporaryFolder folder;
  EXPECT_EQ(ImageReader::open(folder / "none.png").error().code, ErrorCode::not_found);
  EXPECT_EQ(ImageReader::open(folder.path()).error().code, ErrorCode::unsupported);
  EXPECT_EQ(ImageReader::open("/dev/zero").error().code, ErrorCode::unsupported);
  write_file(folder / "empty.png", {});
  EXPECT_EQ(ImageReader::open(folder / "empty.png").error().code, ErrorCode::corrupt);
  write_file(folder / "text.png", bytes_of("just a text"));
  EXPECT_EQ(ImageReader::open(folder / "text.png").error().code, ErrorCode::unsupported);
  // The name doesn't decide.
  write_file(folder / "really-a-png.jpg", *encode(Bytes(3), make_info(1, 1, 3, 8), ImageFormat::png));
  const auto reader = ImageReader::open(folder / "really-a-png.jpg");
  ASSERT_TRUE(reader);
  EXPECT_EQ((*reader)->info().format, "png");
}

}  // namespace
}  // namespace nalasr::test
