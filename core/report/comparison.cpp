#include "nalasr/comparison.h"

namespace nalasr {

std::uint64_t computed_peak(Method method, const ModelSpec& spec, int width, int height) {
  const auto n = static_cast<std::uint64_t>(width) * static_cast<std::uint64_t>(height);
  const auto c = static_cast<std::uint64_t>(spec.dim), h = static_cast<std::uint64_t>(spec.heads);
  const auto s = static_cast<std::uint64_t>(spec.scale);
  std::uint64_t per_token = 7 * c + 3 * s * s + c / h;
  switch (method) {
    case Method::nala_eager:
      per_token += 12 * c;
      break;
    case Method::softmax_flash:
      per_token += 5 * c;
      break;
    case Method::softmax_materialised:
      per_token += 2 * c + 2 * h * n;
      break;
  }
  return n * per_token * sizeof(float);
}

}  // namespace nalasr
