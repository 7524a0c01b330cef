// A short name for a text: 64-bit FNV-1a, the same on every machine and in every version. Not against attackers.
#pragma once

#include <cstdint>
#include <string_view>

namespace nalasr::app {

inline std::uint64_t fingerprint(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash ^ hash >> 32;  // the low bits of FNV alone are poor at telling similar names apart
}

}  // namespace nalasr::app
