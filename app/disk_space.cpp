#include "disk_space.h"

#include <sys/stat.h>
#include <sys/statvfs.h>

#include <map>
#include <optional>
#include <system_error>

#include "console.h"
#include "units.h"

namespace nalasr::app {
namespace {

namespace fs = std::filesystem;

struct Disk {
  fs::path folder;  // one that exists
  std::uint64_t free = 0, wanted = 0;
};

// The folder where `output` will be, or the nearest one above it that exists.
fs::path existing_folder(const fs::path& output) {
  std::error_code failure;
  fs::path folder = fs::absolute(output, failure).parent_path();
  while (!folder.empty() && folder != folder.root_path() && !fs::is_directory(folder, failure)) {
    folder = folder.parent_path();
  }
  return folder;
}

// Share of the raw samples that is left. Measured on upscaled photographs: PNG 0.1 to 0.4, JPEG q95 0.05 to 0.15.
double compression(ImageFormat format) {
  switch (format) {
    case ImageFormat::jpeg:
      return 0.15;
    case ImageFormat::webp:
      return 0.1;
    case ImageFormat::bmp:
      return 1;
    default:
      return 0.4;
  }
}

}  // namespace

std::uint64_t estimated_file_bytes(const Job& job, double scale) {
  const double raw = static_cast<double>(job.info.pixel_bytes()) * job.info.width * job.info.height * scale * scale;
  return static_cast<std::uint64_t>(raw * compression(job.format));
}

std::vector<std::string> check_disk_space(JobList& list, double scale) {
  std::map<dev_t, Disk> disks;
  for (Job& job : list.jobs) {
    if (job.problem || !job.skip.empty() || job.output == kStandardOutput) continue;
    const fs::path folder = existing_folder(job.output);
    struct stat status {};
    struct statvfs space {};
    if (::stat(folder.c_str(), &status) != 0 || ::statvfs(folder.c_str(), &space) != 0) continue;
    Disk& disk = disks[status.st_dev];
    disk.folder = folder;
    disk.free = std::uint64_t{space.f_bavail} * space.f_frsize;
    const std::uint64_t bytes = estimated_file_bytes(job, scale);
    // A twentieth of the estimate is what even a plain picture takes.
    if (bytes / 20 > disk.free) {
      job.problem = Error{ErrorCode::io,
                          "the result takes about " + mebibytes(bytes) + ", and only " + mebibytes(disk.free) +
                              " are free in " + printable(folder),
                          "free some disk space or choose another output folder"};
    } else {
      disk.wanted += bytes;
    }
  }
  std::vector<std::string> lines;
  for (const auto& [id, disk] : disks) {
    if (disk.wanted <= disk.free) continue;
    lines.push_back("the results may take about " + mebibytes(disk.wanted) + ", and only " + mebibytes(disk.free) +
                    " are free");
  }
  return lines;
}

}  // namespace nalasr::app
