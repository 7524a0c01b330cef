#include "shard.h"

#include <string>

#include "fingerprint.h"
#include "units.h"

namespace nalasr::app {

bool Shard::has(const std::filesystem::path& name) const {
  return static_cast<int>(fingerprint(name.native()) % static_cast<unsigned>(count)) == index - 1;
}

Result<Shard> parse_shard(std::string_view text) {
  const Error wrong{ErrorCode::invalid_argument, "\"" + std::string(text) + "\" is not a shard",
                    "for example 3/16: the third of sixteen"};
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return wrong;
  const auto count = parse_whole(text.substr(slash + 1), 1, 1'000'000);
  if (!count) return wrong;
  const auto index = parse_whole(text.substr(0, slash), 1, *count);
  if (!index) return wrong;
  return Shard{*index, *count};
}

}  // namespace nalasr::app
