// PSNR, SSIM and the evaluation protocol.
#include <gtest/gtest.h>

#include <filesystem>

#include "nalasr/evaluate.h"
#include "nalasr/image.h"
#include "report/quality.h"
#include "unit/engine/network_support.h"

namespace nalasr::test {
namespace {

TEST(Quality, PsnrOfAKnownError) {
  const std::vector<double> a(40 * 30, 100.0);
  std::vector<double> b(a);
  for (double& v : b) v += 5;
  b[0] = 0;  // in the border, so it must not count
  EXPECT_NEAR(psnr(a, b, 40, 30, 4), 10 * std::log10(255.0 * 255.0 / 25), 1e-9);
  EXPECT_TRUE(std::isinf(psnr(a, a, 40, 30, 0)));
}

TEST(Quality, SsimOfConstantPictures) {
  const std::vector<double> a(40 * 30, 100.0), b(40 * 30, 120.0);
  const double c1 = 6.5025;  // (0.01 · 255)²; without variance only the luminance term is left
  EXPECT_NEAR(ssim(a, b, 40, 30, 2), (2 * 100 * 120 + c1) / (100.0 * 100 + 120 * 120 + c1), 1e-9);
  EXPECT_NEAR(ssim(a, a, 40, 30, 2), 1, 1e-12);
}

TEST(Quality, LumaOfBlackWhiteAndRed) {
  const unsigned char rgb[] = {0, 0, 0, 255, 255, 255, 255, 0, 0};
  const std::vector<double> y = luma_bt601(rgb, 3, 1);
  EXPECT_NEAR(y[0], 16, 1e-9);
  EXPECT_NEAR(y[1], 235, 1e-9);
  EXPECT_NEAR(y[2], 81.481, 1e-9);
}

/// Goldens computed once with the training package's evaluation (models/training) on the same rendered pictures are
/// kept in models/manifest.json; here the protocol's mechanics: given LR equals made LR, tiles differ from the whole.
TEST(Evaluate, GivenLowResolutionPictureCountsLikeTheOneItMakes) {
  const auto folder = std::filesystem::temp_directory_path() / ("nalasr_evaluate_" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  const auto write = [&](const char* name, int width, int height, auto&& sample) {
    ImageInfo info;
    info.width = width;
    info.height = height;
    auto writer = ImageWriter::create(folder / name, ImageFormat::png, info, {}, {});
    std::vector<std::byte> row(info.row_bytes());
    for (int y = 0; y < height; ++y) {
      for (int i = 0; i < width * 3; ++i) row[i] = static_cast<std::byte>(sample(i / 3, y));
      EXPECT_TRUE((*writer)->write_rows({row.data(), width, 1, row.size()}));
    }
    EXPECT_TRUE((*writer)->commit());
  };
  // A horizontal ramp stays a ramp under symmetric downscaling: its LR picture is known in closed form away from edges.
  write("hr.png", 81, 65, [](int x, int) { return 2 * x; });
  write("lr.png", 40, 32, [](int x, int) { return 4 * x + 1; });
  write("wrong.png", 30, 32, [](int, int) { return 7; });

  ModelSpec spec;
  spec.scale = 2;
  spec.dim = 16;
  spec.heads = 1;
  spec.blocks = 2;
  spec.scopes.assign(2, {});
  Evaluator evaluator(random_model(spec, 31), 2);
  const auto made = evaluator.evaluate(folder / "hr.png");
  const auto given = evaluator.evaluate(folder / "hr.png", folder / "lr.png");
  ASSERT_TRUE(made) << made.error().message;
  ASSERT_TRUE(given) << given.error().message;
  EXPECT_NEAR(made->psnr_y, given->psnr_y, 1.0);
  EXPECT_FALSE(evaluator.evaluate(folder / "hr.png", folder / "wrong.png"));
  EXPECT_FALSE(evaluator.evaluate(folder / "absent.png"));
  const auto tiled = evaluator.evaluate(folder / "hr.png", {}, 16);
  ASSERT_TRUE(tiled);
  EXPECT_NE(tiled->psnr_y, made->psnr_y);  // attention sees less in a tile
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace nalasr::test
