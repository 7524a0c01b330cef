// Signals as a stop request.
#pragma once

#include <atomic>
#include <csignal>
#include <stop_token>
#include <thread>

namespace nalasr::app {

/// While it lives, the first SIGINT, SIGTERM or SIGHUP requests a stop and a second one ends the process at once.
/// Construct it before any other thread is started: they inherit the signal mask.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

  [[nodiscard]] std::stop_token token() const { return source_.get_token(); }
  [[nodiscard]] bool requested() const { return source_.stop_requested(); }

 private:
  void wait_for_signals();

  std::stop_source source_;
  std::atomic<bool> done_{false};
  sigset_t signals_{}, previous_mask_{};
  std::thread waiter_;
};

}  // namespace nalasr::app
