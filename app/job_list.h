// What becomes of each picture: its format and its output name, checked against each other before anything starts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "file_list.h"
#include "nalasr/image.h"
#include "nalasr/result.h"
#include "shard.h"

namespace nalasr::app {

/// What becomes of an output that exists.
enum class Existing { skip, overwrite, rename, fail };

/// Where the results go.
struct OutputChoice {
  std::filesystem::path target;  ///< as given: a file or a folder
  bool is_folder = false;
  std::optional<ImageFormat> format;  ///< empty: that of the input where it can hold the result, else PNG
  std::string pattern;                ///< of names in a folder, checked by check_template()
  Existing existing = Existing::skip;
};

/// What is the same for all jobs.
struct JobOptions {
  OutputChoice output;
  double scale = 0;
  std::string model;             ///< its name
  std::string fingerprint;       ///< of everything that shapes a result, besides the input and the format
  std::uint64_t max_pixels = 0;  ///< of an input; 0: no limit but the library's
  Shard shard;
};

struct Job {
  std::filesystem::path input, output;
  std::string name;                ///< what people call the input
  std::filesystem::path relative;  ///< the input's name below the folder that was named
  ImageFormat format = ImageFormat::png;
  ImageInfo info;                ///< of the input
  std::string key;               ///< fingerprint for the journal
  std::optional<Error> problem;  ///< why it cannot be done
  std::string skip;              ///< why nothing is to be done; empty: it is to be done
  bool replaces = false;         ///< the output is there and is to be replaced
  bool output_is_input = false;  ///< of another job: never replaced
};

struct JobList {
  std::vector<Job> jobs;
  std::size_t ignored = 0;       ///< files in folders that are no pictures
  std::vector<Error> conflicts;  ///< outputs that would destroy an input or one another: nothing may start
};

/// Whether `target` means a folder for such inputs: it ends in a slash, is one, has no extension, or must take
/// several results.
bool means_folder(const std::string& target, const std::vector<std::string>& inputs);
/// Names the target's kind and format. Errors: invalid_argument (a file name for several inputs, a file where a folder
/// must be, an unknown extension).
Result<OutputChoice> choose_output(const std::string& target, const std::optional<ImageFormat>& format,
                                   const std::vector<std::string>& inputs);

/// Opens the header of every file and names its output. What exists already is not looked at: settle_existing().
JobList make_jobs(const FileList& list, const JobOptions& options, const std::stop_token& stop);

/// "png, tif and bmp": the formats that can hold such a picture with sides up to `side`; empty: none.
std::string formats_that_hold(const ImageInfo& info, double side);

}  // namespace nalasr::app
