// A comparison as people and programs read it.
//
//     std::ofstream("report.html") << nalasr::html_report(comparison);
//     for (const std::string& line : nalasr::check(now, stored).worse) std::cerr << line << '\n';
//
// Thread safety: pure functions.
#pragma once

#include <string>
#include <vector>

#include "nalasr/comparison.h"

namespace nalasr {

/// One self-contained page: no scripts, nothing from outside, light and dark, for screens, phones and paper.
std::string html_report(const Comparison& comparison);
std::string markdown_report(const Comparison& comparison);
/// One line per method and picture; RFC 4180, bytes and seconds as plain numbers, empty where not measured.
std::string csv_report(const Comparison& comparison);
std::string json_report(const Comparison& comparison);
/// The inverse of json_report. Errors: corrupt.
Result<Comparison> parse_comparison(const std::string& json);

/// "At 70,752 tokens (264×268) NaLaSR needs 40 MiB, 97% less than nala-eager (1.5 GiB), ...".
std::string headline(const Comparison& comparison);

/// The paper's "92.3% less peak memory" against what was measured or computed here.
struct ClaimRow {
  std::uint64_t tokens = 0;
  Method rival = Method::softmax_flash;
  bool known = false;                  ///< whether both sides are in this comparison
  bool measured = false;               ///< the rival's number; ours always is
  double less = 0;                     ///< percent; negative: ours needs more
  std::uint64_t ours = 0, theirs = 0;  ///< bytes
  [[nodiscard]] bool reached() const { return known && less >= kClaimedPercent; }
  static constexpr double kClaimedPercent = 92.3;
};
/// At 70,752 and 307,200 tokens, for every rival in the comparison.
std::vector<ClaimRow> claim_rows(const Comparison& comparison);

/// Slope of log(peak) over log(tokens) through a method's measured points: 1 linear, 2 quadratic. Empty below two.
std::optional<double> memory_slope(const Comparison& comparison, Method method);

/// What became worse since `stored`: peaks by more than 5%, median times by more than 20%. Times are compared only
/// where machine and driver are the same. `compared` counts the measured pairs.
struct CheckOutcome {
  std::vector<std::string> worse, notes;
  int compared = 0;
};
CheckOutcome check(const Comparison& now, const Comparison& stored);

}  // namespace nalasr
