// Weights in the order in which warps read them: every lane finds its operands of two products in 16 bytes.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

namespace nalasr::cuda {

/// A matrix as a function, so that nothing is copied before it is packed: element (output, input).
using Weight = std::function<float(int output, int input)>;

/// Operand B of tokens [16][inputs] · weights [inputs][outputs]: [step][pair of 8 outputs][lane][4 words]. `vector`
/// names the Layout in which tokens hold their inputs, `output_vector` that of the result.
/// `inputs` and `outputs`: multiples of 16.
std::vector<std::uint32_t> pack_operand_b(const Weight& weight, int inputs, int outputs, int vector, int output_vector);

/// Operand A of weights [outputs][inputs] · tokens [inputs][8]: [16 outputs][step][lane][4 words]. Rows g and g + 8 of
/// a fragment are neighbouring outputs, as the rotary embedding pairs them.
std::vector<std::uint32_t> pack_operand_a(const Weight& weight, int inputs, int outputs, int vector);

/// Neighbours as pairs of float16.
std::vector<std::uint32_t> pack_pairs(const std::vector<float>& values);

}  // namespace nalasr::cuda
