// Files and folders: what is taken, what it is called, and what must never be destroyed.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "integration/cli_support.h"

namespace nalasr::test {
namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// upscale with the small x2 model.
Outcome upscale(Arguments arguments, const ProcessOptions& options = {}) {
  arguments.insert(arguments.begin(), {"upscale", "-m", tiny_model(2), "--threads", "2"});
  return run(arguments, options);
}

TEST(Files, OneFileToOneFile) {
  const Scratch scratch;
  save_picture(scratch / "in.png", 13, 7);
  const Outcome outcome = upscale({(scratch / "in.png").string(), "-o", (scratch / "out.png").string()});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(outcome.err, "");
  const auto lines = lines_of(outcome.out);
  ASSERT_EQ(lines.size(), 1u) << outcome.out;  // no summary for one picture, and no progress off a terminal
  EXPECT_EQ(lines[0].rfind((scratch / "out.png").string() + ": 13x7 -> 26x14 in ", 0), 0u) << outcome.out;
  for (const char* part : {" s, memory ", " MiB predicted, ", " MiB measured, cpu "}) {
    EXPECT_TRUE(contains(lines[0], part)) << lines[0];
  }
  const TestPicture out = load(scratch / "out.png");
  EXPECT_EQ(out.info.width, 26);
  EXPECT_EQ(out.info.height, 14);
  EXPECT_EQ(scratch.tree(), (Names{"in.png", "out.png"}));
}

TEST(Files, FoldersAreMadeAndNamed) {
  const Scratch scratch;
  save_picture(scratch / "in.png");
  const std::string in = (scratch / "in.png").string();
  EXPECT_EQ(upscale({in, "-o", (scratch / "a/b/").string()}).exit_code, 0);  // trailing slash
  fs::create_directory(scratch / "existing.d");
  EXPECT_EQ(upscale({in, "-o", (scratch / "existing.d").string()}).exit_code, 0);
  EXPECT_EQ(upscale({in, "-o", (scratch / "plain").string(), "-s", "1.5"}).exit_code, 0);  // no extension
  EXPECT_EQ(upscale({in, "-o", (scratch / "deep/er/out.jpg").string()}).exit_code, 0);
  EXPECT_EQ(scratch.tree(), (Names{"a/", "a/b/", "a/b/in_x2.png", "deep/", "deep/er/", "deep/er/out.jpg", "existing.d/",
                                   "existing.d/in_x2.png", "in.png", "plain/", "plain/in_x1.5.png"}));
}

TEST(Files, AFolderKeepsItsTree) {
  const Scratch scratch;
  save_picture(scratch / "in/a.png");
  save_picture(scratch / "in/deep/er/b.jpg", 12, 8, ImageFormat::jpeg);
  save_picture(scratch / "in/deep/no-extension");
  write_text(scratch / "in/README.txt", "BM is how a bitmap begins, but this is a text.");
  write_text(scratch / "in/deep/empty.dat", "");
  save_picture(scratch / "in/.hidden.png");
  save_picture(scratch / "in/.thumbnails/c.png");
  write_text(scratch / "in/._a.png", "resource fork");

  const Outcome flat = upscale({(scratch / "in").string(), "-o", (scratch / "flat").string()});
  EXPECT_EQ(flat.exit_code, 0) << flat.err;
  EXPECT_EQ(flat.err, "");
  const Outcome deep = upscale({(scratch / "in").string(), "-r", "-o", (scratch / "deep").string()});
  EXPECT_EQ(deep.exit_code, 0) << deep.err;
  EXPECT_TRUE(contains(deep.out, "\n3 done, 0 skipped, 0 failed (2 other files left out)\n")) << deep.out;

  Names results = scratch.tree();
  std::erase_if(results, [](const std::string& name) { return name.rfind("in/", 0) == 0; });
  EXPECT_EQ(results, (Names{"deep/", "deep/a_x2.png", "deep/deep/", "deep/deep/er/", "deep/deep/er/b_x2.jpg",
                            "deep/deep/no-extension_x2.png", "flat/", "flat/a_x2.png"}));
}

TEST(Files, ABadFileDoesNotStopTheRest) {
  const Scratch scratch;
  const auto name = [&scratch](const char* file) { return (scratch / file).string(); };
  save_picture(name("1.png"));
  save_picture(name("2-truncated.png"), 64, 64);
  truncate_file(name("2-truncated.png"), fs::file_size(name("2-truncated.png")) / 2);
  write_text(name("3-text.png"), "not a picture at all");
  write_text(name("4-empty.jpg"), "");
  save_picture(name("6.jpg"), 12, 8, ImageFormat::jpeg);
  const Outcome outcome = upscale({name("1.png"), name("2-truncated.png"), name("3-text.png"), name("4-empty.jpg"),
                                   name("5-missing.png"), name("6.jpg"), "-o", name("out/")});
  EXPECT_EQ(outcome.exit_code, 1);
  const auto errors = lines_of(outcome.err);
  ASSERT_EQ(errors.size(), 4u) << outcome.err;
  // What is known before the start is told first.
  const char* const bad[] = {"3-text.png", "4-empty.jpg", "5-missing.png", "2-truncated.png"};
  for (std::size_t i = 0; i < errors.size(); ++i) {
    EXPECT_EQ(errors[i].rfind("nalasr: " + name(bad[i]) + ": ", 0), 0u) << errors[i];
  }
  const auto lines = lines_of(outcome.out);
  ASSERT_EQ(lines.size(), 8u) << outcome.out;
  EXPECT_EQ(lines[2], "2 done, 0 skipped, 4 failed");
  EXPECT_TRUE(contains(lines[3], "memory at most ")) << lines[3];
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(lines[4 + i].rfind("  failed: " + name(bad[i]) + ": ", 0), 0u) << lines[4 + i];
  }
  Names results = scratch.tree();
  std::erase_if(results, [](const std::string& file) { return file.rfind("out", 0) != 0; });
  EXPECT_EQ(results, (Names{"out/", "out/1_x2.png", "out/6_x2.jpg"}));
}

