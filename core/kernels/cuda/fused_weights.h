// A network's weights as the fused kernels read them, in one piece of device memory.
#pragma once

#include <vector>

#include "kernels/cuda/fused.cuh"
#include "kernels/cuda/weight_store.h"
#include "kernels/folded_network.h"

namespace nalasr::cuda {

struct FusedBlock {
  AttendArgs attend;
  FfnArgs ffn;
  BarrierArgs barrier;
};

/// Argument structs with their weights filled in; maps, areas and the like are set per call.
class FusedWeights {
 public:
  explicit FusedWeights(const FoldedNetwork& network);

  std::vector<FusedBlock> blocks;
  std::vector<GroupArgs> groups;
  HeadArgs head{};
  TailArgs tail{};

  [[nodiscard]] std::size_t bytes() const { return store_.bytes(); }

 private:
  WeightStore store_;
};

}  // namespace nalasr::cuda
