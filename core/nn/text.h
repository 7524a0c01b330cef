// Small helpers of this folder: whole files, bounded JSON, and hostile strings made fit for an error message.
// Thread safety: pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "nalasr/result.h"

namespace nalasr {

/// The whole of a regular file. Errors: not_found, io, unsupported (longer than `limit` bytes), out_of_memory.
Result<std::vector<std::uint8_t>> read_bytes(const std::filesystem::path& path, std::uint64_t limit);

/// Parses JSON text that may be hostile. Errors: corrupt (not JSON, not UTF-8, nested deeper than `max_depth`).
/// Of a repeated key the last value counts.
Result<nlohmann::json> parse_json(std::string_view text, int max_depth);

/// `text` in quotes, at most 60 characters of it, everything but printable ASCII replaced by '?'.
std::string in_quotes(std::string_view text);

}  // namespace nalasr
