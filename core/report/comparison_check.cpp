#include <cstdio>

#include "base/text.h"
#include "nalasr/comparison_report.h"
#include "report/comparison_words.h"

namespace nalasr {
namespace {

constexpr double kPeakGrowth = 0.05, kTimeGrowth = 0.20;

std::string growth(const std::string& what, const std::string& before, const std::string& now, double ratio) {
  char text[40];
  std::snprintf(text, sizeof text, "+%.1f%%", 100 * (ratio - 1));
  return what + " grew from " + before + " to " + now + " (" + text + ")";
}

}  // namespace

CheckOutcome check(const Comparison& now, const Comparison& stored) {
  CheckOutcome outcome;
  const bool same_machine = now.machine == stored.machine && now.driver == stored.driver;
  if (!same_machine) outcome.notes.emplace_back("times are not compared: the stored ones are of another machine");
  if (now.model_sha256 != stored.model_sha256) outcome.notes.emplace_back("the stored numbers are of another model");
  for (const ComparisonEntry& e : now.entries) {
    const ComparisonEntry* const before = stored.find(e.method, e.width, e.height);
    if (before == nullptr || !before->run) continue;
    const std::string name = std::string(to_string(e.method)) + " at " + size_text(e);
    if (!e.run) {
      outcome.worse.push_back(name + ": was measured before and was not now: " + e.reason);
      continue;
    }
    if (e.run->device != before->run->device || e.run->precision != before->run->precision) continue;
    ++outcome.compared;
    const double peaks = static_cast<double>(e.run->peak()) / static_cast<double>(before->run->peak());
    if (peaks > 1 + kPeakGrowth)
      outcome.worse.push_back(
          name + ": " + growth("the peak", format_bytes(before->run->peak()), format_bytes(e.run->peak()), peaks));
    const double times = e.run->median_seconds() / before->run->median_seconds();
    if (same_machine && times > 1 + kTimeGrowth)
      outcome.worse.push_back(
          name + ": " +
          growth("the time", duration(before->run->median_seconds()), duration(e.run->median_seconds()), times));
  }
  return outcome;
}

}  // namespace nalasr
