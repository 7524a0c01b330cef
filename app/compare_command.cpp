// nalasr compare: what our way of computing takes beside others, measured on this machine.
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <map>
#include <sstream>
#include <system_error>

#include "commands.h"
#include "compare_child.h"
#include "compare_machine.h"
#include "devices.h"
#include "interrupt.h"
#include "model_choice.h"
#include "nalasr/comparison_report.h"
#include "nalasr/image.h"
#include "nalasr/memory.h"
#include "nalasr/version.h"
#include "units.h"

namespace nalasr::app {
namespace {

namespace fs = std::filesystem;

constexpr int kLongestSide = 100'000;
constexpr double kUsableShare = 0.9;  // of free memory: what else runs on the machine wants some too
constexpr const char* kHowToGetTorch =
    "nalasr-compare-torch is not beside this program; build it with LibTorch, or name it by NALASR_COMPARE_TORCH";

struct Arguments {
  std::string input, model = "light", scale, device = "auto", precision = "mixed";
  std::vector<std::string> sizes, methods;
  std::string threads, repeat, warm_up, limit = "1800", memory_limit, report, check, from, command_line;
};

struct Size {
  int width = 0, height = 0;
  bool of_input = false;
};

/// All options, understood.
struct Wanted {
  std::vector<Size> sizes;
  std::vector<Method> methods;
  MethodRequest request;
  int limit = 0;
  std::uint64_t memory_limit = 0;
  ModelChoice model;
};

Result<Size> parse_dimensions(const std::string& text) {
  const std::size_t x = text.find('x');
  if (x != std::string::npos) {
    const auto width = parse_whole(text.substr(0, x), 1, kLongestSide);
    const auto height = parse_whole(text.substr(x + 1), 1, kLongestSide);
    if (width && height) return Size{*width, *height};
  }
  return Error{ErrorCode::invalid_argument, "\"" + printable(text) + "\" is not a size", "for example 640x480"};
}

/// Size of an upright picture, from its header.
Result<Size> input_size(const std::string& path) {
  const auto reader = ImageReader::open(path);
  if (!reader) return about(printable(path), reader.error());
  const ImageInfo& info = (*reader)->info();
  return info.orientation >= 5 ? Size{info.height, info.width, true} : Size{info.width, info.height, true};
}

Result<Wanted> understand(const Arguments& a) {
  Wanted w;
  const std::vector<std::string> usual{"128x128", "264x268", "640x480"};
  const std::vector<std::string>& sizes = a.sizes.empty() && a.input.empty() ? usual : a.sizes;
  for (const std::string& text : sizes) {
    const auto size = parse_dimensions(text);
    if (!size) return about("--sizes", size.error());
    w.sizes.push_back(*size);
  }
  std::sort(w.sizes.begin(), w.sizes.end(), [](const Size& x, const Size& y) {
    return std::int64_t{x.width} * x.height < std::int64_t{y.width} * y.height;
  });
  for (const std::string& name : a.methods) {
    const auto method = parse_method(name);
    if (!method)
      return Error{ErrorCode::invalid_argument, "--methods: \"" + printable(name) + "\" is not a method",
                   "see nalasr compare --help"};
    w.methods.push_back(*method);
  }
  if (w.methods.empty()) w.methods.assign(std::begin(kAllMethods), std::end(kAllMethods));
  const auto precision = parse_precision(a.precision);
  if (!precision) return about("--precision", precision.error());
  w.request.precision = *precision;
  double scale = 0;
  if (!a.scale.empty()) {
    const auto parsed = parse_scale(a.scale);
    if (!parsed) return about("-s", parsed.error());
    scale = *parsed;
  }
  if (!a.memory_limit.empty()) {
    const auto bytes = parse_size(a.memory_limit);
    if (!bytes) return about("--memory-limit", bytes.error());
    w.memory_limit = *bytes;
  }
  const auto device = parse_one_device(a.device);
  if (!device) return device.error();
  const bool automatic = *device == Device::automatic;
  const bool gpu = *device == Device::cuda || (automatic && device_unavailable_reason(Device::cuda).empty());
  w.request.device = gpu ? Device::cuda : Device::cpu;
  const struct {
    const char* option;
    const std::string& text;
    int low, usual;
    int& value;
  } numbers[] = {{"--threads", a.threads, 1, core_count(), w.request.threads},
                 {"--repeat", a.repeat, 1, 5, w.request.repeat},
                 {"--warm-up", a.warm_up, 0, gpu ? 2 : 0, w.request.warm_up},
                 {"--time-limit", a.limit, 1, 0, w.limit}};
  for (const auto& n : numbers) {
    const auto number = n.text.empty() ? Result<int>(n.usual) : parse_whole(n.text, n.low, 100'000);
    if (!number) return about(n.option, number.error());
    n.value = *number;
  }
  if (!a.input.empty()) {
    const auto size = input_size(a.input);
    if (!size) return size.error();
    w.sizes.push_back(*size);
  }
  const auto model = choose_model(a.model, scale);
  if (!model) {
    // Whatever is wrong with it, a model that cannot be had is unavailable.
    return Error{ErrorCode::device_unavailable, model.error().message, model.error().hint};
  }
  w.model = *model;
  return w;
}

std::string readable(std::uint64_t bytes) {
  const double gibibytes = static_cast<double>(bytes) / (1 << 30);
  if (gibibytes < 1) return mebibytes(bytes);
  char text[40];
  std::snprintf(text, sizeof text, gibibytes < 1024 ? "%.1f GiB" : "%.1f TiB",
                gibibytes < 1024 ? gibibytes : gibibytes / 1024);
  return text;
}

/// Of what is estimated only: "42.0 s", "35 min", "4.8 h".
std::string roughly(double s) {
  if (s < 120) return seconds(s);
  char text[40];
  std::snprintf(text, sizeof text, s < 7200 ? "%.0f min" : "%.1f h", s < 7200 ? s / 60 : s / 3600);
  return text;
}

std::uint64_t usable_memory(const Wanted& w) {
  if (w.memory_limit > 0) return w.memory_limit;
  if (w.request.device == Device::cpu) return static_cast<std::uint64_t>(kUsableShare * machine_memory().available);
  const auto gpu = gpu_state();
  return gpu ? static_cast<std::uint64_t>(kUsableShare * (gpu->total - gpu->used)) : 0;
}

/// Runs methods size by size, and learns from small pictures which large ones would take too long.
class Runs {
 public:
  Runs(Console& console, const Wanted& wanted, std::stop_token stop)
      : console_(console), wanted_(wanted), stop_(std::move(stop)) {}

  ComparisonEntry entry(Method method, const Size& size, const std::string& input) {
    const ModelSpec& spec = wanted_.model.model->spec();
    const int element = wanted_.request.precision == Precision::mixed ? 2 : 4;
    ComparisonEntry entry{.method = method, .width = size.width, .height = size.height};
    entry.computed = computed_peak(method, spec, size.width, size.height, element);
    const std::uint64_t usable = usable_memory(wanted_);
    if (!is_ours(method) && !torch_program()) {
      entry.reason = kHowToGetTorch;
    } else if (usable > 0 && entry.computed > usable) {
      entry.reason = "it would need " + readable(entry.computed) + ", and may take " + readable(usable);
    } else if (const double expected = expected_seconds(entry); expected > wanted_.limit) {
      entry.reason = "it would take about " + roughly(expected) + ", as smaller pictures say; the limit is " +
                     seconds(wanted_.limit);
    } else {
      measure(entry, size.of_input ? input : std::string(), usable);
    }
    tell(entry);
    return entry;
  }

 private:
  void measure(ComparisonEntry& entry, const std::string& input, std::uint64_t usable) {
    MethodRequest request = wanted_.request;
    request.method = entry.method;
    request.width = entry.width;
    request.height = entry.height;
    request.input = input;
    // On a GPU the driver's address space counts as data: no limit there.
    const std::uint64_t host_limit = request.device == Device::cpu ? usable + kProgramBytes : 0;
    auto run = measure_in_process(request, wanted_.model.file, std::chrono::seconds(wanted_.limit), host_limit, stop_);
    if (run) {
      entry.run = std::move(*run);
      slowest_[entry.method] = {entry.tokens(), entry.run->median_seconds()};
      return;
    }
    entry.reason = run.error().message;
    if (run.error().code == ErrorCode::cancelled) {
      slowest_[entry.method] = {entry.tokens(), static_cast<double>(wanted_.limit)};
    }
  }

  /// From the last smaller picture: work grows with the tokens, or with their square where all attend to all.
  [[nodiscard]] double expected_seconds(const ComparisonEntry& e) const {
    const auto before = slowest_.find(e.method);
    if (before == slowest_.end()) return 0;
    const double ratio = static_cast<double>(e.tokens()) / static_cast<double>(before->second.tokens);
    const bool quadratic = e.method == Method::softmax_flash || e.method == Method::softmax_materialised;
    return before->second.seconds * (quadratic ? ratio * ratio : ratio);
  }

  void tell(const ComparisonEntry& e) {
    std::ostringstream line;
    line << padded(to_string(e.method), 22) << padded(std::to_string(e.width) + "x" + std::to_string(e.height), 12);
    if (e.run) {
      line << "peak " << readable(e.run->peak()) << ", " << seconds(e.run->median_seconds());
    } else {
      if (e.computed > 0) line << "computed " << readable(e.computed) << ": ";
      line << e.reason;
    }
    console_.print(line.str());
  }

  static constexpr std::uint64_t kProgramBytes = 1ULL << 30;  // LibTorch itself, threads' stacks

  Console& console_;
  const Wanted& wanted_;
  std::stop_token stop_;
  struct Timed {
    std::uint64_t tokens;
    double seconds;
  };
  std::map<Method, Timed> slowest_;
};

bool write(Console& console, const fs::path& file, const std::string& text) {
  std::ofstream out(file, std::ios::binary);
  out << text;
  out.close();
  if (out) return true;
  console.error(about(printable(file), {ErrorCode::io, "could not be written", "is there room in the folder?"}));
  return false;
}

bool write_reports(Console& console, const fs::path& folder, const Comparison& comparison) {
  std::error_code problem;
  fs::create_directories(folder, problem);
  const bool all = write(console, folder / "report.html", html_report(comparison)) &&
                   write(console, folder / "report.md", markdown_report(comparison)) &&
                   write(console, folder / "report.csv", csv_report(comparison)) &&
                   write(console, folder / "report.json", json_report(comparison));
  if (all) console.print("report: " + printable(folder / "report.html"));
  return all;
}

ExitCode check_against(Console& console, const std::string& name, const Comparison& stored, const Comparison& now) {
  const CheckOutcome outcome = check(now, stored);
  for (const std::string& note : outcome.notes) console.warn(printable(name), note);
  for (const std::string& worse : outcome.worse) console.error({ErrorCode::internal, worse, ""});
  if (outcome.compared == 0 && outcome.worse.empty()) {
    console.error(about(printable(name), {ErrorCode::invalid_argument, "holds no measurement like those of this run",
                                          "use the same sizes, methods, device and precision"}));
    return kSomeFailed;
  }
  if (!outcome.worse.empty()) return kSomeFailed;
  console.print("check: " + std::to_string(outcome.compared) + " measurements, none worse than in " + printable(name));
  return kAllDone;
}

Result<Comparison> read_stored(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return about(printable(path), {ErrorCode::not_found, "cannot be read", "give a report.json"});
  std::ostringstream text;
  text << file.rdbuf();
  auto stored = parse_comparison(text.str());
  return stored ? stored : Result<Comparison>(about(printable(path), stored.error()));
}

/// The forms of a report that was measured before.
ExitCode rewrite(Console& console, const Arguments& a) {
  const auto stored = read_stored(a.from);
  if (!stored) {
    console.error(stored.error());
    return kUsage;
  }
  console.print(headline(*stored));
  return a.report.empty() || write_reports(console, a.report, *stored) ? kAllDone : kSomeFailed;
}

ExitCode compare(Console& console, const Arguments& a) {
  if (!a.from.empty()) return rewrite(console, a);
  std::optional<Comparison> stored;
  if (!a.check.empty()) {
    auto read = read_stored(a.check);
    if (!read) {
      console.error(read.error());
      return kUsage;
    }
    stored = std::move(*read);
  }
  const auto wanted = understand(a);
  if (!wanted) {
    console.error(wanted.error());
    const ErrorCode code = wanted.error().code;
    return code == ErrorCode::invalid_argument     ? kUsage
           : code == ErrorCode::device_unavailable ? kUnavailable
                                                   : kSomeFailed;
  }
  const InterruptGuard interrupt;
  Comparison c = describe_machine(wanted->request.device);
  c.version = build_info().version;
  c.command_line = a.command_line;
  c.model = wanted->model.name;
  c.model_sha256 = wanted->model.model->sha256();
  c.precision = a.precision;
  c.picture = a.input.empty() ? "made-up pictures (waves and noise)" : printable(fs::path(a.input).filename());
  c.scale = wanted->model.model->spec().scale;
  c.repeat = wanted->request.repeat;
  c.warm_up = wanted->request.warm_up;
  c.threads = wanted->request.threads;
  Runs runs(console, *wanted, interrupt.token());
  for (const Size& size : wanted->sizes)
    for (const Method method : wanted->methods) {
      c.entries.push_back(runs.entry(method, size, a.input));
      if (interrupt.requested()) return kInterrupted;
    }
  console.print(headline(c));
  const bool written = a.report.empty() || write_reports(console, a.report, c);
  const bool ours_failed = std::any_of(c.entries.begin(), c.entries.end(),
                                       [](const ComparisonEntry& e) { return is_ours(e.method) && !e.run; });
  const ExitCode checked = stored ? check_against(console, a.check, *stored, c) : kAllDone;
  return written && !ours_failed ? checked : kSomeFailed;
}

}  // namespace

Command add_compare_command(CLI::App& parser) {
  auto a = std::make_shared<Arguments>();
  CLI::App* command = parser.add_subcommand("compare", "Measure memory and time beside other ways of computing");
  std::string methods = "Methods, each run in a fresh process:\n";
  for (const Method m : kAllMethods) methods += "  " + padded(to_string(m), 22) + description(m) + "\n";
  command->footer(methods + "All but the first two need LibTorch: nalasr-compare-torch, built beside this program.");
  command->add_option("--input", a->input, "A picture")->type_name("PICTURE");
  command->add_option("--sizes", a->sizes, "Sizes of made-up pictures: 640x480,...")->delimiter(',')->type_name("WxH");
  command->add_option("-m,--model", a->model, "A name that `nalasr models` lists, or a file (without it: light)")
      ->type_name("MODEL");
  command->add_option("-s,--scale", a->scale, "Scale of the model")->type_name("S");
  command->add_option("--methods", a->methods, "Which; without it all")->delimiter(',')->type_name("METHOD");
  command->add_option("--device", a->device, "auto, cpu or cuda")->type_name("DEVICE");
  command->add_option("--precision", a->precision, "mixed (16 bits, also for the others) or fp32")->type_name("P");
  command->add_option("--threads", a->threads, "Without it one per core")->type_name("N");
  command->add_option("--repeat", a->repeat, "Timed runs of each (without it: 5)")->type_name("N");
  command->add_option("--warm-up", a->warm_up, "Runs before them (without it: 2 on a GPU, 0 on a CPU)")->type_name("N");
  command->add_option("--time-limit", a->limit, "Seconds for one process (without it: 1800)")->type_name("S");
  command->add_option("--memory-limit", a->memory_limit, "What a method may take, instead of what is free")
      ->type_name("SIZE");
  command->add_option("--report", a->report, "Folder for report.html, .md, .csv and .json")->type_name("DIR");
  command->add_option("--from", a->from, "Measure nothing: write the report of this report.json anew")
      ->type_name("FILE");
  command
      ->add_option("--check", a->check, "Exit with 1 where a peak grew by 5% or a time by 20% since this report.json")
      ->type_name("FILE");
  return [a](Console& console) {
    a->command_line = "nalasr";
    for (const std::string& word : command_words()) a->command_line += " " + word;
    return compare(console, *a);
  };
}

Command add_compare_measure_command(CLI::App& parser) {
  auto words = std::make_shared<std::vector<std::string>>();
  CLI::App* command = parser.add_subcommand(kMeasureCommand, "What `compare` starts")->group("");
  command->add_option("WORDS", *words);
  return [words](Console&) { return static_cast<ExitCode>(measure_here(*words)); };
}

}  // namespace nalasr::app
