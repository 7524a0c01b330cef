// How the forms of a report write numbers.
#include "report/comparison_words.h"

#include <cmath>
#include <cstdio>

namespace nalasr {
namespace {

std::string factor(double times) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", times);
  return times < 99.95 ? text : grouped(static_cast<std::uint64_t>(std::llround(times)));
}

}  // namespace

std::string percent(double value) {
  char text[32];
  int decimals = 1;
  // As many decimals as it takes that 99.999% does not read 100%.
  while (value < 100 && decimals < 9 && value >= 100 - std::pow(10.0, -decimals) / 2) ++decimals;
  std::snprintf(text, sizeof text, "%.*f%%", decimals, value);
  return text;
}

std::string per_token(double amount, std::uint64_t tokens) {
  const double value = amount / static_cast<double>(tokens);
  char text[32];
  std::snprintf(text, sizeof text, "%.*f", value < 9.995 ? 2 : 1, value);
  return value < 99.95 ? text : grouped(static_cast<std::uint64_t>(std::llround(value)));
}

double percent_less(std::uint64_t ours, std::uint64_t theirs) {
  return 100 * (1 - static_cast<double>(ours) / static_cast<double>(theirs));
}

Standing standing(std::uint64_t ours, std::uint64_t theirs) {
  const double less = percent_less(ours, theirs), times = static_cast<double>(ours) / static_cast<double>(theirs);
  if (std::abs(less) < 0.05) return {"the same", "as"};
  if (less > 0) return {percent(less) + " less", "than"};
  if (times < 1.5) return {percent(-less) + " more", "than", true};
  return {factor(times) + " times", "as much as", true};
}

std::string grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (int at = static_cast<int>(text.size()) - 3; at > 0; at -= 3) text.insert(static_cast<std::size_t>(at), ",");
  return text;
}

std::string duration(double seconds) {
  const bool milli = seconds < 0.9995;
  const double value = milli ? seconds * 1e3 : seconds;
  char text[32];
  std::snprintf(text, sizeof text, "%.*f %s", value < 9.995 ? 2 : value < 99.95 ? 1 : 0, value, milli ? "ms" : "s");
  return text;
}

}  // namespace nalasr
