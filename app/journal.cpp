#include "journal.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <random>
#include <string_view>
#include <vector>

namespace nalasr::app {
namespace {

namespace fs = std::filesystem;

constexpr const char* kName = ".nalasr-journal";

// Bytes that could end a field or a line, and what is not ASCII, as %XX.
std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte > 0x20 && byte < 0x7F && byte != '%') {
      out += c;
    } else {
      char code[4];
      std::snprintf(code, sizeof code, "%%%02X", byte);
      out += code;
    }
  }
  return out;
}

std::vector<std::string> fields_of(const std::string& line) {
  std::vector<std::string> fields;
  for (std::size_t at = 0; at <= line.size();) {
    const std::size_t end = std::min(line.find('\t', at), line.size());
    fields.push_back(line.substr(at, end - at));
    at = end + 1;
  }
  return fields;
}

template <typename T>
bool parse(const std::string& text, T& value) {
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  return failure == std::errc() && end == text.data() + text.size();
}

bool size_and_time(const fs::path& file, std::uint64_t& size, std::int64_t& mtime) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) return false;
  size = static_cast<std::uint64_t>(status.st_size);
  mtime = std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec;
  return true;
}

}  // namespace

Journal::Journal(const fs::path& folder) : folder_(folder), file_(folder / kName) {
  std::random_device random;
  char name[20];
  std::snprintf(name, sizeof name, "%08x%08x", random(), random());
  run_ = name;
  read();
}

Journal::~Journal() {
  if (fd_ >= 0) ::close(fd_);
}

std::string Journal::name_of(const fs::path& output) const {
  return escaped(output.lexically_relative(folder_).native());
}

void Journal::read() {
  std::ifstream in(file_, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  std::size_t at = 0;
  for (std::size_t end; (end = text.find('\n', at)) != std::string::npos; at = end + 1) take(text.substr(at, end - at));
  torn_ = at < text.size();
}

void Journal::take(const std::string& line) {
  const std::vector<std::string> fields = fields_of(line);
  if (fields[0] == "end") ended_.insert(fields.begin() + 1, fields.end());
  if (fields[0] == "begin" && fields.size() == 5) {
    entries_[fields[4]] = {fields[2], fields[1], false, fields[3] == "1"};
  }
  Entry entry{fields.size() > 2 ? fields[2] : "", fields.size() > 1 ? fields[1] : "", true, false};
  if (fields[0] == "done" && fields.size() == 6 && parse(fields[3], entry.size) && parse(fields[4], entry.mtime)) {
    entries_[fields[5]] = entry;
  }
}

Past Journal::past(const fs::path& output, const std::string& key) {
  const auto found = entries_.find(name_of(output));
  std::uint64_t size = 0;
  std::int64_t mtime = 0;
  if (found == entries_.end() || !size_and_time(output, size, mtime)) return Past::unknown;
  const Entry& entry = found->second;
  // Killed between the renaming and the line that says so: what is there is complete, and ours where nothing was
  // before.
  if (!entry.done && !entry.was_new) return Past::unknown;
  if (entry.done && (entry.size != size || entry.mtime != mtime)) return Past::unknown;
  if (entry.key != key) return Past::stale;
  if (ended_.contains(entry.run)) return Past::done;
  taken_over_.insert(entry.run);
  return Past::done_unended;
}

void Journal::begin(const fs::path& output, const std::string& key) {
  std::error_code ignored;
  const bool is_new = !fs::exists(output, ignored);
  write("begin\t" + run_ + "\t" + key + "\t" + (is_new ? "1" : "0") + "\t" + name_of(output));
}

void Journal::done(const fs::path& output, const std::string& key) {
  std::uint64_t size = 0;
  std::int64_t mtime = 0;
  if (!size_and_time(output, size, mtime)) return;
  useful_ = true;
  write("done\t" + run_ + "\t" + key + "\t" + std::to_string(size) + "\t" + std::to_string(mtime) + "\t" +
        name_of(output));
}

void Journal::end() {
  std::string line = "end";
  for (const std::string& run : taken_over_) line += "\t" + run;
  if (fd_ >= 0) line += "\t" + run_;
  if (line != "end") write(line);
}

void Journal::remove_if_useless() {
  std::error_code failure;
  if (is_new_ && !useful_ && fs::file_size(file_, failure) == written_) fs::remove(file_, failure);
}

void Journal::write(const std::string& line) {
  if (fd_ < 0) {
    std::error_code ignored;
    is_new_ = !fs::exists(file_, ignored);
    fd_ = ::open(file_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0666);
  }
  if (fd_ < 0) {
    note_problem(errno);
    return;
  }
  const std::string bytes = (torn_ ? "\n" : "") + line + "\n";
  const ssize_t count = ::write(fd_, bytes.data(), bytes.size());
  torn_ = count != static_cast<ssize_t>(bytes.size());
  if (torn_) {
    note_problem(count < 0 ? errno : ENOSPC);
  } else {
    written_ += bytes.size();
  }
}

void Journal::note_problem(int error) {
  if (problem_.empty()) problem_ = std::strerror(error);
}

}  // namespace nalasr::app
