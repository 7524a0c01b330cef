// How the forms of a report write numbers.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "nalasr/comparison.h"

namespace nalasr {

std::string percent(double value);            ///< "92.3%"
std::string grouped(std::uint64_t number);    ///< "70,752"
std::string duration(double seconds);         ///< "37.9 s", "59.9 ms"

/// What and how it was measured: names and values.
std::vector<std::pair<std::string, std::string>> conditions(const Comparison& comparison);

inline std::string size_text(const ComparisonEntry& e) {
  return std::to_string(e.width) + "×" + std::to_string(e.height);
}

}  // namespace nalasr
