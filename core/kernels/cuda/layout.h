// The order in which channels lie in tensor-core fragments; host and device agree on it here.
#pragma once

#include "kernels/params.h"

#if defined(__CUDACC__)
#define NALASR_HOST_DEVICE __host__ __device__
#else
#define NALASR_HOST_DEVICE
#endif

namespace nalasr::cuda {

/// `Vector` channels lie side by side in a lane: 8 where the channels come in blocks of 32, else 4.
template <int Vector>
struct Layout {
  static_assert(Vector == 4 || Vector == 8);
  /// Channel of lane-in-quad t at slot j (0..3) of step s.
  NALASR_HOST_DEVICE static constexpr int channel(int s, int t, int j) {
    return Vector == 8 ? 32 * (s / 2) + 8 * t + 4 * (s % 2) + j : 16 * s + 4 * t + j;
  }
  /// Channel of row or column `index` of a fragment: a lane holds indices 16s + 2t, +1, +8, +9.
  NALASR_HOST_DEVICE static constexpr int of_index(int index) {
    const int r = index % 16;
    return channel(index / 16, r % 8 / 2, r / 8 * 2 + r % 2);
  }
};
constexpr int vector_of(int block) { return block % 32 == 0 ? 8 : 4; }

}  // namespace nalasr::cuda
