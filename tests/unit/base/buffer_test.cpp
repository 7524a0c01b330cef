// Buffers in huge pages: zeroed, their own, and no more memory than without.
#include "base/buffer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <string>

namespace nalasr::test {
namespace {

constexpr std::size_t kHuge = std::size_t{2} << 20;

/// Bytes of this process that are in memory.
std::int64_t resident() {
  std::ifstream status("/proc/self/statm");
  std::int64_t size = 0, pages = 0;
  status >> size >> pages;
  return pages * sysconf(_SC_PAGESIZE);
}

TEST(Buffer, InHugePagesIsZeroedAndWritable) {
  for (const std::size_t bytes : {std::size_t{0}, std::size_t{1}, kHuge - 1, kHuge, kHuge + 1, 3 * kHuge + 5000}) {
    auto buffer = Buffer<std::byte>::in_huge_pages(bytes);
    ASSERT_EQ(buffer.size(), bytes);
    EXPECT_TRUE(std::all_of(buffer.data(), buffer.data() + bytes, [](std::byte b) { return b == std::byte{0}; }));
    std::fill_n(buffer.data(), bytes, std::byte{7});
    if (bytes >= kHuge) { EXPECT_EQ(reinterpret_cast<std::uintptr_t>(buffer.data()) % kHuge, 0u); }
  }
}

/// The last part, which fills no huge page, must not become one: a plan counts the buffer's bytes and no more.
TEST(Buffer, InHugePagesTakesNoMoreMemory) {
#if defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "ThreadSanitizer keeps notes of every byte";
#endif
  const std::int64_t before = resident();
  const std::size_t bytes = 5 * kHuge + 40000;
  auto buffer = Buffer<std::byte>::in_huge_pages(bytes);
  std::fill_n(buffer.data(), bytes, std::byte{1});
  EXPECT_LT(resident() - before, static_cast<std::int64_t>(bytes) + 400000);
  EXPECT_GE(resident() - before, static_cast<std::int64_t>(bytes));
  buffer = {};
  EXPECT_LT(resident() - before, 400000);
}

/// Address space is cut back, too: mapping and unmapping for ever must not use it up.
TEST(Buffer, InHugePagesLeavesNothingMapped) {
  const auto mappings = [] {
    std::ifstream maps("/proc/self/maps");
    return std::count(std::istreambuf_iterator<char>(maps), {}, '\n');
  };
  const auto before = mappings();
  for (int i = 0; i < 200; ++i) Buffer<std::byte>::in_huge_pages(kHuge + 4096 * i + 1)[0] = std::byte{1};
  EXPECT_LE(mappings(), before + 5);
}

}  // namespace
}  // namespace nalasr::test
