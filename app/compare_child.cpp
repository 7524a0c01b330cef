#include "compare_child.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <system_error>

#include "console.h"
#include "units.h"

namespace nalasr::app {
namespace {

namespace fs = std::filesystem;

constexpr int kPollMilliseconds = 100;
// A sanitizer's shadow memory counts as data: terabytes, which no limit would leave it.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kLimitData = false;
#else
constexpr bool kLimitData = true;
#endif
constexpr int kMostThreads = 4096, kMostRepeats = 1000, kLongestSide = 1'000'000;

fs::path this_program() {
  std::error_code problem;
  return fs::read_symlink("/proc/self/exe", problem);
}

/// METHOD MODEL DEVICE PRECISION THREADS REPEAT WARM_UP WIDTH HEIGHT [PICTURE]: the same for both programs.
std::vector<std::string> child_arguments(const MethodRequest& request, const fs::path& model) {
  std::vector<std::string> words{
      to_string(request.method),       model.string(),
      to_string(request.device),       request.precision == Precision::mixed ? "mixed" : "fp32",
      std::to_string(request.threads), std::to_string(request.repeat),
      std::to_string(request.warm_up), std::to_string(request.width),
      std::to_string(request.height)};
  if (!request.input.empty()) words.push_back(request.input.string());
  return words;
}

/// Only what may be called between fork and exec, while other threads may hold any lock: nothing is allocated.
[[noreturn]] void become(char* const* argv, int output, std::uint64_t host_limit) {
  ::dup2(output, STDOUT_FILENO);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);  // the caller's threads leave signals to one of them
  std::signal(SIGPIPE, SIG_DFL);
  if (kLimitData && host_limit > 0) {
    const rlimit limit{host_limit, host_limit};
    ::setrlimit(RLIMIT_DATA, &limit);
  }
  ::execv(argv[0], argv);
  ::_exit(127);
}

/// What comes through `from` until its end; empty where time ran out or a stop was asked for.
std::optional<std::string> read_all(int from, std::chrono::seconds limit, const std::stop_token& stop) {
  const auto end = std::chrono::steady_clock::now() + limit;
  std::string text;
  for (;;) {
    if (stop.stop_requested() || std::chrono::steady_clock::now() > end) return {};
    pollfd waiting{from, POLLIN, 0};
    if (::poll(&waiting, 1, kPollMilliseconds) <= 0) continue;
    char block[4096];
    const ssize_t count = ::read(from, block, sizeof block);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return text;
    text.append(block, static_cast<std::size_t>(count));
  }
}

Result<MethodRun> outcome(int status, const std::string& text) {
  if (WIFSIGNALED(status)) {
    // The kernel kills whoever takes the last memory.
    if (WTERMSIG(status) == SIGKILL) return Error{ErrorCode::out_of_memory, "was killed: memory ran out", ""};
    return Error{ErrorCode::internal, std::string("ended by a signal: ") + ::strsignal(WTERMSIG(status)), ""};
  }
  const int code = WEXITSTATUS(status);
  if (code == kMethodOutOfMemory) return Error{ErrorCode::out_of_memory, "ran out of memory", ""};
  if (code != 0) {
    const std::string said = text.substr(0, text.find('\n'));
    return Error{ErrorCode::internal, said.empty() ? "failed with exit code " + std::to_string(code) : printable(said),
                 ""};
  }
  auto run = parse_method_run(text);
  if (!run) return Error{ErrorCode::internal, "printed something else than a measurement", ""};
  return run;
}

}  // namespace

std::optional<fs::path> torch_program() {
  std::error_code problem;
  if (const char* const named = std::getenv("NALASR_COMPARE_TORCH")) {
    return fs::exists(named, problem) ? std::optional<fs::path>(named) : std::nullopt;
  }
  const fs::path beside = this_program().parent_path() / "nalasr-compare-torch";
  return fs::exists(beside, problem) ? std::optional(beside) : std::nullopt;
}

Result<MethodRun> measure_in_process(const MethodRequest& request, const fs::path& model, std::chrono::seconds limit,
                                     std::uint64_t host_limit, const std::stop_token& stop) {
  std::vector<std::string> words;
  if (is_ours(request.method)) {
    words = {this_program().string(), kMeasureCommand};
  } else {
    const auto torch = torch_program();
    if (!torch) return Error{ErrorCode::device_unavailable, "nalasr-compare-torch is not there", ""};
    words = {torch->string()};
  }
  for (std::string& word : child_arguments(request, model)) words.push_back(std::move(word));
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return Error{ErrorCode::internal, std::strerror(errno), ""};
  const pid_t child = ::fork();
  if (child == 0) become(argv.data(), ends[1], host_limit);
  ::close(ends[1]);
  if (child < 0) {
    ::close(ends[0]);
    return Error{ErrorCode::internal, std::strerror(errno), ""};
  }
  const auto text = read_all(ends[0], limit, stop);
  ::close(ends[0]);
  if (!text) ::kill(child, SIGKILL);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {}
  if (text) return outcome(status, *text);
  if (stop.stop_requested()) return Error{ErrorCode::cancelled, "stopped", ""};
  return Error{ErrorCode::cancelled, "was stopped after " + std::to_string(limit.count()) + " s", ""};
}

int measure_here(const std::vector<std::string>& a) {
  constexpr std::size_t kWords = 9;
  const auto method = a.size() < kWords ? std::nullopt : parse_method(a[0]);
  if (!method) return 2;
  MethodRequest request{.method = *method};
  request.device = a[2] == to_string(Device::cuda) ? Device::cuda : Device::cpu;
  request.precision = a[3] == "fp32" ? Precision::fp32 : Precision::mixed;
  const std::pair<int*, int> numbers[] = {{&request.threads, kMostThreads},
                                          {&request.repeat, kMostRepeats},
                                          {&request.warm_up, kMostRepeats},
                                          {&request.width, kLongestSide},
                                          {&request.height, kLongestSide}};
  for (std::size_t i = 0; i < 5; ++i) {
    const auto number = parse_whole(a[4 + i], 0, numbers[i].second);
    if (!number) return 2;
    *numbers[i].first = *number;
  }
  if (a.size() > kWords) request.input = a[kWords];
  const auto model = Model::load(a[1]);
  const auto run = model ? run_own_method(*model, request) : Result<MethodRun>(model.error());
  if (!run) {
    std::printf("%s\n", run.error().message.c_str());
    return run.error().code == ErrorCode::out_of_memory ? kMethodOutOfMemory : 1;
  }
  return std::printf("%s\n", to_json(*run).c_str()) > 0 ? 0 : 1;
}

}  // namespace nalasr::app
