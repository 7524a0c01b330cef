// How a result is called: --output-template.
#pragma once

#include <filesystem>
#include <string>

#include "nalasr/result.h"

namespace nalasr::app {

inline constexpr const char* kDefaultTemplate = "{dir}/{stem}_x{scale}.{ext}";

/// What the fields of a template stand for.
struct NameFields {
  std::filesystem::path dir;   ///< the input's folder relative to the folder that was named
  std::filesystem::path stem;  ///< the input's name without extension
  std::string ext;             ///< of the output's format
  std::string scale, model;
};

/// Errors: invalid_argument (an unknown field, a brace without its partner, a path that leaves the output folder).
Result<void> check_template(const std::string& pattern);
/// A path relative to the output folder. `pattern` was checked; {{ and }} are braces.
std::filesystem::path expand_template(const std::string& pattern, const NameFields& fields);

}  // namespace nalasr::app
