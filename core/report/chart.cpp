#include "report/chart.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

#include "base/text.h"
#include "report/comparison_words.h"

namespace nalasr {
namespace {

constexpr double kWidth = 480, kHeight = 320;
// On the left there is room for "256 MiB" in the larger letters of a phone.
constexpr double kLeft = 82, kRight = 16, kTop = 14, kBottom = 46;
constexpr double kBarHeight = 40, kCutRatio = 4;

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", value);
  return text;
}

std::string line(double x1, double y1, double x2, double y2, const char* css) {
  return "<line class=\"" + std::string(css) + "\" x1=\"" + number(x1) + "\" y1=\"" + number(y1) + "\" x2=\"" +
         number(x2) + "\" y2=\"" + number(y2) + "\"/>";
}

std::string text(double x, double y, const char* css, const std::string& what) {
  return "<text class=\"" + std::string(css) + "\" x=\"" + number(x) + "\" y=\"" + number(y) + "\">" + escaped(what) +
         "</text>";
}

std::string svg(const std::string& title, double height, const std::string& body) {
  return "<svg viewBox=\"0 0 " + number(kWidth) + " " + number(height) + "\" role=\"img\" aria-label=\"" +
         escaped(title) + "\">" + body + "</svg>\n";
}

/// Positions on a logarithmic axis from `low` to `high`.
struct LogAxis {
  double low, high, from, to;
  [[nodiscard]] double at(double value) const {
    return from + (std::log(value) - std::log(low)) / (std::log(high) - std::log(low)) * (to - from);
  }
};

/// Ticks at powers of a step that people read: 16 for bytes (MiB, GiB, TiB), 10 for seconds.
std::vector<double> ticks(double low, double high, ChartUnit unit) {
  const double step = unit == ChartUnit::bytes ? 16 : 10;
  const double one = unit == ChartUnit::bytes ? 1 << 20 : 1;
  std::vector<double> all;
  for (double power = std::floor(std::log(low / one) / std::log(step) + 1e-9);; ++power) {
    all.push_back(one * std::pow(step, power));
    if (all.back() >= high * (1 - 1e-9)) return all;
  }
}

std::string short_tokens(double tokens) {
  char out[32];
  if (tokens >= 1e6) {
    std::snprintf(out, sizeof out, "%.3gM", tokens / 1e6);
  } else {
    std::snprintf(out, sizeof out, tokens >= 1e3 ? "%.3gK" : "%.0f", tokens >= 1e3 ? tokens / 1e3 : tokens);
  }
  return out;
}

std::string tick_text(double value, ChartUnit unit) {
  if (unit == ChartUnit::seconds) {
    char text[32];
    std::snprintf(text, sizeof text, value < 1 ? "%g ms" : "%g s", value < 1 ? value * 1e3 : value);
    return text;
  }
  std::string out = format_bytes(static_cast<std::uint64_t>(value));
  if (const auto zero = out.find(".0 "); zero != std::string::npos) out.erase(zero, 2);
  return out;
}

}  // namespace

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string marker(Method method, double x, double y, bool hollow) {
  static constexpr const char* kShapes[] = {
      "M-5,0a5,5 0 1 0 10,0a5,5 0 1 0 -10,0z",  // circle
      "M-4.5,-4.5h9v9h-9z",                     // square
      "M0,-6L6,0L0,6L-6,0z",                    // diamond
      "M0,-5.5L5.5,4.5H-5.5z",                  // triangle
      "M0,5.5L5.5,-4.5H-5.5z",                  // triangle upside down
      "M-2,-6h4v4h4v4h-4v4h-4v-4h-4v-4h4z",     // plus
      "M-5.5,-3h11v6h-11z",                     // bar
  };
  return "<path class=\"mark m-" + std::string(to_string(method)) + (hollow ? " hollow" : "") +
         "\" transform=\"translate(" + number(x) + "," + number(y) + ")\" d=\"" + kShapes[static_cast<int>(method)] +
         "\"/>";
}

