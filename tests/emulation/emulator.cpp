#include "emulation/emulator.h"

#include <ucontext.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>

namespace emulation {

Indices current;

namespace {

constexpr std::size_t kStackBytes = 256 * 1024, kSlotBytes = 64;

struct Warp {
  int waiting = 0;
  unsigned round = 0;  ///< exchanges alternate between two sets of slots
  alignas(16) unsigned char slots[2][32][kSlotBytes];
};

struct Thread {
  ucontext_t context;
  std::unique_ptr<unsigned char[]> stack;
  Indices indices;
  unsigned barriers = 0, exchanges = 0;  ///< that it has reached
  bool finished = false;
};

struct Block {
  std::vector<Thread> threads;
  std::vector<Warp> warps;
  std::vector<unsigned char> shared;
  ucontext_t scheduler;
  int running = 0, at_barrier = 0, alive = 0;
  unsigned barriers_open = 0;
  const std::function<void()>* body = nullptr;
} block;

void yield() { swapcontext(&block.threads[block.running].context, &block.scheduler); }

void entry() {
  (*block.body)();
  block.threads[block.running].finished = true;
  --block.alive;
  yield();
}

[[noreturn]] void fail(const char* what) {
  std::fprintf(stderr, "emulated kernel: %s\n", what);
  std::abort();
}

void run_block() {
  block.at_barrier = 0;
  block.barriers_open = 0;
  block.alive = static_cast<int>(block.threads.size());
  for (Warp& warp : block.warps) warp.waiting = 0, warp.round = 0;
  for (Thread& thread : block.threads) {
    getcontext(&thread.context);
    thread.context.uc_stack = {.ss_sp = thread.stack.get(), .ss_flags = 0, .ss_size = kStackBytes};
    thread.context.uc_link = nullptr;
    thread.barriers = thread.exchanges = 0;
    thread.finished = false;
    makecontext(&thread.context, entry, 0);
  }
  while (block.alive > 0) {
    bool moved = false;
    for (std::size_t i = 0; i < block.threads.size(); ++i) {
      Thread& thread = block.threads[i];
      const Warp& warp = block.warps[i / 32];
      if (thread.finished || thread.barriers > block.barriers_open || thread.exchanges > warp.round) continue;
      block.running = static_cast<int>(i);
      current = thread.indices;
      swapcontext(&block.scheduler, &thread.context);
      moved = true;
    }
    // As on the device, threads that have ended do not hold a barrier up.
    if (block.alive > 0 && block.at_barrier == block.alive) {
      block.at_barrier = 0;
      ++block.barriers_open;
      moved = true;
    }
    if (!moved) fail("threads wait for each other: a barrier or an exchange that not all of them reach");
  }
}

}  // namespace

void block_barrier() {
  ++block.threads[block.running].barriers;
  ++block.at_barrier;
  yield();
}

void warp_exchange(const void* mine, std::size_t size, void* all) {
  if (size > kSlotBytes) fail("an exchange of more than 64 bytes");
  Thread& thread = block.threads[block.running];
  Warp& warp = block.warps[block.running / 32];
  auto& slots = warp.slots[warp.round % 2];
  std::memcpy(slots[block.running % 32], mine, size);
  ++thread.exchanges;
  if (++warp.waiting == 32) {
    warp.waiting = 0;
    ++warp.round;
  } else {
    yield();
  }
  for (int i = 0; i < 32; ++i) std::memcpy(static_cast<unsigned char*>(all) + i * size, slots[i], size);
}

unsigned char* dynamic_shared() { return block.shared.data(); }

void run(const Config& config, const std::function<void()>& body) {
  const std::size_t count = static_cast<std::size_t>(config.threads.x) * config.threads.y * config.threads.z;
  if (block.threads.size() < count) block.threads.resize(count);
  while (block.threads.size() > count) block.threads.pop_back();
  block.warps.assign((count + 31) / 32, {});
  block.shared.assign(config.shared + 16, 0xff);  // poisoned: NaN to whoever reads before writing
  block.body = &body;
  for (unsigned z = 0; z < config.blocks.z; ++z)
    for (unsigned y = 0; y < config.blocks.y; ++y)
      for (unsigned x = 0; x < config.blocks.x; ++x) {
        for (std::size_t i = 0; i < count; ++i) {
          Thread& thread = block.threads[i];
          if (!thread.stack) thread.stack = std::make_unique<unsigned char[]>(kStackBytes);
          const auto index = static_cast<unsigned>(i);
          thread.indices = {{index % config.threads.x, index / config.threads.x % config.threads.y,
                             index / (config.threads.x * config.threads.y)},
                            {x, y, z},
                            config.threads,
                            config.blocks};
        }
        run_block();
      }
}

}  // namespace emulation
