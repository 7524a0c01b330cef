// What Model::load does with the bytes of a weight file, apart from it so that the fuzzer reaches it without files.
// Thread safety: pure function.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "nalasr/model.h"
#include "nalasr/result.h"

namespace nalasr {

/// The `format` entry of a weight file's metadata.
inline constexpr const char* kModelFormat = "nalasr-1";

/// The content of a Model, checked.
struct ModelParts {
  ModelSpec spec;
  std::map<std::string, Tensor> tensors;
};

/// Parses a weight file and checks tensors against its spec: every one present, of the right shape, finite, none
/// unknown. Errors: corrupt, unsupported, out_of_memory.
Result<ModelParts> read_model(std::vector<std::uint8_t> bytes);

}  // namespace nalasr
