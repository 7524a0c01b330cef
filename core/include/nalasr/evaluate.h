// Measures a model as the literature does: upscale a low-resolution picture and compare with the original.
//
//     nalasr::Evaluator evaluator(model);
//     auto quality = evaluator.evaluate("Set5/baby.png");
//     std::cout << quality->psnr_y << " dB\n";
//
// Thread safety: one thread at a time.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "nalasr/model.h"
#include "nalasr/plan.h"
#include "nalasr/result.h"

namespace nalasr {

/// PSNR (dB) and SSIM on BT.601 luma without a border of `scale` pixels.
struct PictureQuality {
  double psnr_y = 0;
  double ssim_y = 0;
};

class Evaluator {
 public:
  explicit Evaluator(std::shared_ptr<const Model> model, int threads = 0, Precision precision = Precision::mixed,
                     Device device = Device::automatic);
  ~Evaluator();

  /// Crops `hr` to a multiple of the scale. The low-resolution picture is `lr` where given; otherwise it is made by
  /// antialiased Keys cubic (a = −0.5) and rounded to 8 bit. `tile` > 0 computes in tiles of that many low-resolution
  /// pixels with 8 pixels of context to each side, to compare; 0 = the whole picture at once.
  /// Errors: those of ImageReader and make_plan; invalid_argument (sizes do not fit); device_unavailable.
  Result<PictureQuality> evaluate(const std::filesystem::path& hr, const std::optional<std::filesystem::path>& lr = {},
                                  int tile = 0);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace nalasr
