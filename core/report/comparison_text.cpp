// A comparison as Markdown and as CSV.
#include <algorithm>
#include <sstream>

#include "base/text.h"
#include "nalasr/comparison_report.h"
#include "report/comparison_words.h"

namespace nalasr {
namespace {

constexpr int kMeasuredColumns = 12;  // of the CSV, that only a run fills

/// Cells of one line; a bar would end a cell.
std::string row(const std::vector<std::string>& cells) {
  std::string line = "|";
  for (const std::string& cell : cells) {
    line += ' ';
    for (const char c : cell) line += c == '|' ? std::string("\\|") : c == '\n' ? std::string(" ") : std::string(1, c);
    line += " |";
  }
  return line + "\n";
}

std::string quoted(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

std::string bytes_or_dash(std::uint64_t bytes) { return bytes > 0 ? format_bytes(bytes) : "–"; }

std::vector<std::string> cells(const ComparisonEntry& e) {
  std::vector<std::string> out{to_string(e.method), size_text(e), grouped(e.tokens())};
  if (!e.run) {
    const std::string need = e.computed > 0 ? format_bytes(e.computed) + " (computed)" : "–";
    out.insert(out.end(), {need, "–", "–", "–", "–", "–", "–", "–", "not measured: " + e.reason});
    return out;
  }
  const MethodRun& r = *e.run;
  const auto [low, high] = std::minmax_element(r.seconds.begin(), r.seconds.end());
  out.push_back(format_bytes(r.peak()));
  out.push_back(bytes_or_dash(r.predicted_peak));
  out.push_back(per_token(static_cast<double>(r.peak()), e.tokens()));
  out.push_back(bytes_or_dash(r.device_reserved));
  out.push_back(bytes_or_dash(r.device_driver));
  out.push_back(format_bytes(r.host_peak) + " / " + format_bytes(r.host_total));
  out.push_back(duration(r.median_seconds()) + " (" + duration(*low) + "–" + duration(*high) + ")");
  out.push_back(per_token(r.median_seconds() * 1e9, e.tokens()));
  out.push_back(r.code + ", " + r.precision);
  return out;
}

std::string slopes(const Comparison& c) {
  std::string list;
  for (const Method m : kAllMethods)
    if (const std::string text = slope_text(c, m); !text.empty())
      list += (list.empty() ? "" : "; ") + std::string(to_string(m)) + " " + text;
  if (list.empty()) return "";
  return "\nGrowth of the peak with the tokens (slope 1: twice the picture, twice the memory; 2: four times): " + list +
         ".\n";
}

std::string claim_part(const Comparison& c) {
  const std::vector<std::string> sentences = claim_sentences(c);
  if (sentences.empty()) return std::string(kClaimElsewhere) + "\n";
  std::string text;
  for (const std::string& sentence : sentences) text += sentence + "\n\n";
  text += row({"tokens", "rival", "its peak", "NaLaSR needs", "92.3% reached"});
  text += row(std::vector<std::string>(5, "---"));
  for (const ClaimRow& claim : claim_rows(c)) {
    if (!claim.known) continue;
    const Standing s = standing(claim.ours, claim.theirs);
    text += row({grouped(claim.tokens), to_string(claim.rival),
                 format_bytes(claim.theirs) + (claim.measured ? "" : " (computed)"),
                 s.amount + (s.link == "as much as" ? " as much" : ""), claim.reached() ? "yes" : "no"});
  }
  return text;
}

}  // namespace

std::string markdown_report(const Comparison& c) {
  std::string text = headline(c) + "\n\n# Peak memory compared\n\n";
  text += row({"method", "picture", "tokens", "peak", "predicted", "bytes/token", "reserved", "driver",
               "host peak / process", "time, median (min–max)", "ns/token", "code"});
  text += row(std::vector<std::string>(12, "---"));
  for (const ComparisonEntry& e : c.entries) text += row(cells(e));
  text += slopes(c) + "\n## The published claim: 92.3% less peak memory\n\n" + claim_part(c);
  if (const std::string formulas = formulas_sentence(c); !formulas.empty()) text += "\n" + formulas + "\n";
  text += "\n## How it was measured\n\n";
  for (const auto& [name, value] : conditions(c)) text += "- " + name + ": " + value + "\n";
  return text;
}

std::string csv_report(const Comparison& c) {
  std::ostringstream out;
  out << "method,width,height,tokens,status,peak_bytes,computed_bytes,predicted_bytes,device_allocated_bytes,"
         "device_reserved_bytes,device_driver_bytes,host_peak_bytes,host_total_bytes,seconds_median,seconds_min,"
         "seconds_max,device,precision,code,reason\r\n";
  for (const ComparisonEntry& e : c.entries) {
    out << to_string(e.method) << ',' << e.width << ',' << e.height << ',' << e.tokens() << ','
        << (e.run            ? "measured"
            : e.computed > 0 ? "computed"
                             : "missing")
        << ',';
    if (e.run) out << e.run->peak();
    out << ',';
    if (e.computed > 0) out << e.computed;
    out << ',';
    if (e.run) {
      const MethodRun& r = *e.run;
      const auto [low, high] = std::minmax_element(r.seconds.begin(), r.seconds.end());
      out << r.predicted_peak << ',' << r.device_allocated << ',' << r.device_reserved << ',' << r.device_driver << ','
          << r.host_peak << ',' << r.host_total << ',' << r.median_seconds() << ',' << *low << ',' << *high << ','
          << to_string(r.device) << ',' << r.precision << ',' << quoted(r.code) << ',';
    } else {
      out << std::string(kMeasuredColumns, ',');
    }
    out << quoted(e.reason) << "\r\n";
  }
  return out.str();
}

std::vector<std::pair<std::string, std::string>> conditions(const Comparison& c) {
  std::vector<std::pair<std::string, std::string>> lines{
      {"Machine", c.machine},
      {"GPU and driver", c.driver.empty() ? "none took part" : c.driver},
      {"Program", "nalasr " + c.version},
      {"Model", c.model + " ×" + std::to_string(c.scale) + ", SHA-256 " + c.model_sha256},
      {"Picture", c.picture},
      {"Precision",
       c.precision == "mixed" ? "16-bit maps: NaLaSR mixed precision, LibTorch bfloat16" : "float32 everywhere"},
      {"Runs", "a fresh process per method and picture, a 16×16 picture first, then " + std::to_string(c.warm_up) +
                   " full-size warm-up and " + std::to_string(c.repeat) +
                   " timed runs, none begun after 45 s; the median counts"},
      {"Threads", std::to_string(c.threads)},
      {"Date", c.date},
      {"Command", c.command_line}};
  return lines;
}

}  // namespace nalasr
