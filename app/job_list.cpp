#include "job_list.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <system_error>
#include <utility>

#include "console.h"
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

Job make_job(const InputFile& file, const OutputChoice& output, double scale) {
  Job job;
  job.input = file.path;
  job.problem = file.problem;
  if (job.problem) return job;
  auto reader = ImageReader::open(file.path);
  if (!reader) {
    job.problem = reader.error();
    return job;
  }
  job.info = (*reader)->info();
  job.format = output.format.value_or(default_format(job.info, scale));
  if (output.is_folder) {
    job.output = output.target / file.folder / file.path.stem();
    job.output += "_x" + scale_text(scale) + "." + extension_of(job.format);
  } else {
    job.output = output.target;
  }
  job.problem = check_name_length(job.output);
  return job;
}

// A folder that is upscaled into itself holds the results of an earlier run: these are not inputs.
void drop_earlier_results(std::vector<Job>& jobs, std::vector<bool> from_folder, std::set<fs::path>& results,
                          std::size_t& ignored) {
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
  for (const Job& job : jobs) {
    if (job.problem) continue;
    const auto id = id_of(job.output);
    const auto input = id ? inputs.find(*id) : inputs.end();
    if (input != inputs.end() && (overwrite || id == id_of(job.input))) {
      conflicts.push_back({ErrorCode::invalid_argument,
                           printable(job.input) + ": its output " + printable(job.output) + " is " +
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
                           printable(job.input) + ": has the same output " + printable(job.output) + " as " +
                               printable(other->second->input),
                           "rename one of them, or upscale them into different folders"});
    }
  }
  std::erase_if(jobs, [&twice](const Job& job) { return std::find(twice.begin(), twice.end(), &job) != twice.end(); });
  return conflicts;
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

Result<OutputChoice> choose_output(const std::string& target, const std::optional<ImageFormat>& format, bool overwrite,
                                   const std::vector<std::string>& inputs) {
  OutputChoice choice{target, means_folder(target, inputs), format, overwrite};
  std::error_code ignored;
  if (choice.is_folder) {
    if (fs::exists(choice.target, ignored) && !fs::is_directory(choice.target, ignored)) {
      return Error{ErrorCode::invalid_argument, printable(target) + ": is a file, but the output must be a folder here",
                   "name a folder with -o"};
    }
    return choice;
  }
  if (choice.format) return choice;
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
  return choice;
}

JobList make_jobs(const FileList& list, const OutputChoice& output, double scale, const std::stop_token& stop) {
  JobList result;
  result.ignored = list.ignored;
  std::vector<bool> from_folder;
  std::set<fs::path> results;
  for (const InputFile& file : list.files) {
    if (stop.stop_requested()) return result;
    result.jobs.push_back(make_job(file, output, scale));
    from_folder.push_back(file.from_folder);
    if (!result.jobs.back().output.empty()) results.insert(resolved(result.jobs.back().output));
  }
  if (!output.overwrite) drop_earlier_results(result.jobs, std::move(from_folder), results, result.ignored);
  result.conflicts = find_conflicts(result.jobs, output.overwrite);
  return result;
}

}  // namespace nalasr::app
