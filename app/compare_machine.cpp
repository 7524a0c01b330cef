#include "compare_machine.h"

#include <sched.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <fstream>

#include "console.h"
#include "nalasr/memory.h"
#include "nalasr/method_run.h"

namespace nalasr::app {
namespace {

std::string processor_name() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    const std::size_t colon = line.find(": ");
    if (line.rfind("model name", 0) == 0 && colon != std::string::npos) return line.substr(colon + 2);
  }
  return "unknown processor";
}

std::string today() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[40];
  std::strftime(text, sizeof text, "%Y-%m-%d %H:%M UTC", &parts);
  return text;
}

std::string gibibytes(std::uint64_t bytes) {
  char text[40];
  std::snprintf(text, sizeof text, "%.1f GiB", static_cast<double>(bytes) / (1 << 30));
  return text;
}

}  // namespace

int core_count() {
  cpu_set_t cores;
  return ::sched_getaffinity(0, sizeof cores, &cores) == 0 ? std::max(1, CPU_COUNT(&cores)) : 1;
}

Comparison describe_machine(Device device) {
  Comparison c;
  c.date = today();
  c.device = device;
  c.machine = processor_name() + ", " + std::to_string(core_count()) + " cores, " + gibibytes(machine_memory().total) +
              " of memory";
  const auto gpu = device == Device::cuda ? gpu_state() : std::nullopt;
  if (gpu) c.driver = gpu->name + ", " + gibibytes(gpu->total) + ", driver " + gpu->driver;
  return c;
}

std::vector<std::string> command_words() {
  std::ifstream line("/proc/self/cmdline", std::ios::binary);
  std::vector<std::string> words;
  for (std::string word; std::getline(line, word, '\0');) words.push_back(printable(word));
  if (!words.empty()) words.erase(words.begin());
  return words;
}

}  // namespace nalasr::app
