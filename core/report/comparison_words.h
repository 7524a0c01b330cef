// How the forms of a report write numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "nalasr/comparison.h"

namespace nalasr {

std::string percent(double value);          ///< "92.3%"; what is below 100 never reads 100
std::string grouped(std::uint64_t number);  ///< "70,752"
std::string duration(double seconds);       ///< "37.9 s", "59.0 ms": three digits
/// "27,412", "28.9", "0.51".
std::string per_token(double amount, std::uint64_t tokens);

/// By how much `ours` is below `theirs`, in percent; negative: above.
double percent_less(std::uint64_t ours, std::uint64_t theirs);

/// How one number of bytes stands to another, to be followed by the other's name: "97.4% less" "than",
/// "7.2 times" "as much as". A share says little where it is above one half: a factor is read at once.
struct Standing {
  std::string amount, link;
  bool more = false;
};
Standing standing(std::uint64_t ours, std::uint64_t theirs);

/// One rival at the chosen picture: "97.4% less" "than" "nala-eager" "1.5 GiB".
struct Finding {
  Standing standing;
  std::string rival{}, bytes{};
  bool measured = true;
};
/// What headline() says, in its parts.
struct Findings {
  std::string ours;  ///< "At 70,752 tokens (264×268) NaLaSR needs 40 MiB"
  std::vector<Finding> against;
};
Findings findings(const Comparison& comparison);

/// Against whom the published claim holds here, against whom it does not, and who needs less than NaLaSR; one text for
/// each number of tokens, and what tiles give up where they win. Empty where the claim's sizes are not in it.
std::vector<std::string> claim_sentences(const Comparison& comparison);
inline constexpr const char* kClaimElsewhere =
    "Not measured here: the claim is about 70,752 and 307,200 tokens, --sizes 264x268,640x480.";

/// memory_slope through what was computed, for a method that did not run often enough.
std::optional<double> computed_slope(const Comparison& comparison, Method method);
/// "slope 0.56", "slope 2.00 by formula"; empty where nothing can be said.
std::string slope_text(const Comparison& comparison, Method method);

/// How far the formulas were from what ran here: measured over computed, method by method. Empty where nothing was
/// both.
std::string formulas_sentence(const Comparison& comparison);

/// What and how it was measured: names and values.
std::vector<std::pair<std::string, std::string>> conditions(const Comparison& comparison);

inline std::string size_text(const ComparisonEntry& e) {
  return std::to_string(e.width) + "×" + std::to_string(e.height);
}

}  // namespace nalasr
