#include "image/cmyk.h"

#ifdef NALASR_HAS_LCMS2
#include <lcms2.h>
#endif

namespace nalasr {
namespace {

class PlainCmyk final : public CmykToRgb {
 public:
  explicit PlainCmyk(bool inverted) : mask_(inverted ? 0 : 255) {}

  void convert(const unsigned char* cmyk, unsigned char* rgb, int pixels) const override {
    for (int i = 0; i < pixels; ++i, cmyk += 4, rgb += 3) {
      const int white = cmyk[3] ^ mask_;  // 255 - black
      for (int c = 0; c < 3; ++c) rgb[c] = static_cast<unsigned char>(((cmyk[c] ^ mask_) * white + 127) / 255);
    }
  }

 private:
  int mask_;
};

#ifdef NALASR_HAS_LCMS2
class ProfileCmyk final : public CmykToRgb {
 public:
  explicit ProfileCmyk(cmsHTRANSFORM transform) : transform_(transform) {}
  ~ProfileCmyk() override { cmsDeleteTransform(transform_); }
  ProfileCmyk(const ProfileCmyk&) = delete;
  ProfileCmyk& operator=(const ProfileCmyk&) = delete;

  void convert(const unsigned char* cmyk, unsigned char* rgb, int pixels) const override {
    cmsDoTransform(transform_, cmyk, rgb, static_cast<cmsUInt32Number>(pixels));
  }

 private:
  cmsHTRANSFORM transform_;
};

std::unique_ptr<CmykToRgb> through_profile(std::span<const std::byte> icc, bool inverted) {
  if (icc.empty()) return nullptr;
  cmsHPROFILE from = cmsOpenProfileFromMem(icc.data(), static_cast<cmsUInt32Number>(icc.size()));
  if (from == nullptr) return nullptr;
  cmsHTRANSFORM transform = nullptr;
  if (cmsGetColorSpace(from) == cmsSigCmykData) {
    if (cmsHPROFILE srgb = cmsCreate_sRGBProfile()) {
      const cmsUInt32Number layout = inverted ? TYPE_CMYK_8_REV : TYPE_CMYK_8;
      // Some profiles tell no black point; without compensation they still work.
      for (const cmsUInt32Number flags : {cmsUInt32Number{cmsFLAGS_BLACKPOINTCOMPENSATION}, cmsUInt32Number{0}}) {
        transform = cmsCreateTransform(from, layout, srgb, TYPE_RGB_8, INTENT_RELATIVE_COLORIMETRIC, flags);
        if (transform != nullptr) break;
      }
      cmsCloseProfile(srgb);
    }
  }
  cmsCloseProfile(from);
  if (transform == nullptr) return nullptr;
  return std::make_unique<ProfileCmyk>(transform);
}
#endif

}  // namespace

std::unique_ptr<CmykToRgb> CmykToRgb::create([[maybe_unused]] std::span<const std::byte> icc, bool inverted) {
#ifdef NALASR_HAS_LCMS2
  if (auto exact = through_profile(icc, inverted)) return exact;
#endif
  return std::make_unique<PlainCmyk>(inverted);
}

}  // namespace nalasr
