#include "console.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <cwchar>
#include <utility>
#include <vector>

namespace nalasr::app {
namespace {

// The code point at the start of `text` and its length in bytes; length 0 where the bytes are not UTF-8.
std::pair<char32_t, std::size_t> first_code_point(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t length = lead >= 0xF0 && lead < 0xF5 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 0;
  if (length == 0 || lead >= 0xF5 || text.size() < length) return {0, 0};
  char32_t value = lead & (0x7F >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {0, 0};
    value = value << 6 | (byte(i) & 0x3F);
  }
  static constexpr char32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xD800 && value < 0xE000;
  if (value < kLeast[length] || value > 0x10FFFF || surrogate) return {0, 0};
  return {value, length};
}

// Combining characters take no column, East Asian wide ones take two.
int width_of(char32_t code_point) {
  const int width = ::wcwidth(static_cast<wchar_t>(code_point));
  return width < 0 ? 1 : width;
}

std::string escaped(unsigned char byte) {
  if (byte == '\n') return "\\n";
  if (byte == '\t') return "\\t";
  if (byte == '\r') return "\\r";
  char text[8];
  std::snprintf(text, sizeof text, "\\x%02x", byte);
  return text;
}

// The text cut into characters (or single bytes, where it is not UTF-8) with their widths.
std::vector<std::pair<std::string_view, int>> characters(std::string_view text) {
  std::vector<std::pair<std::string_view, int>> pieces;
  while (!text.empty()) {
    const auto [code_point, length] = first_code_point(text);
    const std::size_t bytes = length == 0 ? 1 : length;
    pieces.emplace_back(text.substr(0, bytes), length == 0 ? 1 : width_of(code_point));
    text.remove_prefix(bytes);
  }
  return pieces;
}

}  // namespace

std::string printable(const std::filesystem::path& name) {
  const std::string& bytes = name.native();
  std::string text;
  for (std::string_view rest = bytes; !rest.empty();) {
    const auto [code_point, length] = first_code_point(rest);
    const bool control = code_point < 0x20 || (code_point >= 0x7F && code_point < 0xA0);
    if (length == 0 || control) {
      const std::size_t count = length == 0 ? 1 : length;
      for (std::size_t i = 0; i < count; ++i) text += escaped(static_cast<unsigned char>(rest[i]));
      rest.remove_prefix(count);
    } else {
      text += rest.substr(0, length);
      rest.remove_prefix(length);
    }
  }
  return text;
}

int display_width(std::string_view utf8) {
  int width = 0;
  for (const auto& [piece, columns] : characters(utf8)) width += columns;
  return width;
}

std::string shortened(const std::string& utf8, int columns) {
  if (display_width(utf8) <= columns) return utf8;
  if (columns < 8) return {};
  const auto pieces = characters(utf8);
  const int head_columns = (columns - 3) / 2;
  std::string head, tail;
  int used = 0;
  for (const auto& [piece, width] : pieces) {
    if (used + width > head_columns) break;
    head += piece;
    used += width;
  }
  used += 3;
  for (auto piece = pieces.rbegin(); piece != pieces.rend() && used + piece->second <= columns; ++piece) {
    tail.insert(0, piece->first);
    used += piece->second;
  }
  return head + "..." + tail;
}

std::string padded(const std::string& utf8, int columns) {
  const int missing = columns - display_width(utf8);
  return missing > 0 ? utf8 + std::string(static_cast<std::size_t>(missing), ' ') : utf8;
}

Error about(const std::string& subject, Error error) {
  error.message = subject + ": " + error.message;
  return error;
}

Console::Console() {
  // Only for wcwidth; numbers and messages stay as they are.
  std::setlocale(LC_CTYPE, "C.UTF-8");
  const char* terminal = std::getenv("TERM");
  interactive_ = ::isatty(STDERR_FILENO) == 1 && terminal != nullptr && std::strcmp(terminal, "dumb") != 0;
}

int Console::columns() const {
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

void Console::print(const std::string& text) {
  if (text_to_error_) {
    write_error(text);
  } else {
    write_output(text);
  }
}

void Console::print_data(const std::string& line) { write_output(line); }

void Console::write_output(const std::string& text) {
  clear_progress();
  const std::string line = text + "\n";
  errno = 0;
  if (std::fwrite(line.data(), 1, line.size(), stdout) != line.size() || std::fflush(stdout) != 0) {
    // A closed pipe means that the reader had enough: the pictures are what counts, so the work goes on.
    if (errno != EPIPE && output_errno_ == 0) output_errno_ = errno != 0 ? errno : EIO;
    std::clearerr(stdout);
  }
}

void Console::error(const Error& error) {
  write_error("nalasr: " + error.message + (error.hint.empty() ? "" : "; " + error.hint));
}

void Console::warn(const std::string& subject, const std::string& text) {
  write_error("nalasr: " + subject + ": warning: " + text);
}

void Console::write_error(const std::string& text) {
  clear_progress();
  const std::string line = text + "\n";
  std::fwrite(line.data(), 1, line.size(), stderr);
}

void Console::progress(const std::string& text) {
  if (!interactive_) return;
  // The last column stays free: some terminals wrap there already.
  const std::string line = "\r" + shortened(text, columns() - 1) + "\x1b[K";
  std::fwrite(line.data(), 1, line.size(), stderr);
  std::fflush(stderr);
  progress_shown_ = true;
}

void Console::clear_progress() {
  if (!progress_shown_) return;
  std::fputs("\r\x1b[K", stderr);
  std::fflush(stderr);
  progress_shown_ = false;
}

}  // namespace nalasr::app
