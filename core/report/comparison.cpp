#include "nalasr/comparison.h"

#include <algorithm>
#include <iterator>

namespace nalasr {
namespace {

struct Words {
  Method method;
  const char *name, *description;
};

constexpr Words kWords[] = {
    {Method::nala_strips, "nala-strips", "NaLaSR: linear attention over the whole picture, computed in strips"},
    {Method::nala_whole, "nala-whole", "NaLaSR's kernels on one strip as high as the picture"},
    {Method::nala_eager, "nala-eager", "the same linear attention, operator by operator in LibTorch"},
    {Method::softmax_flash, "softmax-flash", "softmax over all tokens, LibTorch's scaled_dot_product_attention"},
    {Method::softmax_materialised, "softmax-materialised", "softmax over all tokens with N×N scores in memory"},
    {Method::softmax_window, "softmax-window", "softmax in windows of 8×8 tokens, as SwinIR"},
    {Method::softmax_tiled, "softmax-tiled", "softmax in tiles of 64 pixels, each on its own, as today's tools do"},
};

const Words& words(Method method) {
  return *std::find_if(std::begin(kWords), std::end(kWords), [&](const Words& w) { return w.method == method; });
}

}  // namespace

const char* to_string(Method method) { return words(method).name; }
const char* description(Method method) { return words(method).description; }
bool is_ours(Method method) { return method == Method::nala_strips || method == Method::nala_whole; }

std::optional<Method> parse_method(const std::string& name) {
  for (const Words& w : kWords)
    if (name == w.name) return w.method;
  return {};
}

std::uint64_t computed_peak(Method method, const ModelSpec& spec, int width, int height, int element_bytes) {
  if (is_ours(method)) return 0;
  const auto n = static_cast<std::uint64_t>(width) * static_cast<std::uint64_t>(height);
  const auto c = static_cast<std::uint64_t>(spec.dim), h = static_cast<std::uint64_t>(spec.heads);
  const auto s = static_cast<std::uint64_t>(spec.scale), e = static_cast<std::uint64_t>(element_bytes);
  std::uint64_t per_token = 7 * c * e + c / h * e + 3 * s * s;
  switch (method) {
    case Method::nala_eager:
      per_token += 12 * c * sizeof(float) + (e < sizeof(float) ? 3 * c * sizeof(float) : 0);
      break;
    case Method::softmax_flash:
      per_token += 5 * c * e;
      break;
    case Method::softmax_materialised:
      per_token += (2 * c + 2 * h * n) * e;
      break;
    case Method::softmax_window:
      per_token += 10 * c * e;
      break;
    case Method::softmax_tiled: {
      constexpr int side = kTilePixels + 2 * kTileContext;
      return n * 3 * s * s +
             computed_peak(Method::softmax_flash, spec, std::min(width, side), std::min(height, side), element_bytes);
    }
    default:
      break;
  }
  return n * per_token;
}

double MethodRun::median_seconds() const {
  if (seconds.empty()) return 0;
  std::vector<double> sorted = seconds;
  std::sort(sorted.begin(), sorted.end());
  const std::size_t middle = sorted.size() / 2;
  return sorted.size() % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

const ComparisonEntry* Comparison::chosen() const {
  const auto last =
      std::find_if(entries.rbegin(), entries.rend(), [](const auto& e) { return e.method == Method::nala_strips; });
  return last == entries.rend() ? nullptr : &*last;
}

const ComparisonEntry* Comparison::find(Method method, int width, int height) const {
  for (const ComparisonEntry& e : entries)
    if (e.method == method && e.width == width && e.height == height) return &e;
  return nullptr;
}

}  // namespace nalasr
