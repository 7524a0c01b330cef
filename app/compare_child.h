// One measuring process of `nalasr compare`.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "nalasr/comparison.h"
#include "nalasr/method_run.h"

namespace nalasr::app {

/// The hidden sub-command of our own measuring processes.
inline constexpr const char* kMeasureCommand = "compare-measure";

/// The program that runs the methods of LibTorch: $NALASR_COMPARE_TORCH, else nalasr-compare-torch beside this program.
/// Empty where there is none.
std::optional<std::filesystem::path> torch_program();

/// Starts a fresh process for `request` and waits for what it measured. `model`: the weights' file. Where it takes
/// longer than `limit` it is killed. `host_limit`: bytes of data it may allocate, 0: no limit. Errors: out_of_memory,
/// internal (it failed; the message is what it said), cancelled, device_unavailable (there is no
/// torch_program).
Result<MethodRun> measure_in_process(const MethodRequest& request, const std::filesystem::path& model,
                                     std::chrono::seconds limit, std::uint64_t host_limit, const std::stop_token& stop);

/// What the process does that measure_in_process starts of this program for our own methods; `arguments` as it was
/// given them. Returns the exit code.
int measure_here(const std::vector<std::string>& arguments);

}  // namespace nalasr::app
