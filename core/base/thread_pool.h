// A fixed set of threads that share the items of parallel loops.
//
// Results must not depend on who did which item: items write to places of their own, and whoever sums does so in
// item order afterwards. That keeps outputs byte-identical for any thread count.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <span>
#include <thread>
#include <vector>

namespace nalasr {

/// body(item, thread) for every item in [0, count). `body` must not throw.
struct Loop {
  int count = 0;
  std::function<void(int item, int thread)> body;
};

class ThreadPool {
 public:
  /// `threads` counts the calling thread too; 0 = one per core.
  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  [[nodiscard]] int size() const { return static_cast<int>(workers_.size()) + 1; }

  /// Runs loops of which none needs what another makes, thread in [0, size()); returns when all are done. The larger
  /// items should come first, so that the small ones fill the end.
  void run(std::span<const Loop> loops);
  /// One loop alone.
  void parallel_for(int count, std::function<void(int item, int thread)> body);

 private:
  /// Of each loop a thread first does the same part of the items, so that it finds in its core's cache what it made of
  /// the same part of a picture before. Then it takes what others have left. A line of its own for each counter.
  struct alignas(64) Share {
    std::atomic<int> next{0};
  };
  void worker(int thread);
  void drain(int thread);
  bool do_item(int owner, int index, int thread);
  template <typename Ready>
  void spin(Ready ready) const;

  std::vector<std::thread> workers_;
  std::unique_ptr<Share[]> shares_;
  std::span<const Loop> loops_;
  bool may_spin_ = true;
  /// Loops begun so far: what sleeping workers wait for.
  std::atomic<unsigned> generation_{0};
  /// Number of workers inside, and the bit kOpen while there is something to do. A worker that comes too late, because
  /// its core did something else, turns round, and nobody waits for it.
  std::atomic<unsigned> state_{0};
  std::atomic<bool> stopping_{false};
};

/// Threads to use where nobody said: the cores this process may run on.
int default_thread_count();

}  // namespace nalasr
