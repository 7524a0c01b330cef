// Charts as inline SVG. They name colours by CSS class only (m-nala-strips, ...), so that the page decides for light,
// dark and paper.
#pragma once

#include <string>
#include <vector>

#include "nalasr/comparison.h"

namespace nalasr {

/// Text for HTML and SVG, quotes included.
std::string escaped(const std::string& text);

/// The mark of a method: a shape of its own, so that colour is not all that tells lines apart. `hollow`: computed.
std::string marker(Method method, double x, double y, bool hollow);

struct ChartPoint {
  double x = 0, y = 0;
  bool measured = true;
};
struct ChartLine {
  Method method = Method::nala_strips;
  std::vector<ChartPoint> points{};  ///< by growing x
};
enum class ChartUnit { bytes, seconds };
/// Both axes logarithmic, x in tokens. Solid between measured points, dashed where one of them is computed.
std::string log_chart(const std::string& title, const std::vector<ChartLine>& lines, ChartUnit unit);

struct ChartBar {
  Method method = Method::nala_strips;
  double value = 0;  ///< bytes
  bool measured = true;
};
/// Linear from zero. Bars far longer than the next one are cut, and say so.
std::string bar_chart(const std::string& title, const std::vector<ChartBar>& bars);

/// Memory over time, linear; `predicted` (0: none) as a line across.
std::string timeline_chart(const std::string& title, const std::vector<MemorySample>& samples, bool of_device,
                           std::uint64_t predicted);

}  // namespace nalasr
