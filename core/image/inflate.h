// zlib streams inside metadata chunks, with a bound on what they may grow to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace nalasr {

/// Inflates a whole zlib stream; nothing where it is damaged or would exceed `limit` bytes.
std::optional<std::vector<std::byte>> inflate_bounded(std::span<const std::byte> packed, std::uint64_t limit);
/// Deflates; nothing only where memory runs out.
std::optional<std::vector<std::byte>> deflate_all(std::span<const std::byte> plain);

}  // namespace nalasr
