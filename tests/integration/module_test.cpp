// The program without its OpenCV module, and what it loads when it starts.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>

#include "integration/cli_support.h"
#include "nalasr/version.h"

namespace nalasr::test {
namespace {

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(Module, WithoutItPngAndJpegWorkAndOthersAreRefusedInOneLine) {
  const Scratch scratch, nothing;
  const ProcessOptions without{.environment = {{"NALASR_MODULES", nothing.path().string()}}};
  EXPECT_TRUE(contains(run({"--version"}, without).out, "(OpenCV): no"));

  const std::string png = (scratch / "a.png").string(), pnm = (scratch / "a.ppm").string();
  save_picture(png);
  write_text(pnm, "P6 2 1 255\nABCDEF");
  const auto upscale = [&](const std::string& from, const std::string& to) {
    return run({"upscale", from, "-o", (scratch / to).string(), "-m", tiny_model(2)}, without);
  };
  EXPECT_EQ(upscale(png, "b.png").exit_code, 0);
  EXPECT_EQ(upscale(png, "b.jpg").exit_code, 0);
  const Outcome write = upscale(png, "b.webp"), read = upscale(pnm, "c.png");
  EXPECT_EQ(write.exit_code, 2);
  EXPECT_TRUE(contains(write.err, "cannot write webp")) << write.err;
  EXPECT_EQ(read.exit_code, 1);
  EXPECT_TRUE(contains(read.err, "PNG and JPEG only")) << read.err;
  EXPECT_EQ(scratch.tree(), (std::vector<std::string>{"a.png", "a.ppm", "b.jpg", "b.png"}));
}

TEST(Module, TheProgramItselfDoesNotLinkOpenCv) {
  FILE* pipe = ::popen(("ldd '" + program() + "'").c_str(), "r");
  ASSERT_NE(pipe, nullptr);
  std::string libraries;
  for (int c; (c = std::fgetc(pipe)) != EOF;) libraries += static_cast<char>(c);
  ASSERT_EQ(::pclose(pipe), 0);
  EXPECT_TRUE(contains(libraries, "libc.so")) << libraries;
  for (const char* name : {"opencv", "poppler", "gdal"}) EXPECT_FALSE(contains(libraries, name)) << libraries;
}

TEST(Module, StartingTakesLittleMemory) {
  if (contains(build_info().kind, "+")) GTEST_SKIP() << "sanitizers take memory of their own";
  const std::string path = program();
  const pid_t child = ::fork();
  if (child == 0) {
    if (std::freopen("/dev/null", "w", stdout) == nullptr) ::_exit(126);
    ::execl(path.c_str(), "nalasr", "--version", nullptr);
    ::_exit(127);
  }
  int status = 0;
  rusage usage{};
  ASSERT_EQ(::wait4(child, &status, 0, &usage), child);
  EXPECT_EQ(status, 0);
  EXPECT_LT(usage.ru_maxrss, 16 * 1024);  // KiB; 5 MB measured, 52 MB when OpenCV was linked
}

}  // namespace
}  // namespace nalasr::test
