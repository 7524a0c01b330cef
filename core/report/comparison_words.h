// How the forms of a report write numbers.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "nalasr/comparison.h"

namespace nalasr {

std::string percent(double value);          ///< "92.3%"
std::string grouped(std::uint64_t number);  ///< "70,752"
std::string duration(double seconds);       ///< "37.9 s", "59.9 ms"

/// The same with the digits before its decimal point grouped: "27,412", "28.9".
std::string grouped_number(const std::string& number);

/// One rival at the chosen picture: "97.4% less" than "nala-eager (1.5 GiB)".
struct Finding {
  std::string amount{}, rival{};
  bool measured = true;
};
/// What headline() says, in its parts.
struct Findings {
  std::string ours;  ///< "At 70,752 tokens (264×268) NaLaSR needs 40 MiB"
  std::vector<Finding> against;
};
Findings findings(const Comparison& comparison);

/// Against whom the published claim holds here, and against whom it does not.
std::string claim_sentence(const Comparison& comparison);

/// What and how it was measured: names and values.
std::vector<std::pair<std::string, std::string>> conditions(const Comparison& comparison);

inline std::string size_text(const ComparisonEntry& e) {
  return std::to_string(e.width) + "×" + std::to_string(e.height);
}

}  // namespace nalasr
