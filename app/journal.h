// The journal of an output folder: which results were finished, and what they were made from. With it a run that was
// killed goes on where it stopped, under any --existing.
//
// A text file, OUT/.nalasr-journal, to which lines are only ever added, each by a single write, so that several runs
// (--shard) may share it. A line that a power cut left incomplete is passed over. Fields are separated by tabs:
//
//     begin RUN KEY NEW PATH             this result is being made; NEW is 1 where no such file was there before
//     done  RUN KEY SIZE MTIME PATH      it was made, and then had this size and time of change
//     end   RUN...                       these runs came to their end without failure
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <string>

namespace nalasr::app {

/// What the journal knows about a result.
enum class Past {
  unknown,      ///< nothing, or it was changed since by somebody else
  stale,        ///< made by us, of another input, with another model or other options
  done,         ///< made by us, as it would be made now
  done_unended  ///< the same, by a run that did not come to its end
};

/// Not thread-safe.
class Journal {
 public:
  /// Reads what is there. Nothing is written before the first begin().
  explicit Journal(const std::filesystem::path& folder);
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  /// `key`: fingerprint of all that a result depends on.
  Past past(const std::filesystem::path& output, const std::string& key);
  void begin(const std::filesystem::path& output, const std::string& key);
  void done(const std::filesystem::path& output, const std::string& key);
  /// This run, and those whose work it took over, are complete.
  void end();
  /// Removes the file if this run made it and finished nothing.
  void remove_if_useless();

  /// Where results were finished that the journal does not know: strerror text of the first line that could not be
  /// written. Else empty: a folder that takes no file has had its message.
  [[nodiscard]] std::string problem() const { return useful_ ? problem_ : ""; }

 private:
  struct Entry {
    std::string key, run;
    bool done = false, was_new = false;
    std::uint64_t size = 0;
    std::int64_t mtime = 0;
  };
  void read();
  void take(const std::string& line);
  void write(const std::string& line);
  void note_problem(int error);
  [[nodiscard]] std::string name_of(const std::filesystem::path& output) const;

  std::filesystem::path folder_, file_;
  std::string run_;
  std::map<std::string, Entry> entries_;
  std::set<std::string> ended_, taken_over_;
  int fd_ = -1;
  bool is_new_ = false, useful_ = false;
  std::uint64_t written_ = 0;  ///< bytes, by this run
  bool torn_ = false;          ///< the file does not end with a line break
  std::string problem_;
};

}  // namespace nalasr::app
