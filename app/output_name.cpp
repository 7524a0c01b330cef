#include "output_name.h"

#include <algorithm>
#include <string_view>

#include "console.h"

namespace nalasr::app {
namespace {

namespace fs = std::filesystem;

// Walks over the pattern: `text` gets what stands for itself, `field` what stands in braces. False: braces do not
// match.
template <typename Text, typename Field>
bool walk(std::string_view pattern, const Text& text, const Field& field) {
  for (std::size_t at = 0; at < pattern.size();) {
    const char c = pattern[at];
    if (c != '{' && c != '}') {
      text(c);
      ++at;
    } else if (at + 1 < pattern.size() && pattern[at + 1] == c) {
      text(c);
      at += 2;
    } else {
      const std::size_t end = pattern.find('}', at);
      if (c == '}' || end == std::string_view::npos) return false;
      field(pattern.substr(at + 1, end - at - 1));
      at = end + 1;
    }
  }
  return true;
}

Error wrong(const std::string& message, const std::string& hint) {
  return {ErrorCode::invalid_argument, message, hint};
}

}  // namespace

Result<void> check_template(const std::string& pattern) {
  std::string unknown;
  const auto field = [&](std::string_view name) {
    if (name != "dir" && name != "stem" && name != "ext" && name != "scale" && name != "model") unknown = name;
  };
  if (!walk(
          pattern, [](char) {}, field)) {
    return wrong("a brace has no partner in \"" + printable(pattern) + "\"", "{{ and }} stand for single braces");
  }
  if (!unknown.empty()) {
    return wrong("there is no field {" + printable(unknown) + "}", "use {dir}, {stem}, {ext}, {scale} and {model}");
  }
  const fs::path path(pattern);
  if (path.is_absolute() || std::find(path.begin(), path.end(), "..") != path.end()) {
    return wrong("\"" + printable(pattern) + "\" leaves the output folder", "name that folder with -o");
  }
  if (!path.has_filename()) return wrong("\"" + printable(pattern) + "\" names no file", "end it with {stem}.{ext}");
  return {};
}

fs::path expand_template(const std::string& pattern, const NameFields& fields) {
  std::string name;
  walk(
      pattern, [&name](char c) { name += c; },
      [&](std::string_view field) {
        if (field == "dir") name += fields.dir.empty() ? "." : fields.dir.native();
        if (field == "stem") name += fields.stem.native();
        if (field == "ext") name += fields.ext;
        if (field == "scale") name += fields.scale;
        if (field == "model") name += fields.model;
      });
  return fs::path(name).lexically_normal();
}

}  // namespace nalasr::app
