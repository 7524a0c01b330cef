// ModelSpec as JSON, its limits, and the tensors that a network of that shape consists of.
//
//     auto spec = nalasr::parse_spec(file.metadata().at("spec"));
//     for (const auto& [name, shape] : nalasr::expected_tensors(*spec)) ...
//
// Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "nalasr/model.h"
#include "nalasr/result.h"

namespace nalasr {

/// Reads the JSON object that travels in `__metadata__["spec"]` and in manifest.json. Missing optional fields take
/// the defaults of ModelSpec, missing scopes are global. Errors: corrupt (no such object, numbers out of range),
/// unsupported (another architecture, a field, direction map or scope that this build does not know).
Result<ModelSpec> parse_spec(std::string_view json);
/// The inverse of parse_spec, on one line.
std::string spec_json(const ModelSpec& spec);
/// Whether the numbers describe a network that can be built: parse_spec includes it. Errors: corrupt.
Result<void> check_spec(const ModelSpec& spec);

/// Rows and columns by which the windows of block `index` are shifted up and left: of the windowed blocks the second,
/// fourth, ... are shifted by half a window, the others and global blocks by 0.
int window_shift(const ModelSpec& spec, int index);

/// Whether windows and cells count rotary positions otherwise than global blocks: rotary_span is for the whole
/// picture's sides, and what is nearer than that counts every token as one.
bool near_counts_otherwise(const ModelSpec& spec);

/// C of the blocks that attend among cells (check_spec: the same in all of them); 0 where there are none.
int cell_of(const ModelSpec& spec);

/// Name and shape of every tensor in the state-dict of a network; `spec` must pass check_spec.
std::map<std::string, std::vector<std::int64_t>> expected_tensors(const ModelSpec& spec);

}  // namespace nalasr
