// What the process tells its caller; scripts rely on these numbers.
#pragma once

namespace nalasr::app {

enum ExitCode : int {
  kAllDone = 0,       ///< everything was done; an output that already existed counts
  kSomeFailed = 1,    ///< at least one file failed
  kUsage = 2,         ///< the command line is wrong; nothing was done
  kUnavailable = 3,   ///< the device or the model is not available
  kInterrupted = 130  ///< stopped by a signal, as shells say it for SIGINT
};

}  // namespace nalasr::app
