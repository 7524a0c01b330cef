// The sub-commands. Each adds its options to the parser and returns what to run once they are parsed.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

#include "console.h"
#include "exit_code.h"

namespace nalasr::app {

using Command = std::function<ExitCode(Console&)>;

Command add_upscale_command(CLI::App& parser);
Command add_models_command(CLI::App& parser);
Command add_info_command(CLI::App& parser);
Command add_evaluate_command(CLI::App& parser);
Command add_compare_command(CLI::App& parser);
Command add_compare_measure_command(CLI::App& parser);  ///< hidden: one measuring process of compare

}  // namespace nalasr::app
