// Numbers in and out: strict parsing of what people type, and readable sizes, times and scales.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "nalasr/result.h"

namespace nalasr::app {

constexpr double kMaxScale = 8;

/// "512M", "1.5G", "2GiB", "800000000": bytes; K, M, G and T are powers of 1024.
Result<std::uint64_t> parse_size(std::string_view text);
/// "50M", "1.5G", "800000": a number of things; K, M and G are powers of 1000.
Result<std::uint64_t> parse_count(std::string_view text);
/// A scale from 1 to kMaxScale.
Result<double> parse_scale(std::string_view text);
/// A share from 0 to 1.
Result<double> parse_share(std::string_view text);
/// A whole number from `low` to `high`.
Result<int> parse_whole(std::string_view text, int low, int high);

/// "148.2 MiB"; "25.3 KiB" below a tenth of one
std::string mebibytes(std::uint64_t bytes);
/// "0.42 s", "73.1 s"
std::string seconds(double s);
/// "0:07", "12:40", "3:02:11": for a clock that counts down.
std::string clock(double s);
/// "4", "1.5": without trailing zeros, for file names and text.
std::string scale_text(double scale);

}  // namespace nalasr::app
