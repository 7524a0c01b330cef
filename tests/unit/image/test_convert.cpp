// convert_picture: a result in another format.
#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>

#include "nalasr/convert.h"

namespace nalasr::test {
namespace {

class Convert : public ::testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(folder_); }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path write(int channels, int bits) {
    ImageInfo info;
    info.width = 50;
    info.height = 150;  // several strips
    info.channels = channels;
    info.bits = bits;
    Metadata metadata;
    metadata.x_dpi = metadata.y_dpi = 300;
    const std::filesystem::path path = folder_ / "in.png";
    auto writer = ImageWriter::create(path, ImageFormat::png, info, metadata, {});
    std::vector<std::byte> rows(info.row_bytes() * 150);
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<std::byte>(i / 7);
    EXPECT_TRUE((*writer)->write_rows({rows.data(), info.width, info.height, info.row_bytes()}));
    EXPECT_TRUE((*writer)->commit());
    return path;
  }

  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("nalasr_convert_" + std::to_string(::getpid()));
};

TEST_F(Convert, KeepsPixelsAndMetadata) {
  const auto input = write(4, 16);
  const auto warnings = convert_picture({.input = input, .output = folder_ / "out.png"});
  ASSERT_TRUE(warnings);
  EXPECT_TRUE(warnings->empty());
  auto a = ImageReader::open(input), b = ImageReader::open(folder_ / "out.png");
  ASSERT_TRUE(a && b);
  EXPECT_NEAR((*b)->metadata().x_dpi, 300, 0.1);
  const ImageInfo info = (*b)->info();
  EXPECT_EQ(info.bits, 16);
  std::vector<std::byte> rows_a(info.row_bytes() * info.height), rows_b(rows_a.size());
  ASSERT_TRUE((*a)->read_rows({rows_a.data(), info.width, info.height, info.row_bytes()}));
  ASSERT_TRUE((*b)->read_rows({rows_b.data(), info.width, info.height, info.row_bytes()}));
  EXPECT_EQ(rows_a, rows_b);
}

TEST_F(Convert, SixteenBitsBecomeEightWhereTheFormatHasNoMore) {
  const auto warnings =
      convert_picture({.input = write(3, 16), .output = folder_ / "out.jpg", .format = ImageFormat::jpeg});
  ASSERT_TRUE(warnings);
  ASSERT_EQ(warnings->size(), 1U);
  EXPECT_NE(warnings->front().find("16"), std::string::npos);
  auto reader = ImageReader::open(folder_ / "out.jpg");
  ASSERT_TRUE(reader);
  EXPECT_EQ((*reader)->info().bits, 8);
}

TEST_F(Convert, WhatCannotBeKeptIsAnErrorAndNoFile) {
  const auto alpha =
      convert_picture({.input = write(4, 8), .output = folder_ / "out.jpg", .format = ImageFormat::jpeg});
  ASSERT_FALSE(alpha);
  EXPECT_EQ(alpha.error().code, ErrorCode::unsupported);
  std::stop_source stop;
  stop.request_stop();
  const auto cancelled = convert_picture({.input = write(3, 8), .output = folder_ / "out.png"}, {}, stop.get_token());
  ASSERT_FALSE(cancelled);
  EXPECT_EQ(cancelled.error().code, ErrorCode::cancelled);
  int files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder_)) ++files;
  EXPECT_EQ(files, 1);  // the input
}

}  // namespace
}  // namespace nalasr::test
