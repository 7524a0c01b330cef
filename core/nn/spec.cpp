#include "nn/spec.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "nn/text.h"

namespace nalasr {
namespace {

using nlohmann::json;

// Far beyond any sensible network, close enough that no product of them overflows 32 bits.
constexpr int kMaxScale = 8, kMaxDim = 2048, kMaxBlocks = 512, kMaxWindow = 4096;
constexpr double kMaxFfnRatio = 16;
constexpr std::size_t kMaxSpecBytes = 65'536;

Error corrupt(const std::string& message) { return {ErrorCode::corrupt, "spec: " + message, ""}; }
Error unsupported(const std::string& message) {
  return {ErrorCode::unsupported, "spec: " + message, "the file may need a newer version of this program"};
}

Result<void> read_number(const json& value, const std::string& key, int& out) {
  if (!value.is_number_integer() || value < 0 || value > 1'000'000) {
    return corrupt("'" + key + "' is not a sensible whole number");
  }
  out = value.get<int>();
  return {};
}

Result<void> read_number(const json& value, const std::string& key, double& out) {
  if (!value.is_number()) return corrupt("'" + key + "' is not a number");
  out = value.get<double>();
  return {};
}

Result<AttentionScope> parse_scope(const json& value) {
  if (!value.is_string()) return corrupt("a scope is not a string");
  const auto& text = value.get_ref<const std::string&>();
  if (text == "global") return AttentionScope{};
  const std::size_t colon = std::min(text.find(':'), text.size());
  const std::string_view kind = std::string_view(text).substr(0, colon);
  if (kind != "window" && kind != "around") return unsupported("unknown scope " + in_quotes(text));
  int side = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(std::min(text.data() + colon + 1, end), end, side);
  if (failure != std::errc{} || stop != end || side < 1) return corrupt("bad scope " + in_quotes(text));
  return kind == "window" ? AttentionScope{.window = side} : AttentionScope{.cell = side};
}

std::string scope_text(AttentionScope scope) {
  if (scope.window) return "window:" + std::to_string(scope.window);
  return scope.cell ? "around:" + std::to_string(scope.cell) : "global";
}

Result<void> read_scopes(const json& value, std::vector<AttentionScope>& scopes) {
  if (!value.is_array()) return corrupt("'scopes' is not an array");
  for (const json& item : value) {
    const auto scope = parse_scope(item);
    if (!scope) return scope.error();
    scopes.push_back(*scope);
  }
  return {};
}

Result<void> read_direction_map(const json& value, DirectionMap& map) {
  if (value == "cosine") {
    map = DirectionMap::cosine;
  } else if (value == "relu_split") {
    map = DirectionMap::relu_split;
  } else {
    return unsupported("unknown direction map");
  }
  return {};
}

Result<void> read_rotary(const json& value, RotaryEmbedding& rotary) {
  if (value == "axial") {
    rotary = RotaryEmbedding::axial;
  } else if (value == "none") {
    rotary = RotaryEmbedding::none;
  } else {
    return unsupported("unknown rotary embedding");
  }
  return {};
}

Result<void> read_field(const std::string& key, const json& value, ModelSpec& spec) {
  if (key == "scale") return read_number(value, key, spec.scale);
  if (key == "dim") return read_number(value, key, spec.dim);
  if (key == "heads") return read_number(value, key, spec.heads);
  if (key == "blocks") return read_number(value, key, spec.blocks);
  if (key == "group") return read_number(value, key, spec.group);
  if (key == "ffn_ratio") return read_number(value, key, spec.ffn_ratio);
  if (key == "lambda") return read_number(value, key, spec.lambda);
  if (key == "tau") return read_number(value, key, spec.tau);
  if (key == "alpha") return read_number(value, key, spec.alpha);
  if (key == "rotary_base") return read_number(value, key, spec.rotary_base);
  if (key == "rotary_span") return read_number(value, key, spec.rotary_span);
  if (key == "direction_map") return read_direction_map(value, spec.direction_map);
  if (key == "rotary") return read_rotary(value, spec.rotary);
  if (key == "scopes") return read_scopes(value, spec.scopes);
  if (key == "architecture") {
    if (value != "nalasr") return unsupported("another architecture than 'nalasr'");
    return {};
  }
  return unsupported("unknown field " + in_quotes(key));  // it could change the mathematics: never ignore it
}

// NaN fails every comparison, so it is out of every range.
bool within(double value, double low, double high) { return value >= low && value <= high; }

}  // namespace

Result<ModelSpec> parse_spec(std::string_view text) {
  if (text.size() > kMaxSpecBytes) return corrupt("longer than 64 KiB");
  const auto parsed = parse_json(text, 4);
  if (!parsed) return corrupt(parsed.error().message);
  if (!parsed->is_object()) return corrupt("not a JSON object");
  if (!parsed->contains("architecture")) return corrupt("no 'architecture'");
  ModelSpec spec;
  for (const auto& [key, value] : parsed->items()) {
    if (const auto read = read_field(key, value, spec); !read) return read.error();
  }
  // Bound `blocks` before filling in one scope for each.
  if (spec.scopes.empty() && spec.blocks <= kMaxBlocks) spec.scopes.resize(static_cast<std::size_t>(spec.blocks));
  if (const auto check = check_spec(spec); !check) return check.error();
  return spec;
}

std::string spec_json(const ModelSpec& spec) {
  json scopes = json::array();
  for (const AttentionScope scope : spec.scopes) { scopes.push_back(scope_text(scope)); }
  const json value = {{"architecture", "nalasr"},
                      {"scale", spec.scale},
                      {"dim", spec.dim},
                      {"heads", spec.heads},
                      {"blocks", spec.blocks},
                      {"group", spec.group},
                      {"ffn_ratio", spec.ffn_ratio},
                      {"direction_map", spec.direction_map == DirectionMap::cosine ? "cosine" : "relu_split"},
                      {"lambda", spec.lambda},
                      {"tau", spec.tau},
                      {"alpha", spec.alpha},
                      {"rotary", spec.rotary == RotaryEmbedding::axial ? "axial" : "none"},
                      {"rotary_base", spec.rotary_base},
                      {"rotary_span", spec.rotary_span},
                      {"scopes", scopes}};
  return value.dump();
}

Result<void> check_spec(const ModelSpec& spec) {
  if (!within(spec.scale, 1, kMaxScale)) return corrupt("scale must be 1 to " + std::to_string(kMaxScale));
  if (!within(spec.dim, 4, kMaxDim)) return corrupt("dim must be 4 to " + std::to_string(kMaxDim));
  // Rotary embedding pairs channels, and gives half of the pairs of each head to either axis.
  if (spec.heads < 1 || spec.heads > spec.dim || spec.dim % (4 * spec.heads) != 0) {
    return corrupt("dim must be a multiple of 4 * heads");
  }
  if (!within(spec.blocks, 1, kMaxBlocks)) return corrupt("blocks must be 1 to " + std::to_string(kMaxBlocks));
  if (!within(spec.group, 1, kMaxBlocks)) return corrupt("group must be 1 to " + std::to_string(kMaxBlocks));
  if (!within(spec.ffn_ratio, 1.0 / kMaxDim, kMaxFfnRatio)) return corrupt("ffn_ratio must be positive, at most 16");
  const double hidden = spec.dim * spec.ffn_ratio;
  if (std::abs(hidden - std::round(hidden)) > 1e-6 || spec.hidden() < 1) {
    return corrupt("dim * ffn_ratio must be a whole number");
  }
  if (!within(spec.lambda, 0.01, 16)) return corrupt("lambda must be 0.01 to 16");
  if (!within(spec.tau, 0, 16)) return corrupt("tau must be 0 to 16");
  if (!within(spec.alpha, 0.01, 1e6)) return corrupt("alpha must be 0.01 to 1e6");
  if (!within(spec.rotary_base, 1, 1e9)) return corrupt("rotary_base must be 1 to 1e9");
  if (!within(spec.rotary_span, 0, 1e6)) return corrupt("rotary_span must be 0 to 1000000");
  if (spec.scopes.size() != static_cast<std::size_t>(spec.blocks)) return corrupt("scopes must be one per block");
  for (const AttentionScope scope : spec.scopes) {
    const double reach = std::max<double>(scope.window, 3.0 * scope.cell);
    if (!within(reach, 0, kMaxWindow)) return corrupt("a scope reaches further than " + std::to_string(kMaxWindow));
    if (spec.rotary_span > 0 && reach > spec.rotary_span) return corrupt("a scope reaches further than rotary_span");
    if (scope.cell && scope.cell != cell_of(spec)) return corrupt("cells of two sizes");
    if (scope.cell % 8 != 0) return corrupt("cells must be multiples of 8");  // the rows of a unit on a GPU
  }
  return {};
}

bool near_counts_otherwise(const ModelSpec& spec) {
  const auto is_near = [](const AttentionScope& scope) { return !scope.is_global(); };
  return spec.rotary == RotaryEmbedding::axial && spec.rotary_span > 0 &&
         std::any_of(spec.scopes.begin(), spec.scopes.end(), is_near);
}

int cell_of(const ModelSpec& spec) {
  int cell = 0;
  for (const AttentionScope& scope : spec.scopes) cell = std::max(cell, scope.cell);
  return cell;
}

int window_shift(const ModelSpec& spec, int index) {
  const AttentionScope scope = spec.scopes.at(static_cast<std::size_t>(index));
  if (!scope.window) return 0;
  int earlier = 0;
  for (int i = 0; i < index; ++i) earlier += spec.scopes[static_cast<std::size_t>(i)].window ? 1 : 0;
  return earlier % 2 == 1 ? scope.window / 2 : 0;
}

std::map<std::string, std::vector<std::int64_t>> expected_tensors(const ModelSpec& spec) {
  std::map<std::string, std::vector<std::int64_t>> shapes;
  const auto layer = [&shapes](const std::string& name, const std::vector<std::int64_t>& weight) {
    shapes[name + ".weight"] = weight;
    shapes[name + ".bias"] = {weight.front()};
  };
  const std::int64_t c = spec.dim, hidden = spec.hidden();
  layer("head", {c, 3, 3, 3});
  for (int i = 0; i < spec.blocks; ++i) {
    const std::string block = "blocks." + std::to_string(i) + ".";
    layer(block + "cpe1", {c, 1, 3, 3});
    layer(block + "norm1", {c});
    layer(block + "qkvg", {4 * c, c});
    layer(block + "lepe", {c, 1, 5, 5});
    layer(block + "norm_out", {c});
    layer(block + "out", {c, c});
    layer(block + "cpe2", {c, 1, 3, 3});
    layer(block + "norm2", {c});
    layer(block + "fc1", {hidden, c});
    layer(block + "ffn_dw", {hidden, 1, 3, 3});
    layer(block + "fc2", {c, hidden});
    shapes[block + "gamma1"] = {c};
    shapes[block + "gamma2"] = {c};
  }
  for (int j = 0; j < spec.groups(); ++j) layer("groups." + std::to_string(j), {c, c, 3, 3});
  layer("tail", {3 * std::int64_t{spec.scale} * spec.scale, c, 3, 3});
  return shapes;
}

}  // namespace nalasr
