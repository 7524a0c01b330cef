// What people see: result lines on standard output, errors and warnings on standard error, and the one progress
// line that is redrawn between them.
//
// Thread safety: one thread at a time.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "nalasr/result.h"

namespace nalasr::app {

/// A name that stays on one line and cannot steer the terminal: control characters and bytes that are not UTF-8
/// are escaped (\n, \x1b).
std::string printable(const std::filesystem::path& name);
/// Terminal columns that the text takes.
int display_width(std::string_view utf8);
/// At most `columns` wide; what is too much goes from the middle, because the ends of a name tell files apart.
std::string shortened(const std::string& utf8, int columns);
/// Padded with spaces to `columns`.
std::string padded(const std::string& utf8, int columns);
/// The same error, about `subject`: "subject: message".
Error about(const std::string& subject, Error error);

class Console {
 public:
  Console();
  /// Whether progress can be shown: standard error is a terminal that can redraw a line.
  [[nodiscard]] bool interactive() const { return interactive_; }
  /// Columns of that terminal; it may be resized at any time.
  [[nodiscard]] int columns() const;

  /// Standard output is for data from now on (a picture, JSON): print() goes to standard error.
  void keep_output_for_data() { text_to_error_ = true; }

  /// One line (or a block of lines) on standard output.
  void print(const std::string& text);
  /// One line of data on standard output.
  void print_data(const std::string& line);
  /// "nalasr: message; hint" on standard error.
  void error(const Error& error);
  /// "nalasr: subject: warning: text" on standard error.
  void warn(const std::string& subject, const std::string& text);
  /// Redraws the progress line. Does nothing where !interactive().
  void progress(const std::string& text);
  void clear_progress();

  /// Whether lines for standard output were lost, otherwise than by a reader that had enough (`| head`).
  [[nodiscard]] bool output_lost() const { return output_errno_ != 0; }
  [[nodiscard]] int output_errno() const { return output_errno_; }

 private:
  void write_error(const std::string& text);
  void write_output(const std::string& text);

  bool text_to_error_ = false;
  bool interactive_ = false;
  bool progress_shown_ = false;
  int output_errno_ = 0;
};

}  // namespace nalasr::app
