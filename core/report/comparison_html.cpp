#include "nalasr/comparison_report.h"

namespace nalasr {
std::string html_report(const Comparison& c) { return headline(c); }
}  // namespace nalasr
