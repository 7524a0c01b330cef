// SHA-256 (FIPS 180-4), to check that a weight file is the one the manifest describes.
//
//     std::string digest = nalasr::sha256_hex(bytes);   // 64 lower-case hexadecimal digits
//
// Thread safety: sha256_hex is a pure function.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace nalasr {

/// The SHA-256 of `bytes` as 64 lower-case hexadecimal digits.
std::string sha256_hex(std::span<const std::uint8_t> bytes);

}  // namespace nalasr
