// Killed at any moment, the same command does the rest: results equal to those of a run that nobody disturbed, nothing
// left over, nothing done twice.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <map>
#include <random>
#include <thread>

#include "integration/cli_support.h"

namespace nalasr::test {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// Every file below `folder` but the journal, hidden ones included, with its content.
std::map<std::string, std::string> content(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file() || entry.path().filename() == ".nalasr-journal") continue;
    files[entry.path().lexically_relative(folder).string()] = read_text(entry.path());
  }
  return files;
}

class Resume : public testing::TestWithParam<std::string> {
 protected:
  Arguments command(const std::string& out) const {
    return {"upscale",    "-m",      tiny_model(2),
            "--threads",  "2",       (scratch_ / "in").string(),
            "-r",         "-o",      (scratch_ / out).string(),
            "--existing", GetParam()};
  }
  Scratch scratch_;
};

TEST_P(Resume, TwentyKillsChangeNothing) {
  for (int i = 0; i < 12; ++i) {
    const std::string name = (i % 3 == 0 ? "in/sub/" : "in/") + std::to_string(i);
    save_picture(scratch_ / (name + (i % 4 == 0 ? ".jpg" : ".png")), 40 + 30 * i, 60 + 7 * i,
                 i % 4 == 0 ? ImageFormat::jpeg : ImageFormat::png);
  }
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_EQ(run(command("whole")).exit_code, 0);
  const auto whole = std::chrono::steady_clock::now() - begin;

  std::mt19937 random(7);
  int killed = 0;
  for (int kill = 0; kill < 20; ++kill) {
    Process process(command("out"));
    // Near the start, where the folders are walked, up to most of a run.
    std::this_thread::sleep_for(whole * std::uniform_real_distribution<>(0.02, 0.5)(random));
    process.send(SIGKILL);
    killed += process.wait().signal == SIGKILL ? 1 : 0;
    // Every few kills some work is lost again, so that later kills also meet work.
    if (kill % 4 == 3) {
      std::error_code ignored;
      fs::remove_all(scratch_ / "out", ignored);
    }
  }
  EXPECT_GE(killed, 10);  // the others ended before their kill: nothing was left to do
  {
    Process process(command("out"));
    std::this_thread::sleep_for(whole / 2);
    process.send(SIGKILL);
    process.wait();
  }
  const auto before = content(scratch_ / "out");
  const Outcome last = run(command("out"));
  EXPECT_EQ(last.exit_code, 0) << last.err;
  const auto after = content(scratch_ / "out");
  EXPECT_EQ(after, content(scratch_ / "whole"));
  // What was finished was not done again: as many skipped as there were finished files.
  std::size_t finished = 0;
  for (const auto& [name, bytes] : before) finished += fs::path(name).filename().string().front() != '.';
  EXPECT_TRUE(
      contains(last.out, std::to_string(12 - finished) + " done, " + std::to_string(finished) + " skipped, 0 failed"))
      << last.out;
}

INSTANTIATE_TEST_SUITE_P(Existing, Resume, testing::Values("skip", "overwrite", "rename", "fail"),
                         [](const auto& existing) { return existing.param; });

TEST(Abandoned, FilesAreRemovedUnlessSomebodyWritesThem) {
  const Scratch scratch;
  save_picture(scratch / "in/a.png", 4, 3);
  write_text(scratch / "out/.nalasr-0123456789abcdef.tmp", "left by a killed run");
  write_text(scratch / "out/.nalasr-fedcba9876543210.tmp", "being written");
  write_text(scratch / "out/.nalasr-notes", "not ours");
  const int fd = ::open((scratch / "out/.nalasr-fedcba9876543210.tmp").c_str(), O_RDWR);
  ASSERT_EQ(::flock(fd, LOCK_EX), 0);
  const Outcome outcome =
      run({"upscale", "-m", tiny_model(2), (scratch / "in").string(), "-o", (scratch / "out").string()});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(scratch.tree(), (std::vector<std::string>{"in/", "in/a.png", "out/", "out/.nalasr-fedcba9876543210.tmp",
                                                      "out/.nalasr-notes", "out/a_x2.png"}));
  ::close(fd);
}

TEST(Abandoned, AJournalThatAPowerCutToreIsReadAsFarAsItGoes) {
  const Scratch scratch;
  save_picture(scratch / "in/a.png", 4, 3);
  save_picture(scratch / "in/b.png", 4, 3);
  const Arguments command{
      "upscale",    "-m",       tiny_model(2), (scratch / "in").string(), "-o", (scratch / "out").string(),
      "--existing", "overwrite"};
  ASSERT_EQ(run(command).exit_code, 0);
  std::string journal = read_text(scratch / "out/.nalasr-journal");
  const std::size_t last_done = journal.rfind("done\t");
  write_text(scratch / "out/.nalasr-journal", journal.substr(0, last_done + 9));
  const Outcome again = run(command);
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_TRUE(contains(again.out, " skipped, 0 failed")) << again.out;
  EXPECT_FALSE(contains(again.out, "0 skipped")) << again.out;  // the line before the torn one counts
  EXPECT_EQ(read_text(scratch / "out/.nalasr-journal").find("done\t", 0) != std::string::npos, true);
}

}  // namespace
}  // namespace nalasr::test
