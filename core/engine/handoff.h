// From one group of threads to the next, one thing at a time: who gives waits until somebody takes, so that nothing
// piles up between them.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

namespace nalasr {

template <typename T>
class Handoff {
 public:
  /// Waits until it is taken.
  void give(T item) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !item_; });
    item_ = std::move(item);
    const std::size_t mine = ++given_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return taken_ >= mine; });
  }
  /// Waits for the next; nothing after close().
  std::optional<T> take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return item_ || closed_; });
    if (!item_) return std::nullopt;
    std::optional<T> item = std::exchange(item_, std::nullopt);
    ++taken_;
    changed_.notify_all();
    return item;
  }
  /// Nobody gives any more.
  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<T> item_;
  std::size_t given_ = 0, taken_ = 0;
  bool closed_ = false;
};

}  // namespace nalasr
