#include "units.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <utility>

namespace nalasr::app {
namespace {

Error bad(std::string_view text, const std::string& wanted, const std::string& hint) {
  return {ErrorCode::invalid_argument, "\"" + std::string(text) + "\" is not " + wanted, hint};
}

// The number at the start of `text`; `rest` is what follows. from_chars knows no locale: 1.5 is 1.5 everywhere.
bool leading_number(std::string_view text, double& value, std::string_view& rest) {
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || !std::isfinite(value)) return false;
  rest = text.substr(static_cast<std::size_t>(end - text.data()));
  return true;
}

}  // namespace

Result<std::uint64_t> parse_size(std::string_view text) {
  const Error problem = bad(text, "a size", "for example 512M, 1.5G or 2GiB; K, M, G, T are powers of 1024");
  double value = 0;
  std::string_view rest;
  if (!leading_number(text, value, rest) || value <= 0) return problem;
  std::string unit(rest);
  std::transform(unit.begin(), unit.end(), unit.begin(), [](unsigned char c) { return std::tolower(c); });
  if (!unit.empty() && unit.front() == ' ') unit.erase(0, 1);
  static constexpr std::array<std::pair<const char*, int>, 14> kUnits{{{"", 0},
                                                                       {"b", 0},
                                                                       {"k", 10},
                                                                       {"kb", 10},
                                                                       {"kib", 10},
                                                                       {"m", 20},
                                                                       {"mb", 20},
                                                                       {"mib", 20},
                                                                       {"g", 30},
                                                                       {"gb", 30},
                                                                       {"gib", 30},
                                                                       {"t", 40},
                                                                       {"tb", 40},
                                                                       {"tib", 40}}};
  const auto* const known =
      std::find_if(kUnits.begin(), kUnits.end(), [&unit](const auto& entry) { return unit == entry.first; });
  if (known == kUnits.end()) return problem;
  if (known->second == 0 && value != std::floor(value)) return problem;  // half a byte is a forgotten suffix
  const double bytes = std::ldexp(value, known->second);
  if (bytes < 1 || bytes > 0x1p62) return problem;
  return static_cast<std::uint64_t>(bytes);
}

Result<std::uint64_t> parse_count(std::string_view text) {
  const Error problem = bad(text, "a number", "for example 800000, 50M or 1.5G; K, M, G are powers of 1000");
  double value = 0;
  std::string_view unit;
  if (!leading_number(text, value, unit)) return problem;
  constexpr std::string_view kUnits = "kmg";
  const std::size_t power = unit.empty() ? 0 : kUnits.find(static_cast<char>(std::tolower(unit.front()))) + 1;
  if (unit.size() > 1 || (!unit.empty() && power == 0)) return problem;
  value *= std::pow(1000.0, static_cast<double>(power));
  if (value < 1 || value > 1e18 || value != std::floor(value)) return problem;
  return static_cast<std::uint64_t>(value);
}

Result<double> parse_scale(std::string_view text) {
  double value = 0;
  std::string_view rest;
  if (!leading_number(text, value, rest) || !rest.empty()) {
    return bad(text, "a scale", "give a number such as 2, 4 or 1.5");
  }
  if (value < 1 || value > kMaxScale) return bad(text, "a scale from 1 to 8", "");
  return value;
}

Result<double> parse_share(std::string_view text) {
  double value = 0;
  std::string_view rest;
  if (!leading_number(text, value, rest) || !rest.empty() || value < 0 || value > 1) {
    return bad(text, "a number from 0 to 1", "");
  }
  return value;
}

Result<int> parse_whole(std::string_view text, int low, int high) {
  int value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size() || value < low || value > high) {
    return bad(text, "a whole number from " + std::to_string(low) + " to " + std::to_string(high), "");
  }
  return value;
}

std::string mebibytes(std::uint64_t bytes) {
  char text[40];
  const bool small = bytes > 0 && bytes < (1 << 20) / 10;  // 0.0 MiB would say nothing
  std::snprintf(text, sizeof text, small ? "%.1f KiB" : "%.1f MiB",
                static_cast<double>(bytes) / (small ? 1 << 10 : 1 << 20));
  return text;
}

std::string seconds(double s) {
  char text[40];
  std::snprintf(text, sizeof text, s < 10 ? "%.2f s" : "%.1f s", s);
  return text;
}

std::string clock(double s) {
  const auto total = static_cast<long long>(std::clamp(std::ceil(s), 0.0, 3.6e8));
  char text[40];
  if (total >= 3600) {
    std::snprintf(text, sizeof text, "%lld:%02lld:%02lld", total / 3600, total / 60 % 60, total % 60);
  } else {
    std::snprintf(text, sizeof text, "%lld:%02lld", total / 60, total % 60);
  }
  return text;
}

std::string scale_text(double scale) {
  char text[40];
  std::snprintf(text, sizeof text, "%.6g", scale);
  return text;
}

}  // namespace nalasr::app
