// The thread pool: every item once, whoever does it, and nobody waits for a thread that has nothing to do.
#include "base/thread_pool.h"

#include <gtest/gtest.h>

#include <numeric>

namespace nalasr::test {
namespace {

/// Runs loops of the given lengths; returns how often each item was done, loop after loop.
std::vector<int> times_done(ThreadPool& pool, const std::vector<int>& lengths) {
  std::vector<std::atomic<int>> done(std::accumulate(lengths.begin(), lengths.end(), 0));
  std::vector<Loop> loops;
  int first = 0;
  for (const int length : lengths) {
    loops.push_back({length, [&done, &pool, first](int item, int thread) {
                       ASSERT_TRUE(thread >= 0 && thread < pool.size());
                       ++done[first + item];
                     }});
    first += length;
  }
  pool.run(loops);
  return {done.begin(), done.end()};
}

TEST(ThreadPool, DoesEveryItemOfEveryLoopOnce) {
  for (const int threads : {1, 2, 3, 7}) {
    ThreadPool pool(threads);
    ASSERT_EQ(pool.size(), threads);
    for (const std::vector<int>& lengths :
         std::vector<std::vector<int>>{{}, {0}, {1}, {5, 0, 1}, {100, 3}, {2, 2, 2, 2}, {1000}}) {
      const std::vector<int> done = times_done(pool, lengths);
      EXPECT_EQ(done, std::vector<int>(done.size(), 1)) << threads << " threads";
    }
  }
}

/// Loops that follow each other at once, so that workers come late to some of them and must not touch the next.
TEST(ThreadPool, ManyShortLoops) {
  for (const int threads : {2, 5}) {
    ThreadPool pool(threads);
    for (int i = 0; i < 20000; ++i) {
      int plain[3] = {};  // lives only as long as the loop; items are separate, so no atomics
      pool.parallel_for(3, [&plain](int item, int) { ++plain[item]; });
      ASSERT_EQ(plain[0] + plain[1] + plain[2], 3);
    }
  }
}

/// One item waits for all others: only if somebody takes over what its thread would have done next does this end.
TEST(ThreadPool, OthersTakeWhatABusyThreadHasLeft) {
  ThreadPool pool(2);
  std::atomic<int> others{0};
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  pool.parallel_for(64, [&](int item, int) {
    if (item != 0) {
      ++others;
      return;
    }
    while (others < 63 && std::chrono::steady_clock::now() < limit) std::this_thread::yield();
  });
  EXPECT_EQ(others, 63);
  EXPECT_LT(std::chrono::steady_clock::now(), limit);
}

/// Workers that went to sleep are woken.
TEST(ThreadPool, WorksAfterAPause) {
  ThreadPool pool(2);
  for (int i = 0; i < 5; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    std::atomic<int> met{0};
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    pool.parallel_for(2, [&](int, int) {  // two items that need two threads
      ++met;
      while (met < 2 && std::chrono::steady_clock::now() < limit) std::this_thread::yield();
    });
    EXPECT_EQ(met, 2);
    EXPECT_LT(std::chrono::steady_clock::now(), limit);
  }
}

}  // namespace
}  // namespace nalasr::test
