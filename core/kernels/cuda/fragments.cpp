#include "kernels/cuda/fragments.h"

#include "base/half.h"
#include "kernels/cuda/layout.h"

namespace nalasr::cuda {
namespace {

int channel_of(int vector, int index) { return vector == 8 ? Layout<8>::of_index(index) : Layout<4>::of_index(index); }

/// Two float16 in one word, the first in the low half.
std::uint32_t word(float first, float second) {
  return float_to_half(first) | static_cast<std::uint32_t>(float_to_half(second)) << 16;
}

}  // namespace

std::vector<std::uint32_t> pack_operand_b(const Weight& weight, int inputs, int outputs, int vector,
                                          int output_vector) {
  std::vector<std::uint32_t> packed;
  for (int step = 0; step < inputs / 16; ++step)
    for (int pair = 0; pair < outputs / 16; ++pair)
      for (int lane = 0; lane < 32; ++lane)
        for (int i = 0; i < 4; ++i) {
          const int output = channel_of(output_vector, 16 * pair + i / 2 * 8 + lane / 4);
          const int k = 16 * step + 2 * (lane % 4) + i % 2 * 8;
          packed.push_back(word(weight(output, channel_of(vector, k)), weight(output, channel_of(vector, k + 1))));
        }
  return packed;
}

std::vector<std::uint32_t> pack_operand_a(const Weight& weight, int inputs, int outputs, int vector) {
  std::vector<std::uint32_t> packed;
  for (int tile = 0; tile < outputs / 16; ++tile)
    for (int step = 0; step < inputs / 16; ++step)
      for (int lane = 0; lane < 32; ++lane)
        for (int i = 0; i < 4; ++i) {
          const int output = 16 * tile + 2 * (lane / 4) + i % 2;
          const int k = 16 * step + 2 * (lane % 4) + i / 2 * 8;
          packed.push_back(word(weight(output, channel_of(vector, k)), weight(output, channel_of(vector, k + 1))));
        }
  return packed;
}

std::vector<std::uint32_t> pack_pairs(const std::vector<float>& values) {
  std::vector<std::uint32_t> pairs;
  for (std::size_t i = 0; i + 1 < values.size(); i += 2) pairs.push_back(word(values[i], values[i + 1]));
  return pairs;
}

}  // namespace nalasr::cuda
