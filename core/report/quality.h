// PSNR and SSIM on luma, as the super-resolution literature measures them.
#pragma once

#include <vector>

namespace nalasr {

/// Luma of 8-bit RGB by ITU-R BT.601 (studio range 16..235), not rounded: 16 + (65.481 R + 128.553 G + 24.966 B)/255.
/// rgb: interleaved, values 0..255.
std::vector<double> luma_bt601(const unsigned char* rgb, int width, int height);

/// Peak signal-to-noise ratio in dB (peak 255) without the outer `border` pixels; infinite for equal pictures.
double psnr(const std::vector<double>& a, const std::vector<double>& b, int width, int height, int border);

/// Structural similarity, mean over the picture without `border`: Gaussian window 11×11, σ = 1.5, K1 = 0.01, K2 = 0.03,
/// L = 255, windows wholly inside (Wang et al. 2004). 1 for pictures too small for a window and equal.
double ssim(const std::vector<double>& a, const std::vector<double>& b, int width, int height, int border);

}  // namespace nalasr
