// The whole-image executor: the network of design.md section 1 in float64, one layer after the other over the whole
// picture, nothing fused. Slow and obvious; the strip executor is tested against it.
#pragma once

#include <vector>

#include "nalasr/model.h"

namespace nalasr {

/// rgb: [height][width][3] in [0, 1]; returns [height·s][width·s][3], not clamped.
std::vector<double> run_whole_image(const Model& model, int width, int height, const std::vector<double>& rgb);

}  // namespace nalasr
