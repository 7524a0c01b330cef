// A comparison as one self-contained page.
#include <algorithm>

#include "base/text.h"
#include "nalasr/comparison_report.h"
#include "report/chart.h"
#include "report/comparison_words.h"
#include "report/page_style.h"

namespace nalasr {
namespace {

std::string tag(const std::string& name, const std::string& content, const std::string& css = {}) {
  return "<" + name + (css.empty() ? "" : " class=\"" + css + "\"") + ">" + content + "</" + name + ">";
}

/// With a space before it, where a narrow line may break.
constexpr const char* kComputedTag = " <span class=\"tag\">computed</span>";

std::string small_marker(Method method) {
  return "<svg viewBox=\"0 0 16 16\" aria-hidden=\"true\">" + marker(method, 8, 8, false) + "</svg>";
}

std::string figure(const std::string& title, const std::string& chart, const std::string& legend,
                   const std::string& caption) {
  if (chart.empty()) return "";
  return "<figure>" + tag("h3", escaped(title)) + chart + legend + tag("figcaption", escaped(caption)) + "</figure>\n";
}

/// Methods in the order in which the comparison has them.
std::vector<Method> methods_of(const Comparison& c) {
  std::vector<Method> methods;
  for (const Method m : kAllMethods)
    if (std::any_of(c.entries.begin(), c.entries.end(), [m](const ComparisonEntry& e) { return e.method == m; }))
      methods.push_back(m);
  return methods;
}

std::vector<ChartLine> lines_of(const Comparison& c, ChartUnit unit) {
  std::vector<ChartLine> lines;
  for (const Method m : methods_of(c)) {
    ChartLine line{.method = m};
    for (const ComparisonEntry& e : c.entries) {
      if (e.method != m) continue;
      const auto tokens = static_cast<double>(e.tokens());
      if (e.run) {
        line.points.push_back(
            {tokens, unit == ChartUnit::bytes ? static_cast<double>(e.run->peak()) : e.run->median_seconds()});
      } else if (unit == ChartUnit::bytes && e.computed > 0) {
        line.points.push_back({tokens, static_cast<double>(e.computed), false});
      }
    }
    std::sort(line.points.begin(), line.points.end(), [](const auto& a, const auto& b) { return a.x < b.x; });
    if (!line.points.empty()) lines.push_back(std::move(line));
  }
  return lines;
}

/// Names with their marks; with the slope of their memory, where it is known.
std::string legend(const Comparison& c, const std::vector<ChartLine>& lines, bool with_slope) {
  std::string items;
  for (const ChartLine& l : lines) {
    const std::string slope = with_slope ? slope_text(c, l.method) : "";
    items += tag("li", small_marker(l.method) + to_string(l.method) + (slope.empty() ? "" : " · " + slope));
  }
  return tag("ul", items, "legend");
}

std::string charts(const Comparison& c) {
  const bool gpu = c.device == Device::cuda;
  const std::string where = gpu ? "GPU memory" : "memory";
  const auto memory = lines_of(c, ChartUnit::bytes), time = lines_of(c, ChartUnit::seconds);
  std::string out =
      figure("Peak " + where + " against tokens", log_chart("Peak memory against tokens", memory, ChartUnit::bytes),
             legend(c, memory, true),
             "Both axes are logarithmic. A slope of 1 means: twice the picture, twice the memory; 2: four times; "
             "0: no more. Below 1, part of the memory does not grow with the picture. Slopes are through measured "
             "points, unless they say by formula. Hollow marks and dashed lines are computed.");
  out += figure("Time against tokens", log_chart("Time against tokens", time, ChartUnit::seconds),
                legend(c, time, false), "Both axes are logarithmic. Median of the timed runs; measured only.");
  const ComparisonEntry* const ours = c.chosen();
  if (ours == nullptr) return tag("div", out, "charts");
  std::vector<ChartBar> bars;
  for (const ComparisonEntry& e : c.entries) {
    if (e.width != ours->width || e.height != ours->height || (!e.run && e.computed == 0)) continue;
    bars.push_back({e.method, static_cast<double>(e.run ? e.run->peak() : e.computed), e.run.has_value()});
  }
  out += figure("Peak " + where + " at " + size_text(*ours), bar_chart("Peak memory at " + size_text(*ours), bars), "",
                "Linear from zero. Outlined bars are computed, not measured.");
  if (!ours->run) return tag("div", out, "charts");
  // The driver's figure includes what the driver itself takes: the plan says nothing of that.
  const bool seen = gpu && ours->run->device_driver > 0;
  out += figure(std::string(seen ? "GPU" : "Host") + " memory over time, nala-strips at " + size_text(*ours),
                timeline_chart("Memory over time", ours->run->timeline, seen, gpu ? 0 : ours->run->predicted_peak), "",
                seen ? "The last timed run, as the driver sees the card: " + format_bytes(ours->run->device_driver) +
                           ". What is above the peak of " + format_bytes(ours->run->peak()) +
                           " is CUDA's own context and code."
                     : "The last timed run: resident memory above program, weights and input.");
  return tag("div", out, "charts");
}

std::string bytes_cell(std::uint64_t bytes) { return tag("td", bytes > 0 ? format_bytes(bytes) : "–"); }

std::string entry_row(const ComparisonEntry& e, bool gpu) {
  std::string row = tag("td", small_marker(e.method) + to_string(e.method));
  if (!e.run) {
    row += e.computed > 0 ? tag("td", format_bytes(e.computed) + kComputedTag) : tag("td", "–");
    row += "<td class=\"why\" colspan=\"" + std::string(gpu ? "8" : "6") + "\">Not measured: " + escaped(e.reason) +
           "</td>";
    return tag("tr", row);
  }
  const MethodRun& r = *e.run;
  const auto [low, high] = std::minmax_element(r.seconds.begin(), r.seconds.end());
  row += tag("td", format_bytes(r.peak())) + bytes_cell(r.predicted_peak);
  row += tag("td", per_token(static_cast<double>(r.peak()), e.tokens()));
  if (gpu) row += bytes_cell(r.device_reserved) + bytes_cell(r.device_driver);
  row += tag("td", duration(r.median_seconds())) +
         tag("td", r.seconds.size() > 1 ? duration(*low) + " – " + duration(*high) : "one run");
  row += tag("td", per_token(r.median_seconds() * 1e9, e.tokens()));
  row += tag("td", gpu ? format_bytes(r.host_peak) : format_bytes(r.host_total));
  return tag("tr", row, e.method == Method::nala_strips ? "ours" : "");
}

std::string table(const Comparison& c) {
  const bool gpu = c.device == Device::cuda;
  std::string head =
      tag("th", "Method") + tag("th", "Peak") + tag("th", "Predicted beforehand") + tag("th", "Bytes per token");
  if (gpu) head += tag("th", "Reserved by the allocator") + tag("th", "Seen by the driver");
  head += tag("th", "Time, median") + tag("th", "Fastest – slowest") + tag("th", "ns per token");
  head += tag("th", gpu ? "Host memory" : "Whole process");
  std::string body;
  const ComparisonEntry* before = nullptr;
  for (const ComparisonEntry& e : c.entries) {  // a body for each picture, so that paper breaks between them
    if (before == nullptr || before->width != e.width || before->height != e.height)
      body += std::string(before == nullptr ? "" : "</tbody>") + "<tbody><tr><th colspan=\"" + (gpu ? "10" : "8") +
              "\">" +
              tag("span", grouped(e.tokens()) + " tokens: " + size_text(e) + " → " + std::to_string(e.width * c.scale) +
                              "×" + std::to_string(e.height * c.scale)) +
              "</th></tr>";
    body += entry_row(e, gpu);
    before = &e;
  }
  if (before != nullptr) body += "</tbody>";
  return tag("div", tag("table", tag("thead", tag("tr", head)) + body), "scroll");
}

std::string claim_cell(const ClaimRow& row) {
  if (!row.known) return tag("td", "–");
  const Standing s = standing(row.ours, row.theirs);
  const std::string verdict = row.reached() ? "✓ reached" : s.more ? "✗ needs less than NaLaSR" : "✗ not reached";
  return tag("td", s.amount + " " + s.link + " " + tag("span", format_bytes(row.theirs), "value") +
                       (row.measured ? "" : kComputedTag) + "<br>" +
                       tag("span", verdict, row.reached() ? "yes" : "no"));
}

std::string claim(const Comparison& c) {
  const std::vector<ClaimRow> rows = claim_rows(c);
  const std::vector<std::string> sentences = claim_sentences(c);
  if (sentences.empty()) return tag("p", kClaimElsewhere, "soft");
  std::string text, body;
  for (const std::string& sentence : sentences) text += tag("p", escaped(sentence));
  for (const Method m : kAllMethods) {
    std::string cells;
    bool any = false;
    for (const ClaimRow& row : rows)
      if (row.rival == m) cells += claim_cell(row), any = any || row.known;
    if (any) body += tag("tr", tag("td", small_marker(m) + to_string(m)) + cells);
  }
  const std::string head = tag("th", "NaLaSR needs, beside") + tag("th", "70,752 tokens") + tag("th", "307,200 tokens");
  return text + tag("div", tag("table", tag("thead", tag("tr", head)) + tag("tbody", body), "claim"), "scroll");
}

std::string explanations(const Comparison& c) {
  std::string methods;
  for (const Method m : methods_of(c))
    methods += tag("dt", small_marker(m) + to_string(m)) + tag("dd", escaped(description(m)));
  const std::string peak = c.device == Device::cuda
                               ? "The peak counts GPU memory, weights included. NaLaSR's is by how much the card's "
                                 "free memory shrank, which the driver gives in steps of 2 MiB: so it can stand that "
                                 "much above the prediction. LibTorch's is what its allocator had in use at its "
                                 "highest, the work space of cuBLAS included, which does not grow with the picture; "
                                 "reserved is what it held for that. The driver's figure is the growth of the card's "
                                 "use, CUDA's context and code included."
                               : "The peak is resident memory at its highest, above the loaded program, the weights "
                                 "and the 8-bit input; the "
                                 "8-bit result is included, because every method keeps it whole here. The program "
                                 "nalasr itself hands it on in strips.";
  return tag("p",
             "Every method upscales the same 8-bit picture in memory to an 8-bit picture in memory, with the same "
             "network "
             "and the same weights around its attention. The softmax methods do not know these weights: they show "
             "memory and time, not quality. " +
                 peak) +
         tag("p",
             "“Computed” marks what a method would need by formula, where it was not run: the tensors alive at the "
             "widest "
             "moment. What an allocator keeps beside them comes on top. No computed number is shown as measured. " +
                 formulas_sentence(c) +
                 (c.device == Device::cuda ? " Tiles are put together in host memory, which their formula counts."
                                           : "")) +
         tag("dl", methods);
}

}  // namespace

std::string html_report(const Comparison& c) {
  const Findings found = findings(c);
  std::string items;
  for (const Finding& f : found.against)
    items +=
        tag("li", tag("b", f.standing.amount, f.standing.more ? "no" : "") +
                      tag("span", f.standing.link + " " + f.rival + " " + tag("span", "(" + f.bytes + ")", "value") +
                                      (f.measured ? "" : kComputedTag)));
  std::string facts;
  for (const auto& [name, value] : conditions(c)) {
    const bool literal = name == "Command";
    facts += tag("dt", escaped(name)) + tag("dd", literal ? tag("code", escaped(value)) : escaped(value));
  }
  return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>NaLaSR: peak memory "
         "compared</title>\n"
         "<style>" +
         std::string(kPageStyle) + "</style>\n</head>\n<body>\n<main>\n" + tag("h1", escaped(found.ours)) + "\n" +
         (items.empty() ? "" : tag("ul", items, "findings")) + "\n" +
         tag("p", escaped(c.machine + (c.driver.empty() ? "" : "; " + c.driver) + "; " + c.date), "soft") + "\n" +
         charts(c) + tag("h2", "All numbers") + table(c) + tag("h2", "The published claim: 92.3% less peak memory") +
         claim(c) + tag("h2", "What was compared") + explanations(c) + tag("h2", "How it was measured") +
         tag("dl", facts) + "\n</main>\n</body>\n</html>\n";
}

}  // namespace nalasr