TEST(Files, ATruncatedPictureLeavesNothing) {
  const Scratch scratch;
  save_picture(scratch / "cut.jpg", 200, 200, ImageFormat::jpeg);
  truncate_file(scratch / "cut.jpg", fs::file_size(scratch / "cut.jpg") - 500);
  const Outcome outcome = upscale({(scratch / "cut.jpg").string(), "-o", (scratch / "new/folder/out.png").string()});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(lines_of(outcome.err).size(), 1u) << outcome.err;
  EXPECT_EQ(scratch.tree(), (Names{"cut.jpg"}));
}

TEST(Files, ExistingOutputsAreSkippedUnlessToldOtherwise) {
  const Scratch scratch;
  save_picture(scratch / "in.png");
  write_text(scratch / "out.png", "precious");
  const Arguments arguments{(scratch / "in.png").string(), "-o", (scratch / "out.png").string()};
  const Outcome skipped = upscale(arguments);
  EXPECT_EQ(skipped.exit_code, 0);
  EXPECT_EQ(skipped.out, (scratch / "out.png").string() + ": exists, skipped (--existing overwrite replaces it)\n");
  EXPECT_EQ(read_text(scratch / "out.png"), "precious");

  Arguments again = arguments;
  again.emplace_back("--overwrite");
  EXPECT_EQ(upscale(again).exit_code, 0);
  EXPECT_EQ(load(scratch / "out.png").info.width, 24);
}

TEST(Files, TheInputIsNeverOverwritten) {
  const Scratch scratch;
  save_picture(scratch / "in.png");
  fs::create_symlink("in.png", scratch / "link.png");
  fs::create_hard_link(scratch / "in.png", scratch / "hard.png");
  fs::create_directory(scratch / "sub");
  const std::string before = read_text(scratch / "in.png");
  for (const char* same : {"in.png", "./in.png", "sub/../in.png", "link.png", "hard.png"}) {
    for (const bool overwrite : {false, true}) {
      Arguments arguments{(scratch / "in.png").string(), "-o", scratch.path().string() + "/" + same};
      if (overwrite) arguments.emplace_back("--overwrite");
      const Outcome outcome = upscale(arguments);
      EXPECT_EQ(outcome.exit_code, 2) << same;
      EXPECT_TRUE(contains(outcome.err, "is the input itself")) << outcome.err;
      EXPECT_EQ(read_text(scratch / "in.png"), before);
    }
  }
}

