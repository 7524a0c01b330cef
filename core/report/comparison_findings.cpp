// What a comparison says, in numbers and in one sentence.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <utility>

#include "base/text.h"
#include "nalasr/comparison_report.h"
#include "report/comparison_words.h"

namespace nalasr {
namespace {

constexpr std::uint64_t kClaimedTokens[] = {70'752, 307'200};

Finding against(const ComparisonEntry& rival, std::uint64_t ours) {
  const bool measured = rival.run.has_value();
  const std::uint64_t theirs = measured ? rival.run->peak() : rival.computed;
  return {.standing = standing(ours, theirs),
          .rival = std::string(to_string(rival.method)) + (measured ? "" : " would need"),
          .bytes = format_bytes(theirs),
          .measured = measured};
}

/// "a, b and c".
std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i)
    text += (i == 0 ? "" : i + 1 == names.size() ? " and " : ", ") + names[i];
  return text;
}

std::string claim_at(std::uint64_t tokens, const std::vector<ClaimRow>& rows) {
  std::vector<std::string> reached, missed, smaller;
  std::uint64_t ours = 0;
  for (const ClaimRow& row : rows) {
    if (!row.known || row.tokens != tokens) continue;
    ours = row.ours;
    const std::string name = to_string(row.rival);
    if (row.theirs < row.ours) {
      smaller.push_back(name + " (" + format_bytes(row.theirs) + (row.measured ? ")" : ", computed)"));
    } else {
      (row.reached() ? reached : missed).push_back(name + (row.measured ? "" : " (computed)"));
    }
  }
  if (ours == 0) return "";
  std::string text = "At " + grouped(tokens) + " tokens NaLaSR needs " + format_bytes(ours) + ". 92.3% less or better ";
  text += reached.empty() ? "is reached against none" : "is reached against " + listed(reached);
  if (!missed.empty()) text += (reached.empty() ? ": not against " : "; it is not reached against ") + listed(missed);
  text += ".";
  if (!smaller.empty())
    text += " " + listed(smaller) + (smaller.size() == 1 ? " needs" : " need") + " less memory than NaLaSR.";
  return text;
}

/// Least squares through the logarithms of pairs of tokens and bytes.
std::optional<double> slope(const std::vector<std::pair<std::uint64_t, std::uint64_t>>& points) {
  double n = 0, sx = 0, sy = 0, sxx = 0, sxy = 0;
  for (const auto& [tokens, bytes] : points) {
    if (bytes == 0) continue;
    const double x = std::log(static_cast<double>(tokens)), y = std::log(static_cast<double>(bytes));
    n += 1, sx += x, sy += y, sxx += x * x, sxy += x * y;
  }
  const double spread = n * sxx - sx * sx;
  if (n < 2 || spread < 1e-9) return {};
  return (n * sxy - sx * sy) / spread;
}

}  // namespace

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
    text += (i == 0 ? ", " : "; ") + f.standing.amount + " " + f.standing.link + " " + f.rival + " (" + f.bytes + ")" +
            (f.measured ? "" : " [computed]");
  }
  return text + ".";
}

std::string formulas_sentence(const Comparison& c) {
  std::vector<std::string> list;
  for (const Method m : kAllMethods) {
    double low = std::numeric_limits<double>::max(), high = 0;
    for (const ComparisonEntry& e : c.entries) {
      if (e.method != m || !e.run || e.computed == 0) continue;
      const double ratio = static_cast<double>(e.run->peak()) / static_cast<double>(e.computed);
      low = std::min(low, ratio), high = std::max(high, ratio);
    }
    if (high == 0) continue;
    char text[64];
    std::snprintf(text, sizeof text, high - low < 0.005 ? " %.2f" : " %.2f to %.2f", low, high);
    list.push_back(to_string(m) + std::string(text));
  }
  return list.empty() ? "" : "What ran here took, as a multiple of what its formula says: " + listed(list) + ".";
}

std::vector<std::string> claim_sentences(const Comparison& c) {
  const std::vector<ClaimRow> rows = claim_rows(c);
  std::vector<std::string> sentences;
  for (const std::uint64_t tokens : kClaimedTokens)
    if (std::string text = claim_at(tokens, rows); !text.empty()) sentences.push_back(std::move(text));
  if (std::any_of(rows.begin(), rows.end(),
                  [](const ClaimRow& r) { return r.known && r.rival == Method::softmax_tiled && r.theirs < r.ours; }))
    sentences.emplace_back(
        "Tiles take the least memory, for they are computed one at a time. What they give up is the picture: none sees "
        "beyond its 64 pixels and the 8 around them.");
  return sentences;
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
        row.ours = ours->run->peak();
        row.theirs = e.run ? e.run->peak() : e.computed;
        row.less = percent_less(row.ours, row.theirs);
      }
      rows.push_back(row);
    }
  return rows;
}

std::optional<double> memory_slope(const Comparison& c, Method method) {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> points;
  for (const ComparisonEntry& e : c.entries)
    if (e.method == method && e.run) points.emplace_back(e.tokens(), e.run->peak());
  return slope(points);
}

std::optional<double> computed_slope(const Comparison& c, Method method) {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> points;
  for (const ComparisonEntry& e : c.entries)
    if (e.method == method) points.emplace_back(e.tokens(), e.computed);
  return slope(points);
}

std::string slope_text(const Comparison& c, Method method) {
  const auto measured = memory_slope(c, method), known = measured ? measured : computed_slope(c, method);
  if (!known) return "";
  char text[40];
  std::snprintf(text, sizeof text, "slope %.2f%s", *known, measured ? "" : " by formula");
  return text;
}

}  // namespace nalasr
