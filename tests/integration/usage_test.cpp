// The command line itself: what is refused, how it is said, and the exit codes that scripts rely on.
#include <gtest/gtest.h>
#include <unistd.h>

#include "integration/cli_support.h"
#include "nalasr/plan.h"
#include "nalasr/version.h"

namespace nalasr::test {
namespace {

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// Wrong usage is told in one line, with a hint where to look, and nothing is written.
void expect_usage_error(const Arguments& arguments, const std::string& part) {
  const Outcome outcome = run(arguments);
  EXPECT_EQ(outcome.exit_code, 2) << outcome.err;
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(lines_of(outcome.err).size(), 1u) << outcome.err;
  EXPECT_EQ(outcome.err.rfind("nalasr: ", 0), 0u) << outcome.err;
  EXPECT_TRUE(contains(outcome.err, part)) << outcome.err;
}

TEST(Usage, VersionSaysWhatIsCompiledIn) {
  const Outcome outcome = run({"--version"});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.out.rfind("nalasr " + build_info().version + " (", 0), 0u) << outcome.out;
  EXPECT_TRUE(contains(outcome.out, std::string("(OpenCV): ") + (build_info().opencv ? "yes" : "no"))) << outcome.out;
  EXPECT_EQ(outcome.err, "");
}

TEST(Usage, HelpGoesToStandardOutput) {
  const Outcome general = run({"--help"});
  EXPECT_EQ(general.exit_code, 0);
  EXPECT_TRUE(contains(general.out, "Examples:")) << general.out;
  const Outcome upscale = run({"upscale", "--help"});
  EXPECT_EQ(upscale.exit_code, 0);
  EXPECT_TRUE(contains(upscale.out, "nalasr upscale [OPTIONS] [INPUT...]")) << upscale.out;
  EXPECT_TRUE(contains(upscale.out, "--memory-budget")) << upscale.out;
  EXPECT_EQ(upscale.err, "");
}

TEST(Usage, WithoutACommandHelpGoesToStandardError) {
  const Outcome outcome = run({});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_EQ(outcome.out, "");
  EXPECT_TRUE(contains(outcome.err, "nalasr upscale photo.jpg -o large.png")) << outcome.err;
}

TEST(Usage, UnknownCommandsAndOptions) {
  expect_usage_error({"enlarge", "a.png"}, "there is no command \"enlarge\"; see nalasr --help");
  expect_usage_error({"upscale", "a.png", "--turbo"}, "there is no option --turbo; see nalasr upscale --help");
  expect_usage_error({"upscale", "a.png", "-o", "b.png", "--turbo"}, "--turbo");
  expect_usage_error({"upscale", "-o", "b.png"}, "no input is named; see nalasr upscale --help");
  expect_usage_error({"upscale", "a.png"}, "--output");
  expect_usage_error({"upscale", "a.png", "-o"}, "nalasr upscale --help");
  expect_usage_error({"info"}, "nalasr info --help");
}

TEST(Usage, NumbersAreChecked) {
  const auto with = [](const std::string& option, const std::string& value) {
    return Arguments{"upscale", "a.png", "-o", "b.png", option, value};
  };
  for (const char* scale : {"0", "0.5", "9", "-2", "nan", "inf", "two", "2x", "1,5", "1e99"}) {
    SCOPED_TRACE(scale);
    expect_usage_error(with("-s", scale), "-s: \"" + std::string(scale) + "\" is not a scale");
  }
  for (const char* size : {"0", "-1", "12Q", "M", "1.5", "1e40", "512 M B", "nan"}) {
    SCOPED_TRACE(size);
    expect_usage_error(with("--memory-budget", size), "--memory-budget: \"" + std::string(size) + "\" is not a size");
  }
  for (const char* quality : {"0", "101", "95%", "9.5", "best"}) {
    SCOPED_TRACE(quality);
    expect_usage_error(with("-q", quality), "-q: ");
  }
  for (const char* sharpness : {"-0.1", "1.01", "50%", "nan", "full"}) {
    SCOPED_TRACE(sharpness);
    expect_usage_error(with("--sharpness", sharpness),
                       "--sharpness: \"" + std::string(sharpness) + "\" is not a number from 0 to 1");
  }
  for (const char* threads : {"0", "-4", "all", "1000000"}) {
    SCOPED_TRACE(threads);
    expect_usage_error(with("--threads", threads), "--threads: ");
  }
  expect_usage_error(with("--device", "tpu"), "use auto, cpu or cuda");
  for (const char* device : {"cuda:", "cuda:x", "cuda:0,cuda:0", "cuda:0,cpu", "cpu:1"}) {
    SCOPED_TRACE(device);
    expect_usage_error(with("--device", device), "--device: ");
  }
  for (const char* workers : {"1", "1:1", "1:1:1:1", "0:1:1", "a:b:c", "1:1:65"}) {
    SCOPED_TRACE(workers);
    expect_usage_error(with("-j", workers), "-j: ");
  }
  for (const char* shard : {"0/4", "5/4", "1", "1/0", "a/b"}) {
    SCOPED_TRACE(shard);
    expect_usage_error(with("--shard", shard), "--shard: ");
  }
  expect_usage_error(with("--precision", "half"), "use mixed or fp32");
  expect_usage_error(with("--max-pixels", "many"), "--max-pixels: ");
  expect_usage_error(with("--existing", "ask"), "use skip, overwrite, rename or fail");
  expect_usage_error(with("-f", "gif"), "use png, jpeg, webp, tiff or bmp");
}

TEST(Usage, SizesWithSuffixes) {
  const Scratch scratch;
  save_picture(scratch / "a.png");
  int number = 0;
  for (const char* size : {"512M", "1.5G", "2GiB", "2gb", "0.5T", "1000000000", "800000k", "64 MiB"}) {
    const std::string out = (scratch / (std::to_string(++number) + ".png")).string();
    const Outcome outcome =
        run({"upscale", (scratch / "a.png").string(), "-o", out, "-m", tiny_model(2), "--memory-budget", size});
    EXPECT_EQ(outcome.exit_code, 0) << size << ": " << outcome.err;
  }
}

TEST(Usage, OutputNames) {
  const Scratch scratch;
  const std::string a = (scratch / "a.png").string(), b = (scratch / "b.png").string();
  save_picture(a);
  save_picture(b);
  expect_usage_error({"upscale", a, "-o", (scratch / "out.gif").string(), "-m", tiny_model(2)}, "\"gif\"");
  expect_usage_error({"upscale", a, "-o", (scratch / "out.backup").string(), "-m", tiny_model(2)}, "end it with /");
  expect_usage_error({"upscale", a, a + "/../b.png", "-o", b, "-m", tiny_model(2)}, "is a file");
  expect_usage_error({"upscale", a, "-o", ""}, "empty");
  expect_usage_error({"upscale", "", "-o", b}, "empty");
  expect_usage_error({"upscale", a, b, "-o", "-"}, "one picture only");
  expect_usage_error({"upscale", a, "-o", "-", "--json"}, "both want standard output");
  expect_usage_error({"upscale", a, "-o", "c.png", "-o", "d.png"}, "--output: is given more than once");
  EXPECT_EQ(scratch.tree(), (std::vector<std::string>{"a.png", "b.png"}));
}

TEST(Usage, TemplatesAreChecked) {
  const auto with = [](const std::string& pattern) {
    return Arguments{"upscale", "a.png", "b.png", "-o", "out", "--output-template", pattern};
  };
  expect_usage_error(with("{stem}_{number}.{ext}"), "no field {number}");
  expect_usage_error(with("{stem"), "no partner");
  expect_usage_error(with("stem}.png"), "no partner");
  expect_usage_error(with("../{stem}.{ext}"), "leaves the output folder");
  expect_usage_error(with("/{stem}.{ext}"), "leaves the output folder");
  expect_usage_error(with("{dir}/"), "names no file");
}

TEST(Usage, CudaIsRefusedWhereItIsMissing) {
  const std::string reason = device_unavailable_reason(Device::cuda);
  if (reason.empty()) GTEST_SKIP() << "there is a GPU";
  const Scratch scratch;
  save_picture(scratch / "a.png");
  const Outcome outcome = run({"upscale", (scratch / "a.png").string(), "-o", (scratch / "b.png").string(), "-m",
                               tiny_model(2), "--device", "cuda"});
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_EQ(lines_of(outcome.err).size(), 1u) << outcome.err;
  EXPECT_TRUE(contains(outcome.err, reason)) << outcome.err;
  EXPECT_TRUE(contains(outcome.err, "--device cpu")) << outcome.err;
}

TEST(Usage, FormatsWithoutAWriterAreRefusedBeforeTheRun) {
  if (build_info().opencv) GTEST_SKIP() << "this build writes every format";
  const Scratch scratch;
  save_picture(scratch / "a.png");
  expect_usage_error({"upscale", (scratch / "a.png").string(), "-o", (scratch / "b.webp").string()}, "webp");
}

TEST(Usage, LostStandardOutputIsAnError) {
  if (::access("/dev/full", W_OK) != 0) GTEST_SKIP() << "no /dev/full here";
  const Outcome outcome = run({"--version"}, {.standard_output = "/dev/full"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_TRUE(contains(outcome.err, "nalasr: standard output: ")) << outcome.err;
}

}  // namespace
}  // namespace nalasr::test
