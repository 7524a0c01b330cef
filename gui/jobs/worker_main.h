// The child process: does one request read from standard input and tells events on standard output.
#pragma once

namespace nalasr::gui {

/// The option that makes the viewer such a child.
inline constexpr char kWorkerOption[] = "--worker";

/// No QApplication, no window. Returns the exit code.
int worker_main();

}  // namespace nalasr::gui