TEST(Files, AnotherInputIsNeverOverwritten) {
  const Scratch scratch;
  save_picture(scratch / "a.png");
  save_picture(scratch / "a_x2.png", 3, 3);
  const std::string before = read_text(scratch / "a_x2.png");
  const Outcome outcome = upscale(
      {(scratch / "a.png").string(), (scratch / "a_x2.png").string(), "-o", scratch.path().string(), "--overwrite"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_TRUE(contains(outcome.err, "an input as well")) << outcome.err;
  EXPECT_EQ(read_text(scratch / "a_x2.png"), before);
  EXPECT_EQ(scratch.tree(), (Names{"a.png", "a_x2.png"}));
}

TEST(Files, TwoInputsWithOneOutputAreRefusedBeforeTheStart) {
  const Scratch scratch;
  save_picture(scratch / "one/a.png");
  save_picture(scratch / "two/a.png");
  save_picture(scratch / "two/b.png");
  const Outcome outcome = upscale({(scratch / "two/b.png").string(), (scratch / "one/a.png").string(),
                                   (scratch / "two/a.png").string(), "-o", (scratch / "out").string()});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(lines_of(outcome.err).size(), 1u);
  EXPECT_TRUE(contains(outcome.err, (scratch / "two/a.png").string() + ": has the same output ")) << outcome.err;
  EXPECT_FALSE(fs::exists(scratch / "out"));
  // The same picture named twice is done once.
  const Outcome twice =
      upscale({(scratch / "one/a.png").string(), (scratch / "one").string(), "-o", (scratch / "out").string()});
  EXPECT_EQ(twice.exit_code, 0) << twice.err;
  EXPECT_EQ(lines_of(twice.out).size(), 1u) << twice.out;
}

TEST(Files, AFolderUpscaledIntoItselfIsDoneOnce) {
  const Scratch scratch;
  save_picture(scratch / "a.png");
  save_picture(scratch / "b.png");
  const Arguments arguments{scratch.path().string(), "-r", "-o", scratch.path().string()};
  EXPECT_EQ(upscale(arguments).exit_code, 0);
  const Names after{"a.png", "a_x2.png", "b.png", "b_x2.png"};
  EXPECT_EQ(scratch.tree(), after);
  const Outcome again = upscale(arguments);
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_EQ(scratch.tree(), after);
  EXPECT_TRUE(contains(again.out, "0 done, 2 skipped, 0 failed")) << again.out;

  const Arguments below{scratch.path().string(), "-r", "-o", (scratch / "large").string()};
  EXPECT_EQ(upscale(below).exit_code, 0);
  const Names first = scratch.tree();
  EXPECT_EQ(upscale(below).exit_code, 0);
  EXPECT_EQ(scratch.tree(), first);
}

TEST(Files, NamesOfEveryKind) {
  const Scratch scratch;
  const std::string long_name(246, 'n');
  const Names names{"with space.png",
                    "-dash.png",
                    "\xC3\xBC\xE6\xBC\xA2\xE5\xAD\x97.png",
                    "[1,2].png",
                    "line\nbreak.png",
                    "bytes\xff\xfe.png",
                    "-o",
                    "upscale",
                    "a.b.c.png",
                    "100%d{x}~'\".png",
                    long_name + ".png"};
  Arguments arguments{"-o", "out", "--"};
  for (const std::string& name : names) {
    save_picture(scratch / ("in/" + name), 4, 3);
    arguments.push_back(name);
  }
  save_picture(scratch / "in/[x]/y.png", 4, 3);
  arguments.emplace_back("[x]");
  const Outcome outcome = upscale(arguments, {.folder = scratch / "in"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  for (std::string name : names) {
    if (name.size() > 4 && name.substr(name.size() - 4) == ".png") name.resize(name.size() - 4);
    EXPECT_TRUE(fs::exists(scratch / ("in/out/" + name + "_x2.png"))) << name;
  }
  EXPECT_TRUE(fs::exists(scratch / "in/out/y_x2.png"));
  EXPECT_EQ(lines_of(outcome.out).size(), names.size() + 3) << outcome.out;  // line breaks in names are escaped
  EXPECT_TRUE(contains(outcome.out, "line\\nbreak_x2.png")) << outcome.out;
}

TEST(Files, ANameThatWouldBeTooLongIsToldBeforehand) {
  const Scratch scratch;
  const std::string stem(251, 'n');
  save_picture(scratch / (stem + ".png"), 4, 3);
  save_picture(scratch / "short.png", 4, 3);
  const Outcome outcome = upscale({scratch.path().string(), "-o", (scratch / "out").string()});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_TRUE(contains(outcome.err, "would have 258 bytes")) << outcome.err;
  EXPECT_TRUE(fs::exists(scratch / "out/short_x2.png"));
}

TEST(Files, LinksThatGoInCirclesEndAndLinkedFoldersCount) {
  const Scratch scratch;
  save_picture(scratch / "in/a/real.png", 4, 3);
  save_picture(scratch / "elsewhere/linked.png", 4, 3);
  fs::create_directory_symlink("..", scratch / "in/a/up");
  fs::create_directory_symlink(".", scratch / "in/0-self");
  fs::create_directory_symlink("a", scratch / "in/0-again");
  fs::create_directory_symlink("../elsewhere", scratch / "in/other");
  const Outcome outcome = upscale({(scratch / "in").string(), "-r", "-o", (scratch / "out").string()});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  Names results = scratch.tree();
  std::erase_if(results, [](const std::string& name) { return name.rfind("out", 0) != 0; });
  EXPECT_EQ(results, (Names{"out/", "out/a/", "out/a/real_x2.png", "out/other/", "out/other/linked_x2.png"}));
}

TEST(Files, ABrokenLinkIsTold) {
  const Scratch scratch;
  save_picture(scratch / "in/a.png", 4, 3);
  fs::create_symlink("gone.png", scratch / "in/b.png");
  const Outcome outcome = upscale({(scratch / "in").string(), "-o", (scratch / "out").string()});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(lines_of(outcome.err).size(), 1u) << outcome.err;
  EXPECT_TRUE(contains(outcome.err, "b.png")) << outcome.err;
}

TEST(Files, AFolderWithoutPicturesIsTold) {
  const Scratch scratch;
  write_text(scratch / "in/README.txt", "text");
  save_picture(scratch / "in/below/a.png", 4, 3);
  const Outcome outcome = upscale({(scratch / "in").string(), "-o", (scratch / "out").string()});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_TRUE(contains(outcome.err, "no pictures in this folder; --recursive")) << outcome.err;
}

TEST(Files, PicturesThatCannotBeReadAreToldNotLeftOut) {
  const Scratch scratch;
  save_picture(scratch / "in/a.png", 4, 3);
  write_text(scratch / "in/b.gif", "GIF89a..........................");
  const Outcome outcome = upscale({(scratch / "in").string(), "-o", (scratch / "out").string()});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_TRUE(contains(outcome.err, "b.gif: this is a GIF")) << outcome.err;
}

TEST(Files, PipesAndDevicesAreNoPictures) {
  const Scratch scratch;
  ASSERT_EQ(::mkfifo((scratch / "pipe.png").c_str(), 0600), 0);
  for (const std::string& input : {(scratch / "pipe.png").string(), std::string("/dev/zero"), std::string("-")}) {
    const Outcome outcome = upscale({input, "-o", (scratch / "out.png").string()});
    EXPECT_EQ(outcome.exit_code, 1) << input;
    EXPECT_EQ(lines_of(outcome.err).size(), 1u) << outcome.err;
  }
}

TEST(Files, NoPermission) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may read and write everything";
  const Scratch scratch;
  save_picture(scratch / "in/open.png", 4, 3);
  save_picture(scratch / "in/secret.png", 4, 3);
  save_picture(scratch / "in/closed/a.png", 4, 3);
  fs::create_directory(scratch / "readonly");
  fs::permissions(scratch / "in/secret.png", fs::perms::none);
  fs::permissions(scratch / "in/closed", fs::perms::none);
  fs::permissions(scratch / "readonly", fs::perms::owner_read | fs::perms::owner_exec);
  const Outcome outcome = upscale({(scratch / "in").string(), "-r", "-o", (scratch / "out").string()});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(lines_of(outcome.err).size(), 2u) << outcome.err;
  EXPECT_TRUE(fs::exists(scratch / "out/open_x2.png"));
  for (const char* target : {"readonly/out.png", "readonly/new/out.png", "readonly/", "readonly/new/"}) {
    const Outcome refused = upscale({(scratch / "in/open.png").string(), "-o", (scratch / target).string()});
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_EQ(lines_of(refused.err).size(), 1u) << refused.err;
    EXPECT_TRUE(contains(refused.err, "choose an output folder you may write to")) << refused.err;
  }
  fs::permissions(scratch / "in/closed", fs::perms::owner_all);
  fs::permissions(scratch / "readonly", fs::perms::owner_all);
}

TEST(Files, MessagesNeverGoIntoAPicture) {
  const Scratch scratch;
  save_picture(scratch / "in.png");
  const Outcome outcome =
      upscale({(scratch / "in.png").string(), "-o", (scratch / "out.png").string()}, {.close_standard_streams = true});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(load(scratch / "out.png").info.width, 24);
  EXPECT_FALSE(contains(read_text(scratch / "out.png"), "predicted"));
}

TEST(Files, ProgressOnATerminalOnly) {
  const Scratch scratch;
  save_picture(scratch / "in/a.png", 160, 120);
  save_picture(scratch / "in/b.png", 160, 120);
  const Outcome outcome =
      run_on_terminal({"upscale", "-m", tiny_model(2), "-o", (scratch / "out").string(), (scratch / "in").string()});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.out;
  EXPECT_TRUE(contains(outcome.out, "\r1/2  ")) << outcome.out;
  EXPECT_TRUE(contains(outcome.out, "\r2/2  ")) << outcome.out;
  EXPECT_TRUE(contains(outcome.out, "%")) << outcome.out;
  EXPECT_TRUE(contains(outcome.out, "2 done, 0 skipped, 0 failed")) << outcome.out;
}

}  // namespace
}  // namespace nalasr::test
