// What becomes of each picture: its format and its output name, checked against each other before anything starts.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "file_list.h"
#include "nalasr/image.h"
#include "nalasr/result.h"

namespace nalasr::app {

/// Where the results go.
struct OutputChoice {
  std::filesystem::path target;  ///< as given: a file or a folder
  bool is_folder = false;
  std::optional<ImageFormat> format;  ///< empty: that of the input where it can hold the result, else PNG
  bool overwrite = false;
};

struct Job {
  std::filesystem::path input, output;
  ImageFormat format = ImageFormat::png;
  ImageInfo info;                ///< of the input
  std::optional<Error> problem;  ///< why it cannot be done
};

struct JobList {
  std::vector<Job> jobs;
  std::size_t ignored = 0;       ///< files in folders that are no pictures
  std::vector<Error> conflicts;  ///< outputs that would destroy an input or one another: nothing may start
};

/// Whether `target` means a folder for such inputs: it ends in a slash, is one, has no extension, or must take
/// several results.
bool means_folder(const std::string& target, const std::vector<std::string>& inputs);
/// Errors: invalid_argument (a file name for several inputs, a file where a folder must be, an unknown extension).
Result<OutputChoice> choose_output(const std::string& target, const std::optional<ImageFormat>& format, bool overwrite,
                                   const std::vector<std::string>& inputs);

/// Opens the header of every file and names its output.
JobList make_jobs(const FileList& list, const OutputChoice& output, double scale, const std::stop_token& stop);

}  // namespace nalasr::app
