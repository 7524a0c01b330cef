#include "interrupt.h"

#include <pthread.h>
#include <unistd.h>

#include "exit_code.h"

namespace nalasr::app {
namespace {

// Wakes the waiting thread when the guard goes; no one else sends it.
int wake_signal() { return SIGRTMIN; }

// A caller that ignores a signal for us (a shell starting a background job) means it.
bool is_ignored(int signal) {
  struct sigaction action {};
  return ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

// request_stop() may run callbacks and take locks, which a signal handler must not: so the signals are blocked
// everywhere and one thread waits for them.
InterruptGuard::InterruptGuard() {
  sigemptyset(&signals_);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    if (!is_ignored(signal)) sigaddset(&signals_, signal);
  }
  sigaddset(&signals_, wake_signal());
  pthread_sigmask(SIG_BLOCK, &signals_, &previous_mask_);
  waiter_ = std::thread([this] { wait_for_signals(); });
}

InterruptGuard::~InterruptGuard() {
  done_ = true;
  pthread_kill(waiter_.native_handle(), wake_signal());
  waiter_.join();
  pthread_sigmask(SIG_SETMASK, &previous_mask_, nullptr);
}

void InterruptGuard::wait_for_signals() {
  for (;;) {
    int signal = 0;
    if (sigwait(&signals_, &signal) != 0) continue;
    if (done_) return;
    if (signal == wake_signal()) continue;
    if (!source_.request_stop()) ::_exit(kInterrupted);
  }
}

}  // namespace nalasr::app
