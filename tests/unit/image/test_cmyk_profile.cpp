// CMYK JPEGs with an embedded profile: the colours are the profile's, and the profile goes. Built with Little CMS only.
#include <cmath>
#include <cstring>

#include <lcms2.h>

#include "unit/image/jpeg_maker.h"

namespace nalasr::test {
namespace {

// A press whose every mixture is a neutral grey: L* = 100 (1 - k) (1 - (c + m + y) / 3). The plain formula would
// give colours, so the test can tell which way was taken.
double lightness(const unsigned char* ink) {
  const double sum = (ink[0] + ink[1] + ink[2]) / (3 * 255.0);
  return 100 * (1 - ink[3] / 255.0) * (1 - sum);
}

Bytes grey_press_profile() {
  cmsHPROFILE profile = cmsCreateProfilePlaceholder(nullptr);
  cmsSetProfileVersion(profile, 2.1);
  cmsSetDeviceClass(profile, cmsSigOutputClass);
  cmsSetColorSpace(profile, cmsSigCmykData);
  cmsSetPCS(profile, cmsSigLabData);
  cmsPipeline* pipeline = cmsPipelineAlloc(nullptr, 4, 3);
  cmsStage* table = cmsStageAllocCLut16bit(nullptr, 17, 4, 3, nullptr);
  cmsStageSampleCLut16bit(
      table,
      [](const cmsUInt16Number in[], cmsUInt16Number out[], void*) -> cmsInt32Number {
        double ink[4];
        for (int i = 0; i < 4; ++i) ink[i] = in[i] / 65535.0;
        const cmsCIELab lab = {100 * (1 - ink[3]) * (1 - (ink[0] + ink[1] + ink[2]) / 3), 0, 0};
        cmsFloat2LabEncodedV2(out, &lab);
        return TRUE;
      },
      nullptr, 0);
  cmsPipelineInsertStage(pipeline, cmsAT_END, table);
  cmsWriteTag(profile, cmsSigAToB0Tag, pipeline);
  cmsPipelineFree(pipeline);
  cmsUInt32Number size = 0;
  cmsSaveProfileToMem(profile, nullptr, &size);
  Bytes bytes(size);
  cmsSaveProfileToMem(profile, bytes.data(), &size);
  cmsCloseProfile(profile);
  return bytes;
}

TEST(JpegCmyk, AnEmbeddedProfileDecidesAndIsNotCarried) {
  const Bytes profile = grey_press_profile();
  // The 17^4 table needs several segments.
  JpegSpec spec;
  spec.in_color = JCS_CMYK;
  spec.file_color = JCS_CMYK;
  spec.quality = 100;
  const std::size_t part = 65'000, count = (profile.size() + part - 1) / part;
  for (std::size_t i = 0; i < count; ++i) {
    Bytes data = bytes_of(std::string("ICC_PROFILE\0", 12));
    data.push_back(static_cast<std::byte>(i + 1));
    data.push_back(static_cast<std::byte>(count));
    data.insert(data.end(), profile.begin() + static_cast<std::ptrdiff_t>(i * part),
                profile.begin() + static_cast<std::ptrdiff_t>(std::min(profile.size(), (i + 1) * part)));
    spec.markers.emplace_back(0xE2, data);
  }
  for (const bool adobe : {true, false}) {
    spec.adobe_marker = adobe;
    const Bytes file = make_jpeg(spec, smooth_samples(spec.width, spec.height, 4));
    const Bytes cmyk = plain_decode(file, JCS_CMYK);
    const auto picture = decode(file);
    ASSERT_TRUE(picture) << picture.error().message;
    EXPECT_TRUE(picture->metadata.icc.empty());
    EXPECT_EQ(picture->metadata.srgb_intent, -1);
    double worst = 0;
    for (std::size_t i = 0; i < cmyk.size() / 4; ++i) {
      unsigned char ink[4];
      for (std::size_t c = 0; c < 4; ++c) {
        const auto v = std::to_integer<unsigned char>(cmyk[4 * i + c]);
        ink[c] = adobe ? static_cast<unsigned char>(255 - v) : v;
      }
      const double f = (lightness(ink) + 16) / 116;
      const double luminance = f > 6.0 / 29 ? f * f * f : 3 * (6.0 / 29) * (6.0 / 29) * (f - 4.0 / 29);
      const double srgb = luminance <= 0.0031308 ? 12.92 * luminance : 1.055 * std::pow(luminance, 1 / 2.4) - 0.055;
      for (std::size_t c = 0; c < 3; ++c) {
        worst = std::max(worst, std::fabs(std::to_integer<int>(picture->pixels[3 * i + c]) - 255 * srgb));
      }
    }
    EXPECT_LT(worst, 4.0) << (adobe ? "inverted" : "plain");
  }
}

TEST(JpegCmyk, AnUnusableProfileFallsBackToTheFormula) {
  JpegSpec spec;
  spec.in_color = spec.file_color = JCS_CMYK;
  const Bytes samples = smooth_samples(spec.width, spec.height, 4);
  const auto plain = decode(make_jpeg(spec, samples));
  Bytes segment = bytes_of(std::string("ICC_PROFILE\0\x01\x01", 14));
  const Bytes rubbish = random_bytes(500, 3);
  segment.insert(segment.end(), rubbish.begin(), rubbish.end());
  spec.markers = {{0xE2, segment}};
  const auto picture = decode(make_jpeg(spec, samples));
  ASSERT_TRUE(plain);
  ASSERT_TRUE(picture);
  EXPECT_EQ(picture->pixels, plain->pixels);
  EXPECT_TRUE(picture->metadata.icc.empty());
}

}  // namespace
}  // namespace nalasr::test
