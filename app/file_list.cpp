#include "file_list.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <deque>
#include <set>
#include <system_error>
#include <utility>

#include "nalasr/image.h"

namespace nalasr::app {
namespace {

namespace fs = std::filesystem;

// What people call a picture. Some of these the library cannot read: they get an error line, not silence.
bool has_picture_name(const fs::path& path) {
  static constexpr std::array kExtensions{".png", ".jpg", ".jpeg", ".jpe",  ".jfif", ".webp", ".tif", ".tiff",
                                          ".bmp", ".dib", ".ppm",  ".pgm",  ".pbm",  ".pnm",  ".pam", ".jp2",
                                          ".j2k", ".gif", ".heic", ".heif", ".avif", ".jxl",  ".apng"};
  std::string extension = path.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  return std::find(kExtensions.begin(), kExtensions.end(), extension) != kExtensions.end();
}

Error io_error(const std::string& what, const std::error_code& failure) {
  return {ErrorCode::io, what + ": " + failure.message(), ""};
}

using FolderId = std::pair<dev_t, ino_t>;

std::optional<FolderId> id_of(const fs::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return FolderId{status.st_dev, status.st_ino};
}

// One walk through one named folder.
class Walk {
 public:
  Walk(FileList& list, bool recursive, const std::stop_token& stop) : list_(list), recursive_(recursive), stop_(stop) {}

  void leave_out(const fs::path& folder) {
    if (const auto id = id_of(folder)) entered_.insert(*id);
  }

  void run(const fs::path& root) {
    const std::size_t first = list_.files.size();
    if (const auto id = id_of(root)) entered_.insert(*id);  // also where it was to be left out: it was named
    folders_.emplace_back(root, fs::path());
    // Links to folders wait until all real folders were entered: a picture keeps the name of its real place.
    while ((!folders_.empty() || !links_.empty()) && !stop_.stop_requested()) {
      auto& queue = folders_.empty() ? links_ : folders_;
      const auto [path, relative] = std::move(queue.front());
      queue.pop_front();
      if (!relative.empty()) {
        const auto id = id_of(path);
        if (id && !entered_.insert(*id).second) continue;
      }
      visit(path, relative);
    }
    std::sort(list_.files.begin() + static_cast<std::ptrdiff_t>(first), list_.files.end(),
              [](const InputFile& a, const InputFile& b) { return a.path < b.path; });
    if (first == list_.files.size() && !stop_.stop_requested()) {
      list_.files.push_back({root,
                             {},
                             true,
                             {},
                             Error{ErrorCode::not_found, "no pictures in this folder",
                                   recursive_ ? "" : "--recursive looks into the folders below it as well"}});
    }
  }

 private:
  void visit(const fs::path& path, const fs::path& relative) {
    std::error_code failure;
    fs::directory_iterator entry(path, failure);
    for (; !failure && entry != fs::directory_iterator() && !stop_.stop_requested(); entry.increment(failure)) {
      take(*entry, relative);
    }
    if (failure) list_.files.push_back({path, relative, true, {}, io_error("cannot read the folder", failure)});
  }

  void take(const fs::directory_entry& entry, const fs::path& relative) {
    const fs::path name = entry.path().filename();
    if (name.native().front() == '.') return;
    std::error_code ignored;
    if (entry.is_directory(ignored)) {
      if (recursive_) (entry.is_symlink(ignored) ? links_ : folders_).emplace_back(entry.path(), relative / name);
      return;
    }
    // A link that leads nowhere is told if it is called like a picture; pipes and devices are not pictures.
    const fs::file_status status = entry.status(ignored);
    const bool usable = fs::is_regular_file(status) || status.type() == fs::file_type::not_found;
    if (usable && (has_picture_name(name) || ImageReader::open(entry.path()).ok())) {
      list_.files.push_back({entry.path(), relative, true});
    } else {
      ++list_.ignored;
    }
  }

  FileList& list_;
  const bool recursive_;
  const std::stop_token& stop_;
  std::set<FolderId> entered_;
  std::deque<std::pair<fs::path, fs::path>> folders_, links_;  // path, the same relative to the root
};

}  // namespace

FileList list_files(const std::vector<std::string>& inputs, bool recursive, const fs::path& output_folder,
                    const std::stop_token& stop) {
  FileList list;
  for (const std::string& input : inputs) {
    const fs::path path(input);
    std::error_code failure;
    if (!fs::is_directory(path, failure)) {
      list.files.push_back({path, {}, false});
      continue;
    }
    list.any_folder = true;
    Walk walk(list, recursive, stop);
    if (!output_folder.empty()) walk.leave_out(output_folder);
    walk.run(path);
  }
  return list;
}

}  // namespace nalasr::app
