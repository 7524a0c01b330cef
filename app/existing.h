// What becomes of jobs whose output exists: --existing, and what the journal knows.
#pragma once

#include "job_list.h"
#include "journal.h"

namespace nalasr::app {

/// Errors: "skip, overwrite, rename or fail".
Result<Existing> parse_existing(const std::string& text);

/// Decides for every job: to be done (perhaps under another name), skipped, or a problem. `journal` may be null.
void settle_existing(JobList& list, Existing existing, Journal* journal);

}  // namespace nalasr::app
