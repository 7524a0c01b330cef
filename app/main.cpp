// nalasr: the command line. Parses, runs one sub-command, and turns the outcome into an exit code.
#include <fcntl.h>
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <string>
#include <utility>
#include <vector>

#include "commands.h"
#include "compare_child.h"
#include "nalasr/version.h"

namespace nalasr::app {
namespace {

constexpr const char* kExamples =
    R"(Examples:
  nalasr upscale photo.jpg -o large.png         one picture, with the default model
  nalasr upscale holiday/ -o large/ -s 2 -r     a folder with everything below it
  nalasr info photo.jpg                         what it is, and the memory it would take
  nalasr upscale --help                         all options

Exit codes: 0 all done, 1 some failed, 2 wrong usage, 3 device or model unavailable, 130 interrupted.)";

std::string version_text() {
  const BuildInfo& build = build_info();
  const auto yes_no = [](bool yes) { return yes ? "yes" : "no"; };
  return "nalasr " + build.version + " (" + build.kind + ", " + build.compiler + ")\n" +
         "PNG and JPEG: yes\nWebP, TIFF, BMP and more (OpenCV): " + yes_no(build.opencv) +
         "\nCMYK through its profile (Little CMS): " + yes_no(build.lcms2) + "\nCUDA: " + yes_no(build.cuda);
}

// Where 0, 1 or 2 were closed, the next file would get that number, and messages would go into a picture.
void open_standard_streams() {
  int fd = 0;
  do { fd = ::open("/dev/null", O_RDWR); } while (fd >= 0 && fd <= STDERR_FILENO);
  if (fd >= 0) ::close(fd);
}

// The parser would take a name like [2024] for a list in brackets.
std::string protect(const std::string& argument) {
  const bool bracketed = argument.size() > 1 && argument.front() == '[' && argument.back() == ']';
  return bracketed ? "./" + argument : argument;
}

// The parser names what is missing before what it did not understand, and does not name an unknown command at all.
std::string complaint(const CLI::ParseError& wrong, const CLI::App& parser) {
  const auto chosen = parser.get_subcommands();
  for (const std::string& left : (chosen.empty() ? parser : *chosen.front()).remaining()) {
    if (left.starts_with("-")) return "there is no option " + printable(left);
    if (chosen.empty()) return "there is no command \"" + printable(left) + "\"";
  }
  std::string text = printable(wrong.what());
  if (const auto at = text.find("At Most 1 required"); at != std::string::npos) {
    text.replace(at, std::string::npos, "is given more than once");
  }
  return text;
}

int finish(const Console& console, int code) {
  if (!console.output_lost()) return code;
  std::fprintf(stderr, "nalasr: standard output: %s\n", std::strerror(console.output_errno()));
  return code == kAllDone ? kSomeFailed : code;
}

int run(const std::vector<std::string>& arguments) {
  Console console;
  CLI::App parser("NaLaSR upscales pictures as a whole, never in tiles, within a memory budget.", "nalasr");
  parser.footer(kExamples);
  parser.require_subcommand(1);
  parser.set_version_flag("--version", version_text(), "Print the version and what is compiled in");
  const std::vector<std::pair<const char*, Command>> commands{
      {"upscale", add_upscale_command(parser)}, {"models", add_models_command(parser)},
      {"info", add_info_command(parser)},       {"evaluate", add_evaluate_command(parser)},
      {"compare", add_compare_command(parser)}, {kMeasureCommand, add_compare_measure_command(parser)}};
  if (arguments.empty()) {
    std::fputs(parser.help().c_str(), stderr);
    return kUsage;
  }
  try {
    std::vector<std::string> reversed(arguments.size());  // as the parser wants it
    std::transform(arguments.rbegin(), arguments.rend(), reversed.begin(), protect);
    parser.parse(std::move(reversed));
  } catch (const CLI::CallForHelp&) {
    console.print(parser.help());  // that of the chosen command, where there is one
    return finish(console, kAllDone);
  } catch (const CLI::CallForVersion&) {
    console.print(version_text());
    return finish(console, kAllDone);
  } catch (const CLI::ParseError& wrong) {
    const auto chosen = parser.get_subcommands();
    const std::string help = chosen.empty() ? "nalasr --help" : "nalasr " + chosen.front()->get_name() + " --help";
    console.error({ErrorCode::invalid_argument, complaint(wrong, parser), "see " + help});
    return kUsage;
  }
  for (const auto& [name, command] : commands) {
    if (parser.got_subcommand(name)) return finish(console, command(console));
  }
  return kUsage;
}

}  // namespace
}  // namespace nalasr::app

int main(int argc, char** argv) {
  // What codecs free goes back to the system at once. By default malloc keeps blocks of up to 32 MiB once one of that
  // size was freed: memory that no prediction could know.
  mallopt(M_MMAP_THRESHOLD, 128 << 10);
  nalasr::app::open_standard_streams();
  std::signal(SIGPIPE, SIG_IGN);  // a reader that goes away is a failed write, not the end
  try {
    return nalasr::app::run(std::vector<std::string>(argv + 1, argv + argc));
  } catch (const std::exception& e) {
    std::fprintf(stderr, "nalasr: internal error: %s\n", e.what());
    return nalasr::app::kSomeFailed;
  }
}
