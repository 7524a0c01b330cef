#include "job_list.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <set>
#include <system_error>
#include <utility>

#include "console.h"
#include "fingerprint.h"
#include "nalasr/version.h"
#include "output_name.h"
#include "units.h"

namespace nalasr::app {
namespace {

namespace fs = std::filesystem;

using FileId = std::pair<dev_t, ino_t>;

std::optional<FileId> id_of(const fs::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return FileId{status.st_dev, status.st_ino};
}

// The same text for all ways to write a path, whether or not the file is there.
fs::path resolved(const fs::path& path) {
  std::error_code failure;
  fs::path result = fs::weakly_canonical(path, failure);
  return failure ? path.lexically_normal() : result;
}

// A picture stays of its kind where that kind can hold the result.
ImageFormat default_format(const ImageInfo& info, double scale) {
  const auto same = parse_image_format(info.format);
  if (!same || !format_holds(*same, info.channels, info.bits)) return ImageFormat::png;
  const double side = std::max(info.width, info.height) * scale;
  return std::round(side) <= format_max_side(*same) ? *same : ImageFormat::png;
}

// Known before the run: the temporary file has a short name, so only the last step, the renaming, would fail.
std::optional<Error> check_name_length(const fs::path& output) {
  constexpr std::size_t kMost = 255;  // bytes, on every common file system
  const std::size_t length = output.filename().native().size();
  if (length <= kMost) return std::nullopt;
  return Error{ErrorCode::invalid_argument,
               "the name of its output would have " + std::to_string(length) + " bytes, at most 255 are possible",
               "choose a shorter name"};
}

// The format was asked for: whether it can hold the result is told now, not after the work.
std::optional<Error> check_format(ImageFormat format, const ImageInfo& info, double scale) {
  const double side = std::round(std::max(info.width, info.height) * scale);
  const std::string instead = formats_that_hold(info, side);
  const std::string hint = instead.empty() ? "choose a smaller scale" : "-f " + instead + " would do";
  const std::string name = extension_of(format);
  if (!format_holds(format, info.channels, info.bits)) {
    const bool alpha = info.has_alpha() && !format_holds(format, info.channels, 8);
    return Error{ErrorCode::unsupported,
                 "a " + name + " file can't hold " + (alpha ? "transparency" : "16 bits per channel"), hint};
  }
  if (side <= format_max_side(format)) return std::nullopt;
  return Error{ErrorCode::unsupported,
               "a " + name + " file holds at most " + std::to_string(format_max_side(format)) +
                   " pixels a side, and the result would have " + std::to_string(std::llround(side)),
               hint};
}

std::optional<Error> check_pixels(const ImageInfo& info, std::uint64_t most) {
  const std::uint64_t pixels = static_cast<std::uint64_t>(info.width) * static_cast<std::uint64_t>(info.height);
  if (most == 0 || pixels <= most) return std::nullopt;
  return Error{ErrorCode::unsupported,
               "has " + std::to_string(pixels) + " pixels, --max-pixels allows " + std::to_string(most), ""};
}

std::string key_of(const Job& job, const JobOptions& options) {
  struct stat status {};
  if (::stat(job.input.c_str(), &status) != 0) return "";
  char key[20];
  std::snprintf(key, sizeof key, "%016llx",
                static_cast<unsigned long long>(fingerprint(
                    options.fingerprint + "|" + extension_of(job.format) + "|" + std::to_string(status.st_size) + "|" +
                    std::to_string(status.st_mtim.tv_sec) + "|" + std::to_string(status.st_mtim.tv_nsec))));
  return key;
}

Job make_job(const InputFile& file, const JobOptions& options) {
  Job job;
  job.input = file.path;
  job.name = file.shown.empty() ? printable(file.path) : file.shown;
  job.relative = file.folder / file.path.filename();
  job.problem = file.problem;
  if (job.problem) return job;
  auto reader = ImageReader::open(file.path);
  if (!reader) {
    job.problem = reader.error();
    return job;
  }
  job.info = (*reader)->info();
  const OutputChoice& output = options.output;
  job.format = output.format.value_or(default_format(job.info, options.scale));
  if (output.is_folder) {
    const fs::path stem = file.shown.empty() ? file.path.stem() : fs::path("stdin");
    job.output = output.target / expand_template(output.pattern, {file.folder, stem, extension_of(job.format),
                                                                  scale_text(options.scale), options.model});
  } else {
    job.output = output.target;
  }
  job.key = key_of(job, options);
  for (const auto& problem : {check_pixels(job.info, options.max_pixels),
                              check_format(job.format, job.info, options.scale), check_name_length(job.output)}) {
    if (!job.problem) job.problem = problem;
  }
  return job;
}

// A folder that is upscaled into itself holds the results of an earlier run: these are not inputs.
void drop_earlier_results(std::vector<Job>& jobs, const std::vector<bool>& from_folder,
                          const std::set<fs::path>& results, std::size_t& ignored) {
  std::vector<Job> kept;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    if (from_folder[i] && !jobs[i].problem && results.contains(resolved(jobs[i].input))) {
      ++ignored;
    } else {
      kept.push_back(std::move(jobs[i]));
    }
  }
  jobs = std::move(kept);
}

std::vector<Error> find_conflicts(std::vector<Job>& jobs, bool overwrite) {
  std::vector<Error> conflicts;
  std::map<FileId, const Job*> inputs;
  for (const Job& job : jobs) {
    if (const auto id = id_of(job.input)) inputs.emplace(*id, &job);
  }
  std::map<fs::path, const Job*> outputs;
  std::vector<const Job*> twice;
  for (Job& job : jobs) {
    if (job.problem || job.output == kStandardOutput) continue;
    const auto id = id_of(job.output);
    const auto input = id ? inputs.find(*id) : inputs.end();
    job.output_is_input = input != inputs.end();
    if (job.output_is_input && (overwrite || id == id_of(job.input))) {
      conflicts.push_back({ErrorCode::invalid_argument,
                           job.name + ": its output " + printable(job.output) + " is " +
                               (id == id_of(job.input) ? "the input itself" : "an input as well"),
                           "choose another output; inputs are never overwritten"});
      continue;
    }
    const auto [other, added] = outputs.emplace(resolved(job.output), &job);
    if (added) continue;
    if (id_of(other->second->input) == id_of(job.input)) {
      twice.push_back(&job);
    } else {
      conflicts.push_back({ErrorCode::invalid_argument,
                           job.name + ": has the same output " + printable(job.output) + " as " + other->second->name,
                           "rename one of them, or upscale them into different folders"});
    }
  }
  std::erase_if(jobs, [&twice](const Job& job) { return std::find(twice.begin(), twice.end(), &job) != twice.end(); });
  return conflicts;
}

// Whether this build has a writer at all; told at once instead of once a picture.
Result<OutputChoice> if_writable(OutputChoice choice) {
  const ImageFormat format = choice.format.value_or(ImageFormat::png);
  if (build_info().opencv || format == ImageFormat::png || format == ImageFormat::jpeg) return choice;
  return Error{ErrorCode::invalid_argument,
               std::string("this build of nalasr cannot write ") + extension_of(format) + " files",
               "use png or jpeg, or build it with OpenCV"};
}

}  // namespace

