// From a model's tensors to a FoldedNetwork (kernels/folded_network.h).
#pragma once

#include "kernels/folded_network.h"

namespace nalasr {

FoldedNetwork fold(const Model& model);

}  // namespace nalasr
