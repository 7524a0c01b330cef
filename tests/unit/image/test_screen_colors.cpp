// ScreenColors: from the file's colours to the screen's.
#include <gtest/gtest.h>

#include "nalasr/color.h"

#ifdef NALASR_HAS_LCMS2
#include <lcms2.h>
#endif

namespace nalasr::test {
namespace {

TEST(ScreenColors, NothingToDoWithoutProfile) {
  EXPECT_EQ(ScreenColors::create({}, {}), nullptr);
  Metadata rubbish;
  rubbish.icc = std::vector<std::byte>(200, std::byte{7});
  EXPECT_EQ(ScreenColors::create({}, rubbish), nullptr);
  EXPECT_EQ(profile_name(rubbish.icc), "");
  EXPECT_EQ(profile_name({}), "");
}

#ifdef NALASR_HAS_LCMS2

std::vector<std::byte> saved(cmsHPROFILE profile) {
  cmsUInt32Number size = 0;
  cmsSaveProfileToMem(profile, nullptr, &size);
  std::vector<std::byte> bytes(size);
  cmsSaveProfileToMem(profile, bytes.data(), &size);
  cmsCloseProfile(profile);
  return bytes;
}

std::vector<std::byte> linear_rgb() {
  const cmsCIExyY white{0.3127, 0.3290, 1};
  const cmsCIExyYTRIPLE primaries{{0.64, 0.33, 1}, {0.30, 0.60, 1}, {0.15, 0.06, 1}};
  cmsToneCurve* curve = cmsBuildGamma(nullptr, 1.0);
  cmsToneCurve* curves[3] = {curve, curve, curve};
  cmsHPROFILE profile = cmsCreateRGBProfile(&white, &primaries, curves);
  cmsFreeToneCurve(curve);
  return saved(profile);
}

TEST(ScreenColors, LinearLightBecomesSrgb) {
  Metadata metadata;
  metadata.icc = linear_rgb();
  const auto colors = ScreenColors::create({}, metadata);
  ASSERT_NE(colors, nullptr);
  std::uint32_t pixels[] = {0x80373737, 0xFF000000, 0xFFFFFFFF, 0xFFFF0000};
  colors->convert(pixels, 4);
  EXPECT_NEAR(static_cast<int>(pixels[0] & 0xFF), 128, 2);  // 0x37/255 of the light is half of sRGB's scale
  EXPECT_EQ(pixels[0] >> 24, 0x80U);                        // alpha stays
  EXPECT_EQ(pixels[1], 0xFF000000U);
  EXPECT_EQ(pixels[2], 0xFFFFFFFFU);
  EXPECT_EQ(pixels[3], 0xFFFF0000U);
}

TEST(ScreenColors, SrgbOnALinearScreenIsTheWayBack) {
  const auto colors = ScreenColors::create({}, {}, linear_rgb());
  ASSERT_NE(colors, nullptr);
  std::uint32_t pixel = 0xFF808080;
  colors->convert(&pixel, 1);
  EXPECT_NEAR(static_cast<int>(pixel & 0xFF), 0x37, 2);
}

TEST(ScreenColors, GreyProfilesAndPngGamma) {
  cmsToneCurve* curve = cmsBuildGamma(nullptr, 1.0);
  Metadata metadata;
  metadata.icc = saved(cmsCreateGrayProfile(cmsD50_xyY(), curve));
  cmsFreeToneCurve(curve);
  ImageInfo grey;
  grey.channels = 1;
  const auto by_profile = ScreenColors::create(grey, metadata);
  Metadata gamma;
  gamma.gamma = 1;
  const auto by_gamma = ScreenColors::create(grey, gamma);
  for (const auto& colors : {by_profile, by_gamma}) {
    ASSERT_NE(colors, nullptr);
    std::uint32_t pixel = 0xFF373737;
    colors->convert(&pixel, 1);
    for (const int shift : {0, 8, 16}) EXPECT_NEAR(static_cast<int>(pixel >> shift & 0xFF), 128, 2);
  }
}

TEST(ScreenColors, ProfilesHaveNames) {
  cmsHPROFILE srgb = cmsCreate_sRGBProfile();
  EXPECT_NE(profile_name(saved(srgb)).find("sRGB"), std::string::npos);
}

#endif

}  // namespace
}  // namespace nalasr::test
