// What a comparison ran on.
#pragma once

#include <string>
#include <vector>

#include "nalasr/comparison.h"

namespace nalasr::app {

/// A comparison without entries that knows its date, device, machine and driver.
Comparison describe_machine(Device device);
/// Processors that this process may use.
int core_count();
/// The words of this process's command line after the program's name.
std::vector<std::string> command_words();

}  // namespace nalasr::app
