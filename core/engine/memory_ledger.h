// Memory that several pictures at once may take together: each enters what it will take before it takes it, and waits
// while there is no room.
//
// No picture waits for ever. What computes or saves ends by itself and gives back. A loaded picture must grow before it
// can compute, so a further one is loaded only where, after that, the neediest of those that wait could still grow if
// all else had ended.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <stop_token>

namespace nalasr {

class MemoryLedger {
 public:
  /// `limit`: bytes; 0 = without limit.
  explicit MemoryLedger(std::uint64_t limit) : limit_(limit) {}

  /// From now on nothing has to wait; sums are still kept.
  void lift_limit();
  /// Enters a picture that takes `now` while it is loaded and `later` while it is computed. False: stopped.
  bool enter(std::size_t id, std::uint64_t now, std::uint64_t later, const std::stop_token& stop);
  /// From `now` to `later`. False: stopped.
  bool grow(std::size_t id, const std::stop_token& stop);
  /// Adds `bytes` to a picture that computes, if there is room at once.
  bool try_add(std::size_t id, std::uint64_t bytes);
  /// The picture takes only `bytes` from here on; 0: it is done.
  void shrink(std::size_t id, std::uint64_t bytes);

  /// The largest sum there ever was.
  [[nodiscard]] std::uint64_t peak() const;

 private:
  struct Entry {
    std::uint64_t held = 0, later = 0;
    bool waits = false;  ///< must still grow
  };
  [[nodiscard]] bool may_enter(std::uint64_t now, std::uint64_t later) const;
  void add(std::uint64_t bytes);

  std::uint64_t limit_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::map<std::size_t, Entry> entries_;
  std::uint64_t held_ = 0, peak_ = 0;
};

}  // namespace nalasr
