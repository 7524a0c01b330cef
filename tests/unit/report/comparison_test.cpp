// Computed peaks of other methods, and the readouts of memory.
#include "nalasr/comparison.h"

#include <gtest/gtest.h>

#include "nalasr/memory.h"

namespace nalasr::test {
namespace {

ModelSpec light() { return ModelSpec{}; }  // its defaults are the bundled model's

TEST(ComputedPeak, EagerIsNearWhatWasMeasured) {
  // docs/performance.md: 5,510 bytes a token at 640×480.
  const double per_token = static_cast<double>(computed_peak(Method::nala_eager, light(), 640, 480)) / (640 * 480);
  EXPECT_GT(per_token, 0.9 * 5510);
  EXPECT_LT(per_token, 1.02 * 5510);
}

TEST(ComputedPeak, GrowsAsTheFormulasSay) {
  for (const Method linear : {Method::nala_eager, Method::softmax_flash}) {
    EXPECT_EQ(computed_peak(linear, light(), 512, 1024), 2 * computed_peak(linear, light(), 512, 512));
  }
  const auto small = computed_peak(Method::softmax_materialised, light(), 256, 256);
  const auto large = computed_peak(Method::softmax_materialised, light(), 512, 256);
  EXPECT_GT(large, 3.9 * small);
  // 70,752 tokens, two heads, scores and probabilities in float32: 4 × 4 × 70,752² bytes and more.
  EXPECT_GT(computed_peak(Method::softmax_materialised, light(), 70'752, 1), 16ULL * 70'752 * 70'752);
  // No overflow at the size of a large photograph.
  EXPECT_GT(computed_peak(Method::softmax_materialised, light(), 7680, 4320), std::uint64_t{1} << 53);
}

TEST(Memory, Readouts) {
  EXPECT_GT(memory_use().host, 1U << 20);
  const MachineMemory machine = machine_memory();
  EXPECT_GT(machine.total, machine.available);
  EXPECT_GT(machine.available, 1U << 20);
}

}  // namespace
}  // namespace nalasr::test
