// --shard i/n: which files of a folder one of n processes takes.
#pragma once

#include <filesystem>
#include <string_view>

#include "nalasr/result.h"

namespace nalasr::app {

struct Shard {
  int index = 1, count = 1;

  /// By the name alone, relative to the folder that was named: every file belongs to exactly one shard, also where
  /// files come and go while the shards run.
  [[nodiscard]] bool has(const std::filesystem::path& name) const;
};

/// "3/16"
Result<Shard> parse_shard(std::string_view text);

}  // namespace nalasr::app
