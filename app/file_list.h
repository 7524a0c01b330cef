// From the names on the command line to a list of files that are, or claim to be, pictures.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "nalasr/result.h"

namespace nalasr::app {

/// One picture to do, or one name that cannot be done.
struct InputFile {
  std::filesystem::path path;
  std::filesystem::path folder;    ///< relative to the folder that was named; empty for a file named itself
  bool from_folder = false;        ///< found in a folder, not named itself
  std::string shown{};             ///< what people call it, where that is not the path (standard input)
  std::optional<Error> problem{};  ///< why it cannot be done, where that is known already
};

struct FileList {
  std::vector<InputFile> files;  ///< in the order of the command line, sorted by name inside a folder
  std::size_t ignored = 0;       ///< files in folders that are no pictures
  bool any_folder = false;
};

/// Files are taken as they are. In folders, names that begin with a dot and files that are no pictures (neither by
/// name nor by content) are left out; `recursive` descends, following links but entering each folder once only.
/// `output_folder` is not entered, so that a second run does not take the results of the first.
FileList list_files(const std::vector<std::string>& inputs, bool recursive, const std::filesystem::path& output_folder,
                    const std::stop_token& stop);

}  // namespace nalasr::app
