// A fixed set of threads that share the items of one parallel loop.
//
// Results must not depend on who did which item: items write to places of their own, and whoever sums does so in
// item order afterwards. That keeps outputs byte-identical for any thread count.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace nalasr {

class ThreadPool {
 public:
  /// `threads` counts the calling thread too; 0 = one per core.
  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  [[nodiscard]] int size() const { return static_cast<int>(workers_.size()) + 1; }

  /// Calls body(item, thread) for every item in [0, count), thread in [0, size()); returns when all are done.
  /// `body` must not throw.
  void parallel_for(int count, const std::function<void(int item, int thread)>& body);

 private:
  void worker(int thread);
  void drain(int thread);

  std::vector<std::thread> workers_;
  std::mutex mutex_;
  std::condition_variable start_, done_;
  const std::function<void(int, int)>* body_ = nullptr;
  std::atomic<int> next_{0};
  int count_ = 0;
  int running_ = 0;
  unsigned generation_ = 0;
  bool stopping_ = false;
};

/// Threads to use where nobody said: the cores this process may run on.
int default_thread_count();

}  // namespace nalasr
