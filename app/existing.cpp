#include "existing.h"

#include <set>
#include <system_error>

#include "console.h"

namespace nalasr::app {
namespace {

namespace fs = std::filesystem;

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(fs::symlink_status(path, ignored));
}

// out.png, out_2.png, out_3.png, ...: the first that neither exists nor is another job's.
fs::path free_name(const fs::path& wanted, const std::set<fs::path>& planned) {
  for (int number = 2;; ++number) {
    fs::path name = wanted.parent_path() / wanted.stem();
    name += "_" + std::to_string(number) + wanted.extension().native();
    if (!is_there(name) && !planned.contains(name)) return name;
  }
}

}  // namespace

Result<Existing> parse_existing(const std::string& text) {
  if (text == "skip") return Existing::skip;
  if (text == "overwrite") return Existing::overwrite;
  if (text == "rename") return Existing::rename;
  if (text == "fail") return Existing::fail;
  return Error{ErrorCode::invalid_argument, "\"" + printable(text) + "\" is not a choice",
               "use skip, overwrite, rename or fail"};
}

void settle_existing(JobList& list, Existing existing, Journal* journal) {
  std::set<fs::path> planned;
  for (const Job& job : list.jobs) planned.insert(job.output);
  for (Job& job : list.jobs) {
    if (job.problem || job.output == kStandardOutput || !is_there(job.output)) continue;
    const Past past = journal != nullptr ? journal->past(job.output, job.key) : Past::unknown;
    // The work of a run that was killed counts, whatever --existing says: else the run would never come to its end.
    if (past == Past::done_unended || (past == Past::done && existing == Existing::skip)) {
      job.skip = "done by an earlier run, skipped";
    } else if (existing == Existing::overwrite) {
      job.replaces = true;
    } else if (existing == Existing::skip) {
      job.replaces = past == Past::stale && !job.output_is_input;
      if (!job.replaces) job.skip = "exists, skipped (--existing overwrite replaces it)";
    } else if (existing == Existing::rename) {
      planned.insert(job.output = free_name(job.output, planned));
    } else {
      job.problem = Error{ErrorCode::io, "its output " + printable(job.output) + " exists",
                          "--existing skip, overwrite or rename would go on"};
    }
  }
}

}  // namespace nalasr::app