std::string log_chart(const std::string& title, const std::vector<ChartLine>& lines, ChartUnit unit) {
  double low_x = std::numeric_limits<double>::max(), high_x = 0, low_y = low_x, high_y = 0;
  std::vector<double> stops;
  for (const ChartLine& l : lines)
    for (const ChartPoint& p : l.points) {
      low_x = std::min(low_x, p.x), high_x = std::max(high_x, p.x);
      low_y = std::min(low_y, p.y), high_y = std::max(high_y, p.y);
      stops.push_back(p.x);
    }
  if (stops.empty()) return "";
  const std::vector<double> marks = ticks(low_y, high_y, unit);
  if (low_x == high_x) low_x *= 0.5, high_x *= 2;
  const LogAxis x{low_x, high_x, kLeft + 18, kWidth - kRight - 18};
  const LogAxis y{marks.front(), std::max(marks.back(), marks.front() * 2), kHeight - kBottom, kTop};
  std::string body;
  for (const double tick : marks) {
    body += line(kLeft, y.at(tick), kWidth - kRight, y.at(tick), "grid");
    body += text(kLeft - 8, y.at(tick) + 5, "end", tick_text(tick, unit));
  }
  std::sort(stops.begin(), stops.end());
  double last = -1e9;
  for (const double stop : stops) {
    if (x.at(stop) - last < 60) continue;  // labels must not touch
    last = x.at(stop);
    body += line(last, kHeight - kBottom, last, kHeight - kBottom + 5, "tick") +
            text(last, kHeight - kBottom + 20, "middle", short_tokens(stop));
  }
  body += text((kLeft + kWidth - kRight) / 2, kHeight - 6, "middle", "tokens (pixels of the input)");
  // The first one last, so that ours lies on top.
  for (auto l = lines.rbegin(); l != lines.rend(); ++l) {
    for (std::size_t i = 1; i < l->points.size(); ++i) {
      const ChartPoint &a = l->points[i - 1], &b = l->points[i];
      const std::string css =
          "line m-" + std::string(to_string(l->method)) + (a.measured && b.measured ? "" : " dashed");
      body += line(x.at(a.x), y.at(a.y), x.at(b.x), y.at(b.y), css.c_str());
    }
  }
  for (auto l = lines.rbegin(); l != lines.rend(); ++l)
    for (const ChartPoint& p : l->points) body += marker(l->method, x.at(p.x), y.at(p.y), !p.measured);
  return svg(title, kHeight, body);
}

std::string bar_chart(const std::string& title, const std::vector<ChartBar>& bars) {
  std::vector<double> sorted;
  for (const ChartBar& b : bars) sorted.push_back(b.value);
  std::sort(sorted.rbegin(), sorted.rend());
  if (sorted.empty()) return "";
  std::size_t longest = 0;
  while (longest + 1 < sorted.size() && sorted[longest] > kCutRatio * sorted[longest + 1]) ++longest;
  const double full = kWidth - 4;
  std::string body;
  double y = 0;
  for (const ChartBar& b : bars) {
    const bool cut = b.value > sorted[longest];
    const double length = cut ? full : std::max(2.0, full * b.value / sorted[longest]);
    std::string label = format_bytes(static_cast<std::uint64_t>(b.value));
    if (!b.measured) label += ", computed";
    if (cut) label += ", bar cut";
    body += text(2, y + 15, "name", to_string(b.method)) + text(kWidth - 2, y + 15, "end value", label);
    body += "<rect class=\"bar m-" + std::string(to_string(b.method)) + (b.measured ? "" : " hollow") +
            "\" x=\"2\" y=\"" + number(y + 20) + "\" width=\"" + number(length) + "\" height=\"12\" rx=\"2\"/>";
    if (cut)
      for (const double at : {0.86, 0.88})  // two slanted gaps say: longer than drawn
        body += line(full * at - 3, y + 34, full * at + 5, y + 18, "gap");
    y += kBarHeight;
  }
  return svg(title, y, body);
}

std::string timeline_chart(const std::string& title, const std::vector<MemorySample>& samples, bool of_device,
                           std::uint64_t predicted) {
  if (samples.size() < 2) return "";
  double highest = static_cast<double>(predicted);
  for (const MemorySample& s : samples) highest = std::max(highest, static_cast<double>(of_device ? s.device : s.host));
  highest = std::max(highest * 1.08, 1.0);
  const double end = std::max(samples.back().seconds, 1e-9), bottom = kHeight - kBottom;
  const auto x = [&](double seconds) { return kLeft + seconds / end * (kWidth - kRight - kLeft); };
  const auto y = [&](double bytes) { return bottom - bytes / highest * (bottom - kTop); };
  std::string body;
  // Round steps: 1, 2 or 5 times a power of ten, in MiB.
  const double mib = 1 << 20;
  double step = std::pow(10, std::floor(std::log10(highest / mib)));
  step *= highest / mib / step > 5 ? 2 : highest / mib / step > 2 ? 1 : 0.5;
  for (double tick = 0; tick * mib <= highest; tick += step) {
    char label[32];
    std::snprintf(label, sizeof label, "%g MiB", tick);
    body += line(kLeft, y(tick * mib), kWidth - kRight, y(tick * mib), "grid") +
            text(kLeft - 8, y(tick * mib) + 5, "end", label);
  }
  std::string path = "M" + number(x(0)) + "," + number(bottom);
  for (const MemorySample& s : samples)
    path += "L" + number(x(s.seconds)) + "," + number(y(static_cast<double>(of_device ? s.device : s.host)));
  path += "L" + number(x(end)) + "," + number(bottom) + "z";
  body += "<path class=\"area m-nala-strips\" d=\"" + path + "\"/>";
  if (predicted > 0) {
    const double at = y(static_cast<double>(predicted));
    body += line(kLeft, at, kWidth - kRight, at, "predicted") +
            text(kLeft + 6, at - 6, "start", "predicted before it began: " + format_bytes(predicted));
  }
  body += text(kLeft, bottom + 20, "start", "0 s") +
          text((kLeft + kWidth - kRight) / 2, bottom + 20, "middle", "time since the run began") +
          text(kWidth - kRight, bottom + 20, "end", duration(end));
  return svg(title, kHeight, body);
}

}  // namespace nalasr
