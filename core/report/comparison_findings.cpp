// What a comparison says, in numbers and in one sentence.
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "base/text.h"
#include "nalasr/comparison_report.h"
#include "report/comparison_words.h"

namespace nalasr {
namespace {

constexpr std::uint64_t kClaimedTokens[] = {70'752, 307'200};

/// How much less `ours` is than `other`, in percent.
double percent_less(std::uint64_t ours, std::uint64_t other) {
  return 100 * (1 - static_cast<double>(ours) / static_cast<double>(other));
}

Finding against(const ComparisonEntry& rival, std::uint64_t ours) {
  Finding finding{.measured = rival.run.has_value()};
  const std::uint64_t theirs = finding.measured ? rival.run->peak() : rival.computed;
  const double less = percent_less(ours, theirs);
  finding.amount = less >= 0 ? percent(less) + " less" : percent(-less) + " more";
  finding.rival =
      std::string(to_string(rival.method)) + (finding.measured ? " (" : " would need (") + format_bytes(theirs) + ")";
  return finding;
}

}  // namespace

std::string percent(double value) {
  char text[32];
  std::snprintf(text, sizeof text, value >= 99.9 && value < 100 ? "%.2f%%" : "%.1f%%", value);
  return text;
}

std::string grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (int at = static_cast<int>(text.size()) - 3; at > 0; at -= 3) text.insert(static_cast<std::size_t>(at), ",");
  return text;
}

std::string duration(double seconds) {
  char text[32];
  if (seconds < 1) {
    std::snprintf(text, sizeof text, "%.3g ms", seconds * 1e3);
  } else {
    std::snprintf(text, sizeof text, seconds < 100 ? "%.3g s" : "%.0f s", seconds);
  }
  return text;
}

std::string grouped_number(const std::string& number) {
  const std::size_t point = std::min(number.find('.'), number.size());
  if (number.find_first_not_of("0123456789") < point) return number;
  return grouped(std::stoull(number.substr(0, point))) + number.substr(point);
}

Findings findings(const Comparison& c) {
  const ComparisonEntry* const ours = c.chosen();
  if (ours == nullptr || !ours->run) return {.ours = "NaLaSR's own run is not in this comparison", .against = {}};
  Findings found{.ours = "At " + grouped(ours->tokens()) + " tokens (" + size_text(*ours) + ") NaLaSR needs " +
                         format_bytes(ours->run->peak()) + (c.device == Device::cuda ? " of GPU memory" : ""),
                 .against = {}};
  for (const ComparisonEntry& e : c.entries) {
    if (e.method == Method::nala_strips || e.width != ours->width || e.height != ours->height) continue;
    if (e.run || e.computed > 0) found.against.push_back(against(e, ours->run->peak()));
  }
  return found;
}

std::string headline(const Comparison& c) {
  const Findings found = findings(c);
  std::string text = found.ours;
  for (std::size_t i = 0; i < found.against.size(); ++i) {
    const Finding& f = found.against[i];
    text += (i == 0 ? ", " : "; ") + f.amount + " than " + f.rival + (f.measured ? "" : " [computed]");
  }
  return text + ".";
}

std::string claim_sentence(const Comparison& c) {
  std::string reached, missed;
  for (const ClaimRow& row : claim_rows(c)) {
    if (!row.known) continue;
    std::string& list = row.reached() ? reached : missed;
    list += (list.empty() ? "" : ", ") + std::string(to_string(row.rival)) + " at " + grouped(row.tokens) +
            (row.measured ? "" : " (computed)");
  }
  std::string text =
      reached.empty() ? "92.3% is reached against none of them" : "92.3% or more is reached against " + reached;
  if (!missed.empty()) text += reached.empty() ? ": not against " + missed : "; it is not reached against " + missed;
  return text + ".";
}

std::vector<ClaimRow> claim_rows(const Comparison& c) {
  std::vector<ClaimRow> rows;
  for (const std::uint64_t tokens : kClaimedTokens)
    for (const Method rival : kAllMethods) {
      if (is_ours(rival)) continue;
      ClaimRow row{.tokens = tokens, .rival = rival};
      for (const ComparisonEntry& e : c.entries) {
        if (e.method != rival || e.tokens() != tokens) continue;
        const ComparisonEntry* const ours = c.find(Method::nala_strips, e.width, e.height);
        if (ours == nullptr || !ours->run || (!e.run && e.computed == 0)) continue;
        row.known = true;
        row.measured = e.run.has_value();
        row.less = percent_less(ours->run->peak(), e.run ? e.run->peak() : e.computed);
      }
      rows.push_back(row);
    }
  return rows;
}

std::optional<double> memory_slope(const Comparison& c, Method method) {
  double n = 0, sx = 0, sy = 0, sxx = 0, sxy = 0;
  for (const ComparisonEntry& e : c.entries) {
    if (e.method != method || !e.run || e.run->peak() == 0) continue;
    const double x = std::log(static_cast<double>(e.tokens())), y = std::log(static_cast<double>(e.run->peak()));
    n += 1, sx += x, sy += y, sxx += x * x, sxy += x * y;
  }
  const double spread = n * sxx - sx * sx;
  if (n < 2 || spread < 1e-9) return {};
  return (n * sxy - sx * sy) / spread;
}

}  // namespace nalasr
