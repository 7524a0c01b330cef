// Signals and full disks: nothing half-done stays behind, and the exit code says so.
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <thread>

#include "integration/cli_support.h"

namespace nalasr::test {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

bool holds_temporary_file(const fs::path& folder) {
  std::error_code gone;
  for (fs::directory_iterator entry(folder, gone); !gone && entry != fs::directory_iterator(); entry.increment(gone)) {
    if (entry->path().filename().string().rfind(".nalasr-", 0) == 0) return true;
  }
  return false;
}

class Interrupt : public testing::TestWithParam<int> {
 protected:
  // Seconds of work on one thread, in the middle of which the signal comes.
  Arguments long_run() const {
    save_picture(scratch_ / "in/1.png", 8, 8);
    save_picture(scratch_ / "in/2.png", 1600, 1600);
    save_picture(scratch_ / "in/3.png", 8, 8);
    return {"upscale",     "-m",
            tiny_model(4), "--threads",
            "1",           (scratch_ / "in").string(),
            "-o",          (scratch_ / "out").string()};
  }
  void wait_until_it_writes(Process& process) const {
    const auto start = Clock::now();
    while (Clock::now() - start < milliseconds(20000) && process.running()) {
      if (fs::exists(scratch_ / "out/1_x4.png") && holds_temporary_file(scratch_ / "out")) return;
      std::this_thread::sleep_for(milliseconds(5));
    }
    ADD_FAILURE() << "it never began to write";
  }

  Scratch scratch_;
};

TEST_P(Interrupt, StopsSoonAndLeavesNothingHalfDone) {
  Process process(long_run());
  wait_until_it_writes(process);
  std::this_thread::sleep_for(milliseconds(300));
  ASSERT_TRUE(process.running());
  const auto sent = Clock::now();
  process.send(GetParam());
  const Outcome outcome = process.wait();
  EXPECT_LT(Clock::now() - sent, milliseconds(5000));
  EXPECT_EQ(outcome.exit_code, 130);
  EXPECT_TRUE(contains(outcome.out, "interrupted: 1 done, 0 skipped, 0 failed, 2 not done")) << outcome.out;
  EXPECT_EQ(outcome.err, "");
  std::vector<std::string> results = scratch_.tree();
  std::erase_if(results, [](const std::string& name) { return name.rfind("out", 0) != 0; });
  EXPECT_EQ(results, (std::vector<std::string>{"out/", "out/1_x4.png"}));
}

INSTANTIATE_TEST_SUITE_P(Signals, Interrupt, testing::Values(SIGINT, SIGTERM, SIGHUP),
                         [](const auto& signal) { return std::string(::sigabbrev_np(signal.param)); });

TEST_F(Interrupt, ASecondSignalEndsItAtOnce) {
  Process process(long_run());
  wait_until_it_writes(process);
  process.send(SIGINT);
  process.send(SIGTERM);
  const Outcome outcome = process.wait();
  EXPECT_EQ(outcome.exit_code, 130);
}

TEST_F(Interrupt, AKilledRunLeavesNoOutputUnderTheFinalName) {
  Process process(long_run());
  wait_until_it_writes(process);
  process.send(SIGKILL);
  EXPECT_EQ(process.wait().signal, SIGKILL);
  EXPECT_FALSE(fs::exists(scratch_ / "out/2_x4.png"));
  EXPECT_EQ(load(scratch_ / "out/1_x4.png").info.width, 32);
}

TEST(FullDisk, IsToldAndLeavesNothing) {
  const Scratch scratch;
  fs::create_directory(scratch / "disk");
  if (::mount("tmpfs", (scratch / "disk").c_str(), "tmpfs", 0, "size=64k") != 0) {
    GTEST_SKIP() << "a small file system cannot be mounted here";
  }
  TestPicture noise = make_picture(200, 200);
  unsigned state = 1;
  for (std::byte& sample : noise.pixels) sample = static_cast<std::byte>((state = state * 1664525 + 1013904223) >> 24);
  save(noise, scratch / "noise.png");
  save_picture(scratch / "small.png", 8, 8);
  const Outcome outcome = run({"upscale", "-m", tiny_model(2), (scratch / "small.png").string(),
                               (scratch / "noise.png").string(), "-o", (scratch / "disk").string()});
  const std::vector<std::string> left = scratch.tree();
  ::umount((scratch / "disk").c_str());
  EXPECT_EQ(outcome.exit_code, 1);
  const auto lines = lines_of(outcome.err);
  ASSERT_EQ(lines.size(), 2u) << outcome.err;
  EXPECT_TRUE(contains(lines[0], "warning: the results may take about")) << outcome.err;  // told beforehand
  EXPECT_TRUE(contains(lines[1], "No space left on device; free some disk space")) << outcome.err;
  EXPECT_EQ(left, (std::vector<std::string>{"disk/", "disk/small_x2.png", "noise.png", "small.png"}));
}

TEST(ReadOnlyDisk, IsOneLine) {
  const Scratch scratch;
  fs::create_directory(scratch / "disk");
  if (::mount("tmpfs", (scratch / "disk").c_str(), "tmpfs", MS_RDONLY, "") != 0) {
    GTEST_SKIP() << "a small file system cannot be mounted here";
  }
  save_picture(scratch / "small.png", 8, 8);
  const std::string in = (scratch / "small.png").string();
  const Outcome outcome = run({"upscale", "-m", tiny_model(2), in, "-o", (scratch / "disk/").string()});
  ::umount((scratch / "disk").c_str());
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.err,
            "nalasr: " + in +
                ": cannot write into the output folder: Read-only file system; choose an output folder you "
                "may write to\n");
}

}  // namespace
}  // namespace nalasr::test
