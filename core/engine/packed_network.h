// A folded network (kernels/folded_network.h) in the form that the CPU kernels read: packed and padded.
#pragma once

#include <vector>

#include "kernels/cpu/kernels.h"
#include "kernels/cpu/winograd.h"
#include "nalasr/model.h"
#include "nalasr/plan.h"

namespace nalasr {

/// Depthwise weights [k*k][padded channels] and bias [padded channels].
struct PackedDepthwise {
  int k = 3;
  std::vector<float> weights, bias;
};

struct PackedBlock {
  PackedDepthwise cpe1, lepe, cpe2, ffn_dw;     ///< cpe1, cpe2, ffn_dw include the identity (x + dw(x))
  cpu::PackedMatrix q, k, v_heads;              ///< columns padded per head (NaLa kernels)
  cpu::PackedMatrix v, gate;                    ///< plain columns (LePE, gate)
  std::vector<float> merge_weight, merge_bias;  ///< affine of norm_out
  cpu::PackedMatrix out;                        ///< γ₁ folded
  cpu::PackedMatrix fc1, fc2;                   ///< γ₂ folded into fc2
};

struct PackedNetwork {
  explicit PackedNetwork(const Model& model, Precision precision = Precision::fp32);

  ModelSpec spec;
  bool half_map = false;       ///< the resident map is float16
  bool bf16_products = false;  ///< products take bfloat16 operands
  NalaParams nala;
  cpu::PackedMatrix head;  ///< 3×3 over RGB rows: three segments of 9
  std::vector<PackedBlock> blocks;
  std::vector<cpu::PackedConvolution> group_convs;
  cpu::PackedMatrix tail;  ///< columns ordered (sub-row, sub-column, RGB)
};

}  // namespace nalasr
