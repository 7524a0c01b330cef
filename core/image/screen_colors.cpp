#include <array>
#include <bit>
#include <cmath>
#include <vector>

#include "nalasr/color.h"

#ifdef NALASR_HAS_LCMS2
#include <lcms2.h>
#endif

namespace nalasr {

#ifdef NALASR_HAS_LCMS2
namespace {

using Profile = std::unique_ptr<void, decltype(&cmsCloseProfile)>;

Profile open_profile(std::span<const std::byte> icc) {
  cmsHPROFILE profile =
      icc.empty() ? nullptr : cmsOpenProfileFromMem(icc.data(), static_cast<cmsUInt32Number>(icc.size()));
  return {profile, &cmsCloseProfile};
}

// sRGB's primaries with the power curve that a PNG without a profile tells; null where it is sRGB's own or absent.
Profile gamma_profile(double file_gamma) {
  if (!(file_gamma > 0.1 && file_gamma < 10) || std::abs(file_gamma - 1 / 2.2) < 0.02) {
    return {nullptr, &cmsCloseProfile};
  }
  const cmsCIExyY white{0.3127, 0.3290, 1};
  const cmsCIExyYTRIPLE primaries{{0.64, 0.33, 1}, {0.30, 0.60, 1}, {0.15, 0.06, 1}};
  cmsToneCurve* curve = cmsBuildGamma(nullptr, 1 / file_gamma);
  cmsToneCurve* curves[3] = {curve, curve, curve};
  Profile profile{cmsCreateRGBProfile(&white, &primaries, curves), &cmsCloseProfile};
  cmsFreeToneCurve(curve);
  return profile;
}

constexpr cmsUInt32Number kPixels = std::endian::native == std::endian::little ? TYPE_BGRA_8 : TYPE_ARGB_8;

class RgbColors final : public ScreenColors {
 public:
  explicit RgbColors(cmsHTRANSFORM transform) : transform_(transform) {}
  ~RgbColors() override { cmsDeleteTransform(transform_); }
  RgbColors(const RgbColors&) = delete;
  RgbColors& operator=(const RgbColors&) = delete;
  void convert(std::uint32_t* pixels, int count) const override {
    cmsDoTransform(transform_, pixels, pixels, static_cast<cmsUInt32Number>(count));
  }

 private:
  cmsHTRANSFORM transform_;
};

// A grey profile maps one number to one colour: a table says all.
class GreyColors final : public ScreenColors {
 public:
  explicit GreyColors(cmsHTRANSFORM transform) {
    std::array<std::uint8_t, 256> greys{};
    for (std::size_t i = 0; i < greys.size(); ++i) greys[i] = static_cast<std::uint8_t>(i);
    cmsDoTransform(transform, greys.data(), table_.data(), 256);
    for (std::uint32_t& color : table_) color &= 0xFFFFFF;
    cmsDeleteTransform(transform);
  }
  void convert(std::uint32_t* pixels, int count) const override {
    for (int i = 0; i < count; ++i) pixels[i] = (pixels[i] & 0xFF000000U) | table_[pixels[i] & 0xFF];
  }

 private:
  std::array<std::uint32_t, 256> table_{};
};

}  // namespace

std::shared_ptr<const ScreenColors> ScreenColors::create(const ImageInfo& info, const Metadata& metadata,
                                                         std::span<const std::byte> screen_profile) {
  Profile from = open_profile(metadata.icc);
  const bool grey = info.channels <= 2 && from && cmsGetColorSpace(from.get()) == cmsSigGrayData;
  if (from && !grey && cmsGetColorSpace(from.get()) != cmsSigRgbData) from.reset();
  if (!from && metadata.icc.empty() && metadata.srgb_intent < 0) from = gamma_profile(metadata.gamma);
  Profile to = open_profile(screen_profile);
  if (to && cmsGetColorSpace(to.get()) != cmsSigRgbData) to.reset();
  if (!from && !to) return nullptr;
  if (!from) from.reset(cmsCreate_sRGBProfile());
  if (!to) to.reset(cmsCreate_sRGBProfile());
  // Without its one-pixel cache a transform may be used by several threads.
  const cmsUInt32Number flags = cmsFLAGS_NOCACHE | cmsFLAGS_BLACKPOINTCOMPENSATION;
  cmsHTRANSFORM transform = cmsCreateTransform(from.get(), grey ? TYPE_GRAY_8 : kPixels, to.get(), kPixels,
                                               INTENT_RELATIVE_COLORIMETRIC, flags);
  if (transform == nullptr) return nullptr;
  if (grey) return std::make_shared<GreyColors>(transform);
  return std::make_shared<RgbColors>(transform);
}

std::string profile_name(std::span<const std::byte> icc) {
  const Profile profile = open_profile(icc);
  if (!profile) return {};
  std::array<char, 256> name{};
  cmsGetProfileInfoASCII(profile.get(), cmsInfoDescription, "en", "US", name.data(), name.size());
  return name.data();
}

#else

std::shared_ptr<const ScreenColors> ScreenColors::create(const ImageInfo&, const Metadata&,
                                                         std::span<const std::byte>) {
  return nullptr;
}

std::string profile_name(std::span<const std::byte>) { return {}; }

#endif

}  // namespace nalasr
