// Normally distributed floats, the same in every run.
#pragma once

#include <cstddef>
#include <random>
#include <vector>

namespace nalasr::cpu {

class NormalValues {
 public:
  explicit NormalValues(unsigned seed) : generator_(seed) {}

  std::vector<float> operator()(std::size_t count) {
    std::vector<float> values(count);
    for (float& v : values) v = normal_(generator_);
    return values;
  }

 private:
  std::mt19937 generator_;
  std::normal_distribution<float> normal_;
};

}  // namespace nalasr::cpu
