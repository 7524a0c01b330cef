#include "base/thread_pool.h"

#include <sched.h>

#include <algorithm>
#include <chrono>

namespace nalasr {
namespace {

constexpr unsigned kOpen = 1u << 31;
/// Between the loops of a picture lie microseconds, and waking a thread that sleeps takes some ten of them.
constexpr std::chrono::microseconds kSpin{100};

void pause() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

}  // namespace

int default_thread_count() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof(set), &set) == 0) return std::max(1, CPU_COUNT(&set));
  return std::max(1u, std::thread::hardware_concurrency());
}

ThreadPool::ThreadPool(int threads) {
  if (threads <= 0) threads = default_thread_count();
  shares_ = std::make_unique<Share[]>(threads);
  may_spin_ = threads <= default_thread_count();  // otherwise the one that is waited for may need this very core
  for (int i = 1; i < threads; ++i) workers_.emplace_back([this, i] { worker(i); });
}

ThreadPool::~ThreadPool() {
  stopping_ = true;
  ++generation_;
  generation_.notify_all();
  for (std::thread& w : workers_) w.join();
}

/// Returns when `ready`, or after kSpin.
template <typename Ready>
void ThreadPool::spin(Ready ready) const {
  if (!may_spin_) return;
  const auto end = std::chrono::steady_clock::now() + kSpin;
  do {
    for (int i = 0; i < 32; ++i) {
      if (ready()) return;
      pause();
    }
  } while (std::chrono::steady_clock::now() < end);
}

/// Does item `index` of the part of all loops that is `owner`'s. Returns false if there are not so many.
bool ThreadPool::do_item(int owner, int index, int thread) {
  for (const Loop& loop : loops_) {
    const int begin = static_cast<int>(std::int64_t{loop.count} * owner / size());
    const int count = static_cast<int>(std::int64_t{loop.count} * (owner + 1) / size()) - begin;
    if (index < count) {
      loop.body(begin + index, thread);
      return true;
    }
    index -= count;
  }
  return false;
}

void ThreadPool::drain(int thread) {
  for (int i = 0; i < size(); ++i) {
    const int owner = (thread + i) % size();
    while (do_item(owner, shares_[owner].next.fetch_add(1), thread)) {}
  }
}

void ThreadPool::run(std::span<const Loop> loops) {
  loops_ = loops;
  for (int i = 0; i < size(); ++i) shares_[i].next = 0;
  if (workers_.empty()) return drain(0);
  state_ |= kOpen;
  ++generation_;
  generation_.notify_all();
  drain(0);
  state_ &= ~kOpen;
  spin([this] { return state_ == 0; });
  for (unsigned inside = state_; inside != 0; inside = state_) state_.wait(inside);
}

void ThreadPool::parallel_for(int count, std::function<void(int, int)> body) {
  const Loop loop{count, std::move(body)};
  run({&loop, 1});
}

void ThreadPool::worker(int thread) {
  unsigned seen = 0;
  for (;;) {
    spin([&] { return generation_ != seen; });
    generation_.wait(seen);
    seen = generation_;
    if (stopping_) return;
    if (state_++ & kOpen) drain(thread);
    if (--state_ == 0) state_.notify_one();
  }
}

}  // namespace nalasr
