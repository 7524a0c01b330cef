// What the command line means by its inputs: patterns, lists of names, standard input.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "nalasr/result.h"

namespace nalasr::app {

/// The names in a list: one a line, or separated by NUL bytes where it holds any (find -print0). "-" is standard input.
Result<std::vector<std::string>> read_name_list(const std::string& file);

/// Names as they are; a name that does not exist and has *, ? or [ in it stands for what it matches, sorted. Errors:
/// not_found (nothing matches).
Result<std::vector<std::string>> expand_patterns(const std::vector<std::string>& names);

/// Standard input as a file: its content in a file without a name, which goes with the process.
class StandardInput {
 public:
  StandardInput() = default;
  ~StandardInput();
  StandardInput(const StandardInput&) = delete;
  StandardInput& operator=(const StandardInput&) = delete;

  /// Reads to the end. Errors: io; invalid_argument (a terminal).
  Result<void> read();
  /// Where other code can open the content. Only after read().
  [[nodiscard]] std::filesystem::path path() const;

 private:
  int fd_ = -1;
};

}  // namespace nalasr::app
