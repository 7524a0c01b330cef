#include "engine/memory_ledger.h"

#include <algorithm>

namespace nalasr {

void MemoryLedger::add(std::uint64_t bytes) {
  held_ += bytes;
  peak_ = std::max(peak_, held_);
}

bool MemoryLedger::may_enter(std::uint64_t now, std::uint64_t later) const {
  if (limit_ == 0 || entries_.empty()) return true;  // alone it fits: its plan has seen the budget
  std::uint64_t waiting = now, growth = later - now;
  for (const auto& [id, entry] : entries_) {
    if (!entry.waits) continue;
    waiting += entry.held;
    growth = std::max(growth, entry.later - entry.held);
  }
  return held_ + now <= limit_ && waiting + growth <= limit_;
}

void MemoryLedger::lift_limit() {
  {
    const std::lock_guard lock(mutex_);
    limit_ = 0;
  }
  changed_.notify_all();
}

bool MemoryLedger::enter(std::size_t id, std::uint64_t now, std::uint64_t later, const std::stop_token& stop) {
  later = std::max(now, later);
  std::unique_lock lock(mutex_);
  if (!changed_.wait(lock, stop, [&] { return may_enter(now, later); })) return false;
  entries_[id] = {now, later, true};
  add(now);
  return true;
}

bool MemoryLedger::grow(std::size_t id, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  Entry& entry = entries_.at(id);  // a map keeps its elements in place
  const std::uint64_t growth = entry.later - entry.held;
  const auto fits = [&] { return limit_ == 0 || entries_.size() == 1 || held_ + growth <= limit_; };
  if (!changed_.wait(lock, stop, fits)) return false;
  add(growth);
  entry.held = entry.later;
  entry.waits = false;
  return true;
}

bool MemoryLedger::try_add(std::size_t id, std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  if (limit_ != 0 && held_ + bytes > limit_) return false;
  add(bytes);
  entries_.at(id).held += bytes;
  return true;
}

void MemoryLedger::shrink(std::size_t id, std::uint64_t bytes) {
  {
    const std::lock_guard lock(mutex_);
    Entry& entry = entries_.at(id);
    bytes = std::min(bytes, entry.held);
    held_ -= entry.held - bytes;
    entry.held = bytes;
    entry.waits = false;
    if (bytes == 0) entries_.erase(id);
  }
  changed_.notify_all();
}

std::uint64_t MemoryLedger::peak() const {
  const std::lock_guard lock(mutex_);
  return peak_;
}

}  // namespace nalasr
