#include "nn/text.h"

#include <fstream>
#include <new>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace nalasr {
namespace {

// The parser is iterative, but the values it builds are copied recursively: so depth is limited before parsing.
bool deeper_than(std::string_view text, int max_depth) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > max_depth) return true;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return false;
}

}  // namespace

Result<std::vector<std::uint8_t>> read_bytes(const std::filesystem::path& path, std::uint64_t limit) {
  std::error_code failure;
  const auto status = std::filesystem::status(path, failure);
  if (status.type() == std::filesystem::file_type::not_found) {
    return Error{ErrorCode::not_found, "the file does not exist", ""};
  }
  if (failure) return Error{ErrorCode::io, "cannot be opened: " + failure.message(), ""};
  if (status.type() != std::filesystem::file_type::regular) return Error{ErrorCode::io, "not a regular file", ""};
  const std::uintmax_t size = std::filesystem::file_size(path, failure);
  if (failure) return Error{ErrorCode::io, "cannot be read: " + failure.message(), ""};
  if (size > limit) {
    return Error{ErrorCode::unsupported,
                 "the file has " + std::to_string(size) + " bytes, more than the limit of " + std::to_string(limit),
                 ""};
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) return Error{ErrorCode::io, "cannot be opened", "check the permissions"};
  std::vector<std::uint8_t> bytes;
  try {
    bytes.resize(static_cast<std::size_t>(size));
  } catch (const std::bad_alloc&) {
    return Error{ErrorCode::out_of_memory, "no memory for " + std::to_string(size) + " bytes of file", ""};
  } catch (const std::length_error&) {
    return Error{ErrorCode::out_of_memory, "no memory for " + std::to_string(size) + " bytes of file", ""};
  }
  file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  if (file.bad() || static_cast<std::uintmax_t>(file.gcount()) != size) {
    return Error{ErrorCode::io, "reading stopped before the end of the file", ""};
  }
  return bytes;
}

Result<nlohmann::json> parse_json(std::string_view text, int max_depth) {
  if (deeper_than(text, max_depth)) {
    return Error{ErrorCode::corrupt, "JSON nested deeper than " + std::to_string(max_depth) + " levels", ""};
  }
  auto value = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (value.is_discarded()) return Error{ErrorCode::corrupt, "not valid JSON", ""};
  return value;
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t kShown = 60;
  std::string shown = "'";
  for (const char c : text.substr(0, kShown)) shown += c >= 0x20 && c < 0x7f ? c : '?';
  return shown + (text.size() > kShown ? "...'" : "'");
}

}  // namespace nalasr