bool means_folder(const std::string& target, const std::vector<std::string>& inputs) {
  std::error_code ignored;
  const fs::path path(target);
  if (!path.has_filename() || path.filename() == "." || path.filename() == "..") return true;
  if (fs::is_directory(path, ignored) || inputs.size() > 1) return true;
  if (fs::is_directory(inputs.front(), ignored)) return true;
  return !fs::exists(path, ignored) && path.extension().empty();
}

std::string formats_that_hold(const ImageInfo& info, double side) {
  std::vector<std::string> names;
  for (const ImageFormat format :
       {ImageFormat::png, ImageFormat::jpeg, ImageFormat::webp, ImageFormat::tiff, ImageFormat::bmp}) {
    if (format_holds(format, info.channels, info.bits) && side <= format_max_side(format)) {
      names.emplace_back(extension_of(format));
    }
  }
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    text += (i == 0 ? "" : i + 1 == names.size() ? " or " : ", ") + names[i];
  }
  return text;
}

Result<OutputChoice> choose_output(const std::string& target, const std::optional<ImageFormat>& format,
                                   const std::vector<std::string>& inputs) {
  OutputChoice choice{target, means_folder(target, inputs), format, kDefaultTemplate};
  std::error_code ignored;
  if (target == "-") {
    choice.target = kStandardOutput;
    choice.is_folder = false;
    return if_writable(choice);
  }
  if (choice.is_folder) {
    if (fs::exists(choice.target, ignored) && !fs::is_directory(choice.target, ignored)) {
      return Error{ErrorCode::invalid_argument, printable(target) + ": is a file, but the output must be a folder here",
                   "name a folder with -o"};
    }
    return if_writable(choice);
  }
  if (choice.format) return if_writable(choice);
  const std::string extension = choice.target.extension().string();
  auto from_name = parse_image_format(extension);
  if (!from_name) {
    return Error{ErrorCode::invalid_argument,
                 printable(target) + ": " +
                     (extension.empty() ? "has no extension that says the format"
                                        : "no format is called \"" + printable(extension.substr(1)) + "\""),
                 "use .png, .jpg, .webp, .tif or .bmp, give -f, or end it with / to name a folder"};
  }
  choice.format = *from_name;
  return if_writable(choice);
}

JobList make_jobs(const FileList& list, const JobOptions& options, const std::stop_token& stop) {
  JobList result;
  result.ignored = list.ignored;
  const bool overwrite = options.output.existing == Existing::overwrite;
  std::vector<bool> from_folder;
  std::set<fs::path> results;
  for (const InputFile& file : list.files) {
    if (stop.stop_requested()) return result;
    result.jobs.push_back(make_job(file, options));
    from_folder.push_back(file.from_folder);
    if (!result.jobs.back().output.empty()) results.insert(resolved(result.jobs.back().output));
  }
  if (!overwrite) drop_earlier_results(result.jobs, from_folder, results, result.ignored);
  result.conflicts = find_conflicts(result.jobs, overwrite);
  std::erase_if(result.jobs, [&options](const Job& job) { return !options.shard.has(job.relative); });
  return result;
}

}  // namespace nalasr::app
