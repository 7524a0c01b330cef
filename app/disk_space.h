// Whether the results will fit on the disk, told before the work.
#pragma once

#include <string>
#include <vector>

#include "job_list.h"

namespace nalasr::app {

/// About what the file of such a result takes. Photographs take less, noise more.
std::uint64_t estimated_file_bytes(const Job& job, double scale);

/// Gives jobs whose result alone is too large for the free space a problem. Returns a line for each file system on
/// which all results together may not fit; these runs start all the same, because estimates are no reason to refuse.
std::vector<std::string> check_disk_space(JobList& list, double scale);

}  // namespace nalasr::app
