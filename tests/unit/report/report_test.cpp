// The forms of a comparison: what they say, and that programs can read them back.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "nalasr/comparison_report.h"
#include "report/chart.h"
#include "report/comparison_words.h"

namespace nalasr::test {
namespace {

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

ComparisonEntry measured(Method method, int width, int height, std::uint64_t peak, std::vector<double> seconds) {
  ComparisonEntry e{.method = method, .width = width, .height = height};
  e.run = MethodRun{.method = method, .width = width, .height = height};
  e.run->host_peak = peak;
  e.run->seconds = std::move(seconds);
  e.run->code = "LibTorch \"2\", <b>";
  e.run->precision = "mixed";
  e.run->timeline = {{0.0, 0, 0}, {0.5, peak, 0}, {1.0, peak / 2, 0}};
  return e;
}

ComparisonEntry computed(Method method, int width, int height, std::uint64_t bytes) {
  ComparisonEntry e{.method = method, .width = width, .height = height};
  e.computed = bytes;
  e.reason = "it would need, say, \"all\" | of it <now>";
  return e;
}

Comparison example() {
  Comparison c;
  c.version = "0.1.0";
  c.command_line = "nalasr compare --input <&'\">.png";
  c.machine = "a <machine>";
  c.model = "light";
  c.precision = "mixed";
  c.entries = {measured(Method::nala_strips, 100, 100, 10 << 20, {1, 3, 2}),
               measured(Method::softmax_flash, 100, 100, 40 << 20, {4}),
               measured(Method::nala_strips, 264, 268, 50 << 20, {9}),
               measured(Method::softmax_flash, 264, 268, 250 << 20, {90, 100}),
               computed(Method::softmax_materialised, 264, 268, 40ULL << 30),
               measured(Method::softmax_tiled, 264, 268, 25 << 20, {20})};
  return c;
}

TEST(Report, HeadlineNamesEveryRivalAndMarksWhatIsComputed) {
  EXPECT_EQ(
      headline(example()),
      "At 70,752 tokens (264×268) NaLaSR needs 50.0 MiB, 80.0% less than softmax-flash (250.0 MiB); 99.9% less than "
      "softmax-materialised would need (40.0 GiB) [computed]; 2.0 times as much as softmax-tiled (25.0 MiB).");
}

TEST(Report, NumbersReadAtOnce) {
  EXPECT_EQ(percent(92.34), "92.3%");
  EXPECT_EQ(percent(99.94), "99.9%");
  EXPECT_EQ(percent(99.96), "99.96%");
  EXPECT_EQ(percent(99.99902), "99.999%");  // not all of it
  EXPECT_EQ(percent(100), "100.0%");
  const auto text = [](std::uint64_t ours, std::uint64_t theirs) {
    const Standing s = standing(ours, theirs);
    return s.amount + " " + s.link + (s.more ? " !" : "");
  };
  EXPECT_EQ(text(100, 1000), "90.0% less than");
  EXPECT_EQ(text(1000, 1000), "the same as");
  EXPECT_EQ(text(1098, 1000), "9.8% more than !");
  EXPECT_EQ(text(7152, 1000), "7.2 times as much as !");
  EXPECT_EQ(text(12'345'678, 1000), "12,346 times as much as !");
  EXPECT_EQ(duration(0.02704), "27.0 ms");
  EXPECT_EQ(duration(0.99961), "1.00 s");
  EXPECT_EQ(duration(228.6), "229 s");
  EXPECT_EQ(per_token(2.7e9, 100'000), "27,000");
  EXPECT_EQ(per_token(532, 10), "53.2");
}

TEST(Report, MedianOfOddAndEvenCounts) {
  EXPECT_DOUBLE_EQ(example().entries[0].run->median_seconds(), 2);
  EXPECT_DOUBLE_EQ(example().entries[3].run->median_seconds(), 95);
}

TEST(Report, SlopeIsThatOfThePower) {
  Comparison c;
  for (const int side : {10, 20, 40}) {
    const auto n = static_cast<std::uint64_t>(side) * side;
    c.entries.push_back(measured(Method::nala_eager, side, side, 500 * n, {1}));
    c.entries.push_back(measured(Method::softmax_materialised, side, side, 16 * n * n, {1}));
  }
  c.entries.push_back(computed(Method::nala_eager, 80, 80, 1));  // must not bend the measured line
  EXPECT_NEAR(*memory_slope(c, Method::nala_eager), 1, 1e-6);
  EXPECT_NEAR(*memory_slope(c, Method::softmax_materialised), 2, 1e-6);
  EXPECT_FALSE(memory_slope(c, Method::softmax_flash));
}

TEST(Report, SlopeByFormulaSaysSo) {
  Comparison c;
  for (const int side : {10, 100}) {
    const auto n = static_cast<std::uint64_t>(side) * side;
    c.entries.push_back(computed(Method::softmax_materialised, side, side, 16 * n * n));
    c.entries.push_back(measured(Method::nala_eager, side, side, 500 * n, {1}));
  }
  EXPECT_EQ(slope_text(c, Method::softmax_materialised), "slope 2.00 by formula");
  EXPECT_EQ(slope_text(c, Method::nala_eager), "slope 1.00");
  EXPECT_EQ(slope_text(c, Method::softmax_flash), "");
  EXPECT_TRUE(contains(html_report(c), "softmax-materialised · slope 2.00 by formula"));
  EXPECT_TRUE(contains(markdown_report(c), "nala-eager slope 1.00; softmax-materialised slope 2.00 by formula."));
}

TEST(Report, FormulasAreHeldAgainstWhatRan) {
  Comparison c = example();
  EXPECT_EQ(formulas_sentence(c), "");
  c.entries[1].computed = 32 << 20;
  c.entries[3].computed = 250 << 20;
  c.entries[5].computed = 50 << 20;
  EXPECT_EQ(formulas_sentence(c),
            "What ran here took, as a multiple of what its formula says: softmax-flash 1.00 to 1.25 and softmax-tiled "
            "0.50.");
  EXPECT_TRUE(contains(html_report(c), "softmax-tiled 0.50."));
}

TEST(Report, ClaimSaysPlainlyWhoNeedsLess) {
  const Comparison c = example();
  const auto sentences = claim_sentences(c);
  ASSERT_EQ(sentences.size(), 2u);
  EXPECT_EQ(sentences[0],
            "At 70,752 tokens NaLaSR needs 50.0 MiB. 92.3% less or better is reached against softmax-materialised "
            "(computed); it is not reached against softmax-flash. softmax-tiled (25.0 MiB) needs "
            "less memory than NaLaSR.");
  EXPECT_TRUE(contains(sentences[1], "Tiles take the least memory"));
  const std::string page = html_report(c);
  EXPECT_TRUE(contains(page, "✗ needs less than NaLaSR"));
  EXPECT_TRUE(contains(page, "<b class=\"no\">2.0 times</b>"));
  EXPECT_TRUE(contains(markdown_report(c), "| 70,752 | softmax-tiled | 25.0 MiB | 2.0 times as much | no |"));

  Comparison elsewhere = c;
  for (ComparisonEntry& e : elsewhere.entries) e.width = 100, e.height = 90;
  EXPECT_TRUE(claim_sentences(elsewhere).empty());
  EXPECT_TRUE(contains(html_report(elsewhere), kClaimElsewhere));
  EXPECT_TRUE(contains(markdown_report(elsewhere), kClaimElsewhere));
}

TEST(Report, ClaimIsReachedOnlyWhereItIs) {
  for (const ClaimRow& row : claim_rows(example())) {
    SCOPED_TRACE(to_string(row.rival));
    if (row.tokens != 70'752 || row.rival == Method::nala_eager || row.rival == Method::softmax_window) {
      EXPECT_FALSE(row.known);
      EXPECT_FALSE(row.reached());
      continue;
    }
    EXPECT_TRUE(row.known);
    EXPECT_EQ(row.measured, row.rival != Method::softmax_materialised);
    EXPECT_EQ(row.reached(), row.rival == Method::softmax_materialised) << row.less;
  }
}

TEST(Report, JsonComesBackAsItWas) {
  const Comparison c = example();
  const auto back = parse_comparison(json_report(c));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(json_report(*back), json_report(c));
  EXPECT_EQ(back->command_line, c.command_line);
  ASSERT_EQ(back->entries.size(), c.entries.size());
  EXPECT_EQ(back->entries[0].run->timeline.size(), 3u);
  EXPECT_FALSE(back->entries[4].run);
  EXPECT_EQ(back->entries[4].reason, c.entries[4].reason);
  for (const char* broken : {"", "{}", "[1]", "{\"format\": \"another\"}", "{\"format\": \"nalasr-comparison-1\"}"})
    EXPECT_EQ(parse_comparison(broken).error().code, ErrorCode::corrupt) << broken;
  EXPECT_EQ(parse_method_run("{\"method\": \"nala-magic\"}").error().code, ErrorCode::corrupt);
}

/// The fields of one line of RFC 4180; lines here hold no line breaks within quotes.
std::vector<std::string> fields(const std::string& line) {
  std::vector<std::string> out(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"') {
      out.back() += line[i++];
    } else if (line[i] == '"') {
      quoted = !quoted;
    } else if (line[i] == ',' && !quoted) {
      out.emplace_back();
    } else {
      out.back() += line[i];
    }
  }
  return out;
}

TEST(Report, CsvHasAsManyFieldsOnEveryLine) {
  const Comparison c = example();
  std::istringstream text(csv_report(c));
  std::vector<std::vector<std::string>> rows;
  for (std::string line; std::getline(text, line);) {
    ASSERT_EQ(line.back(), '\r');
    rows.push_back(fields(line.substr(0, line.size() - 1)));
  }
  ASSERT_EQ(rows.size(), c.entries.size() + 1);
  for (const auto& row : rows) EXPECT_EQ(row.size(), rows[0].size());
  const auto value = [&](std::size_t row, const std::string& name) {
    return rows[row][std::find(rows[0].begin(), rows[0].end(), name) - rows[0].begin()];
  };
  EXPECT_EQ(value(1, "status"), "measured");
  EXPECT_EQ(value(1, "peak_bytes"), std::to_string(10 << 20));
  EXPECT_EQ(value(1, "seconds_median"), "2");
  EXPECT_EQ(value(1, "code"), "LibTorch \"2\", <b>");
  EXPECT_EQ(value(5, "status"), "computed");
  EXPECT_EQ(value(5, "peak_bytes"), "");  // a computed number is no peak
  EXPECT_EQ(value(5, "computed_bytes"), std::to_string(40ULL << 30));
  EXPECT_EQ(value(5, "reason"), c.entries[4].reason);
}

TEST(Report, PageEscapesAndStandsAlone) {
  const std::string page = html_report(example());
  EXPECT_TRUE(contains(page, "--input &lt;&amp;&#39;&quot;&gt;.png"));
  EXPECT_TRUE(contains(page, "a &lt;machine&gt;"));
  EXPECT_TRUE(contains(page, "| of it &lt;now&gt;"));
  EXPECT_FALSE(contains(page, "<now>"));
  EXPECT_FALSE(contains(page, "<machine>"));
  for (const char* outside : {"<script", "http:", "https:", "src=", "@import", "url("})
    EXPECT_FALSE(contains(page, outside)) << outside;
  for (const char* broken : {"nan", "inf\"", "-nan"}) EXPECT_FALSE(contains(page, broken)) << broken;
  EXPECT_TRUE(contains(page, "prefers-color-scheme:dark"));
  EXPECT_TRUE(contains(page, "name=\"viewport\""));
}

TEST(Report, PageOfNothingMeasuredIsStillAPage) {
  Comparison c = example();
  c.entries = {computed(Method::nala_eager, 10, 10, 1000)};
  EXPECT_TRUE(contains(html_report(c), "own run is not in this comparison"));
  c.entries.clear();
  EXPECT_TRUE(contains(html_report(c), "</html>"));
}

TEST(Report, MarkdownKeepsItsColumns) {
  std::istringstream text(markdown_report(example()));
  std::string line;
  std::getline(text, line);
  EXPECT_EQ(line, headline(example()));
  int rows = 0;
  while (std::getline(text, line)) {
    if (line.rfind("| nala-", 0) != 0 && line.rfind("| softmax-", 0) != 0) continue;
    ++rows;
    int bars = 0;
    for (std::size_t i = 0; i < line.size(); ++i) bars += line[i] == '|' && (i == 0 || line[i - 1] != '\\');
    EXPECT_EQ(bars, 13) << line;
  }
  EXPECT_EQ(rows, 6);
}

TEST(Chart, ComputedPointsAreHollowAndDashed) {
  const std::vector<ChartLine> lines{{Method::softmax_flash, {{100, 1e6, true}, {1000, 1e7, false}}}};
  const std::string svg = log_chart("t", lines, ChartUnit::bytes);
  EXPECT_TRUE(contains(svg, "m-softmax-flash dashed"));
  EXPECT_TRUE(contains(svg, "m-softmax-flash hollow"));
  EXPECT_FALSE(
      contains(log_chart("t", {{Method::softmax_flash, {{100, 1e6}, {1000, 1e7}}}}, ChartUnit::bytes), "hollow"));
}

TEST(Chart, LongBarsAreCutAndSaySo) {
  const std::string svg = bar_chart("t", {{Method::nala_strips, 1 << 20}, {Method::softmax_materialised, 1e12, false}});
  EXPECT_TRUE(contains(svg, "931.3 GiB, computed, bar cut"));
  EXPECT_FALSE(contains(bar_chart("t", {{Method::nala_strips, 100}, {Method::nala_whole, 300}}), "cut"));
}

TEST(Check, WorseIsSaidAndBetterIsNot) {
  const Comparison stored = example();
  EXPECT_EQ(check(stored, stored).compared, 5);
  EXPECT_TRUE(check(stored, stored).worse.empty());

  Comparison now = example();
  now.entries[0].run->host_peak = now.entries[0].run->host_peak * 104 / 100;
  now.entries[0].run->seconds = {2.3};
  now.entries[1].run->host_peak /= 2;
  EXPECT_TRUE(check(now, stored).worse.empty());
  now.entries[0].run->host_peak = stored.entries[0].run->host_peak * 106 / 100;
  ASSERT_EQ(check(now, stored).worse.size(), 1u);
  EXPECT_EQ(check(now, stored).worse[0], "nala-strips at 100×100: the peak grew from 10.0 MiB to 10.6 MiB (+6.0%)");
  now.entries[0].run->seconds = {2.5};
  EXPECT_EQ(check(now, stored).worse.size(), 2u);
  now.machine = "another";  // where times mean nothing
  EXPECT_EQ(check(now, stored).worse.size(), 1u);
  EXPECT_EQ(check(now, stored).notes.size(), 1u);

  Comparison failed = example();
  failed.entries[0].run.reset();
  EXPECT_EQ(check(failed, stored).worse.size(), 1u);
}

}  // namespace
}  // namespace nalasr::test
