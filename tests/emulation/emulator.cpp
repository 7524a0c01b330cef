#include "emulation/emulator.h"

#include <ucontext.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <vector>

#ifdef __SANITIZE_THREAD__
#include <sanitizer/tsan_interface.h>
extern "C" void __tsan_ignore_thread_begin();
extern "C" void __tsan_ignore_thread_end();
#endif

namespace emulation {

Indices current;

namespace {

constexpr std::size_t kStackBytes = 256 * 1024, kSlotBytes = 64;

// What ThreadSanitizer is told, where it is there: fibers are threads that only barriers bring into an order, so that
// it finds the data races of the kernels. What the emulator itself does is none of them.
#ifdef __SANITIZE_THREAD__
void* this_fiber() { return __tsan_get_current_fiber(); }
void* make_fiber() { return __tsan_create_fiber(0); }
void switch_to(void* fiber) { __tsan_switch_to_fiber(fiber, __tsan_switch_to_fiber_no_sync); }
void release(void* point) { __tsan_release(point); }
void acquire(void* point) { __tsan_acquire(point); }
struct Unseen {
  Unseen() { __tsan_ignore_thread_begin(); }
  ~Unseen() { __tsan_ignore_thread_end(); }
};
#else
void* this_fiber() { return nullptr; }
void* make_fiber() { return nullptr; }
void switch_to(void*) {}
void release(void*) {}
void acquire(void*) {}
struct Unseen {
  Unseen() {}
};
#endif

struct Warp {
  int waiting = 0;
  unsigned round = 0;  ///< exchanges alternate between two sets of slots
  char barrier = 0;    ///< a place: what came before it in any lane comes before what is after it in all
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
  ucontext_t* context = nullptr;  ///< of the thread that runs
  std::vector<void*> fibers;      ///< of thread i; never fewer
  void* scheduler_fiber = nullptr;
  char launch = 0, barrier = 0;  ///< places, as a warp's barrier
  int running = 0, at_barrier = 0, alive = 0;
  unsigned barriers_open = 0;
  const std::function<void()>* body = nullptr;
} block;

// The sanitizer sees neither these nor entry(): a fiber's last yield never returns.
__attribute__((no_sanitize("thread"))) void change(void* fiber, ucontext_t* from, ucontext_t* to) {
  switch_to(fiber);
  swapcontext(from, to);
}
__attribute__((no_sanitize("thread"))) void yield() { change(block.scheduler_fiber, block.context, &block.scheduler); }

void body() {
  acquire(&block.launch);
  (*block.body)();
  release(&block.launch);
  const Unseen unseen;
  block.threads[block.running].finished = true;
  --block.alive;
}

__attribute__((no_sanitize("thread"))) void entry() {
  body();
  yield();
}

[[noreturn]] void fail(const char* what) {
  std::fprintf(stderr, "emulated kernel: %s\n", what);
  std::abort();
}

void run_threads() {
  const Unseen unseen;
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
      block.context = &thread.context;
      current = thread.indices;
      change(block.fibers[i], &block.scheduler, &thread.context);
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

/// What came before the block comes before all of its threads, and they before what follows.
void run_block() {
  release(&block.launch);
  run_threads();
  acquire(&block.launch);
}

}  // namespace

void block_barrier() {
  release(&block.barrier);
  {
    const Unseen unseen;
    ++block.threads[block.running].barriers;
    ++block.at_barrier;
    yield();
  }
  acquire(&block.barrier);
}

void warp_barrier() {
  char& place = block.warps[block.running / 32].barrier;
  release(&place);
  const char mine = 0;
  char all[32];
  warp_exchange(&mine, 1, all);
  acquire(&place);
}

void warp_exchange(const void* mine, std::size_t size, void* all) {
  const Unseen unseen;
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
  static std::mutex one_at_a_time;  // as on a device that one kernel fills; any thread may launch
  const std::lock_guard lock(one_at_a_time);
  block.scheduler_fiber = this_fiber();
  const std::size_t count = static_cast<std::size_t>(config.threads.x) * config.threads.y * config.threads.z;
  if (block.threads.size() < count) block.threads.resize(count);
  while (block.threads.size() > count) block.threads.pop_back();
  while (block.fibers.size() < count) block.fibers.push_back(make_fiber());
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
