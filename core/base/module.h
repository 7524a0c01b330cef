// Parts of the program that are loaded when they are needed: where their files lie.
#pragma once

#include <filesystem>
#include <string>

namespace nalasr {

/// The file `name`.so in the folder $NALASR_MODULES where that is set, else in lib/nalasr beside the program's own
/// folder (bin of an installation; app or tests of a build). Empty where there is no such file.
std::filesystem::path find_module(const std::string& name);

}  // namespace nalasr
