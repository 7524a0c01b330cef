// Computed peaks of other methods, and the readouts of memory.
#include "nalasr/comparison.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "base/buffer.h"
#include "nalasr/memory.h"
#include "report/memory_sampler.h"

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

TEST(Memory, SamplerSeesARunAndForgetsTheOneBefore) {
  using std::chrono::milliseconds;
  constexpr std::size_t kBytes = 64 << 20;
  MemorySampler sampler(-1);
  for (int run = 0; run < 20; ++run) {  // its thread looks while this one begins anew and reads
    sampler.restart();
    std::this_thread::sleep_for(milliseconds(1));
    EXPECT_LE(sampler.timeline().size(), 120u);
  }
  sampler.restart();
  Buffer<unsigned char> taken(kBytes);
  for (std::size_t i = 0; i < kBytes; i += 4096) taken.data()[i] = 1;
  std::this_thread::sleep_for(milliseconds(50));
  sampler.stop();
  const auto samples = sampler.timeline();
  ASSERT_FALSE(samples.empty());
  EXPECT_GT(samples.back().host, kBytes * 9 / 10);
  EXPECT_LT(samples.front().seconds, samples.back().seconds);
  EXPECT_EQ(sampler.device_peak(), 0u);
  sampler.restart();
  EXPECT_TRUE(sampler.timeline().empty());  // it has stopped: nobody looks
}

}  // namespace
}  // namespace nalasr::test
