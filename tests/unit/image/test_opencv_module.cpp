// What can be wrong with the OpenCV module; each is one clear line.
#include "base/module.h"
#include "image/opencv_module.h"
#include "unit/image/image_test_util.h"

namespace nalasr::test {
namespace {

void expect_unsupported(const std::filesystem::path& file, const std::string& words) {
  const auto module = load_opencv_module(file);
  ASSERT_FALSE(module);
  EXPECT_EQ(module.error().code, ErrorCode::unsupported);
  EXPECT_NE(module.error().message.find(words), std::string::npos) << module.error().message;
  EXPECT_EQ(module.error().message.find('\n'), std::string::npos) << module.error().message;
  EXPECT_FALSE(module.error().hint.empty());
}

TEST(OpenCvModuleFile, Missing) { expect_unsupported({}, "PNG and JPEG only"); }

TEST(OpenCvModuleFile, Damaged) {
  const TemporaryFolder folder;
  write_file(folder / "nalasr_opencv.so", bytes_of("not a library"));
  expect_unsupported(folder / "nalasr_opencv.so", "cannot load");
}

TEST(OpenCvModuleFile, OfAnotherBuild) {
  const auto here = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  const auto file = here / "foreign" / "nalasr_opencv.so";
  ASSERT_TRUE(std::filesystem::exists(file));
  expect_unsupported(file, "another build");
}

TEST(OpenCvModuleFile, IsLookedForInTheChosenFolderOnly) {
  const TemporaryFolder folder;
  const char* before = std::getenv("NALASR_MODULES");
  const std::string kept = before ? before : "";
  ::setenv("NALASR_MODULES", folder.path().c_str(), 1);
  EXPECT_EQ(find_module("nalasr_opencv"), "");
  write_file(folder / "nalasr_opencv.so", {});
  EXPECT_EQ(find_module("nalasr_opencv"), folder / "nalasr_opencv.so");
  before ? ::setenv("NALASR_MODULES", kept.c_str(), 1) : ::unsetenv("NALASR_MODULES");
}

}  // namespace
}  // namespace nalasr::test
