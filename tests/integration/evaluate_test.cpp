// nalasr evaluate: where and how precisely it computes, and what it refuses.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "integration/cli_support.h"
#include "source_folder.h"

namespace nalasr::test {
namespace {

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

const ProcessOptions kWithoutGpu{.environment = {{"CUDA_VISIBLE_DEVICES", ""}}};

class Evaluate : public testing::Test {
 protected:
  // A real picture and real weights: the figures of a random network would hardly move with its precision.
  void SetUp() override {
    const TestPicture whole = load(source_folder() + "/resources/samples/street.png");
    TestPicture corner = make_picture(160, 128, whole.info.channels, whole.info.bits);
    ASSERT_GE(whole.info.width, corner.info.width);
    ASSERT_GE(whole.info.height, corner.info.height);
    const std::size_t row = corner.info.row_bytes();
    for (std::size_t y = 0; y < 128; ++y)
      std::copy_n(&whole.pixels[y * whole.info.row_bytes()], row, &corner.pixels[y * row]);
    save(corner, scratch_ / "originals/street.png");
  }

  Outcome evaluate(const Arguments& more, const ProcessOptions& options = {}) const {
    Arguments all{"evaluate", "--hr", (scratch_ / "originals").string(), "-m", "light", "--json"};
    all.insert(all.end(), more.begin(), more.end());
    return run(all, options);
  }

  // What it prints where it succeeds and has nothing to complain about.
  std::string figures(const Arguments& more, const ProcessOptions& options = {}) const {
    const Outcome outcome = evaluate(more, options);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_EQ(outcome.err, "");
    EXPECT_EQ(lines_of(outcome.out).size(), 2u) << outcome.out;  // the picture, the mean
    return outcome.out;
  }

  void expect_refused(const Arguments& more, int exit_code, const std::string& part,
                      const ProcessOptions& options = {}) const {
    const Outcome outcome = evaluate(more, options);
    EXPECT_EQ(outcome.exit_code, exit_code) << outcome.err;
    EXPECT_EQ(outcome.out, "");
    EXPECT_EQ(lines_of(outcome.err).size(), 1u) << outcome.err;
    EXPECT_EQ(outcome.err.rfind("nalasr: ", 0), 0u) << outcome.err;
    EXPECT_TRUE(contains(outcome.err, part)) << outcome.err;
  }

  Scratch scratch_;
};

double psnr_in(const std::string& figures) { return nlohmann::json::parse(lines_of(figures).back()).at("psnr_y"); }

TEST_F(Evaluate, PrecisionsAgreeWithoutBeingTheSame) {
  const std::string mixed = figures({"--device", "cpu", "--precision", "mixed"});
  const std::string fp32 = figures({"--device", "cpu", "--precision", "fp32"});
  EXPECT_NE(mixed, fp32);
  EXPECT_NEAR(psnr_in(mixed), psnr_in(fp32), 0.02);
  EXPECT_GT(psnr_in(fp32), 20);  // else the two would agree about a spoilt picture
  EXPECT_EQ(figures({"--device", "cpu"}), mixed);
}

// Where there is a GPU, the processor that was named must compute to the last digit as if there were none.
TEST_F(Evaluate, WithoutAGpuAutomaticIsTheProcessor) {
  const std::string named = figures({"--device", "cpu"});
  EXPECT_EQ(figures({}, kWithoutGpu), named);
  EXPECT_EQ(figures({"--device", "auto"}, kWithoutGpu), named);
}

TEST_F(Evaluate, CudaIsRefusedWhereItIsMissing) {
  expect_refused({"--device", "cuda"}, 3, "use --device cpu", kWithoutGpu);
  // Before it looks for pictures, which would be the other thing to complain about.
  std::filesystem::remove(scratch_ / "originals/street.png");
  expect_refused({"--device", "cuda"}, 3, "use --device cpu", kWithoutGpu);
}

TEST_F(Evaluate, WrongUsageIsToldInOneLine) {
  expect_refused({"--device", "nonsense"}, 2, "--device: \"nonsense\" is not a device; use auto, cpu or cuda");
  for (const char* gpus : {"cuda:1", "cuda:0,cuda:1"}) {
    SCOPED_TRACE(gpus);
    expect_refused({"--device", gpus}, 2, "--device: one GPU at a time; choose it by CUDA_VISIBLE_DEVICES");
  }
  expect_refused({"--precision", "half"}, 2, "--precision: \"half\" is not a precision; use mixed or fp32");
}

}  // namespace
}  // namespace nalasr::test
