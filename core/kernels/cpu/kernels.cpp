// Compiles the -inl.h files once per instruction set and picks the best one at run time.
#include "kernels/cpu/kernels.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <string>

// SSSE3 gains nothing here. Vectors of SVE have no size that the compiler knows, so the register tiles, which are
// arrays of vectors, cannot be made of them: arm64 takes NEON.
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/kernels.cpp"
// clang-format off
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "kernels/cpu/vec_math-inl.h"
#include "kernels/cpu/gemm-inl.h"
#include "kernels/cpu/gemm_bf16-inl.h"
#include "kernels/cpu/attention-inl.h"
#include "kernels/cpu/pointwise-inl.h"
#include "kernels/cpu/winograd-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace nalasr::cpu::HWY_NAMESPACE {
namespace {

void Gemm(const GemmArgs& a) { GemmImpl(a); }
#ifdef NALASR_HAS_BF16_GEMM
NALASR_BF16_TARGET void GemmBf16(const GemmArgs& a) { GemmBf16Impl(a); }
NALASR_BF16_TARGET void RoundBf16(const float* in, std::size_t count, std::uint16_t* out) {
  RoundBf16Impl(in, count, out);
}
#undef NALASR_HAS_BF16_GEMM
#else
constexpr void (*GemmBf16)(const GemmArgs&) = nullptr;
constexpr void (*RoundBf16)(const float*, std::size_t, std::uint16_t*) = nullptr;
#endif
void WinogradInput(const WinogradInputArgs& a) { WinogradInputImpl(a); }
void WinogradOutput(const WinogradOutputArgs& a) { WinogradOutputImpl(a); }
void Depthwise(const DepthwiseArgs& a) { DepthwiseImpl(a); }
void LayerNorm(const float* x, std::size_t ldx, int tokens, int channels, float* out, std::size_t ldo) {
  LayerNormImpl(x, ldx, tokens, channels, out, ldo);
}
void GatedMerge(const float* o, std::size_t ldo, const float* lepe, std::size_t ldl, const float* gate, std::size_t ldg,
                const float* weight, const float* bias, int tokens, int channels, float* out, std::size_t ldout) {
  GatedMergeImpl(o, ldo, lepe, ldl, gate, ldg, weight, bias, tokens, channels, out, ldout);
}
void QueryFeatures(const FeatureArgs& a) { QueryFeaturesImpl(a); }
void KeyFeatures(const FeatureArgs& a) { KeyFeaturesImpl(a); }
void AccumulateState(const float* features, const float* v, std::size_t ldv, int tokens, int d_pad, float* state) {
  AccumulateStateImpl(features, v, ldv, tokens, d_pad, state);
}
float MaxAbs(const float* x, std::size_t count) { return MaxAbsImpl(x, count); }
void ToHalf(const float* in, std::size_t count, std::uint16_t* out) { ToHalfImpl(in, count, out); }
void FromHalf(const std::uint16_t* in, std::size_t count, float* out) { FromHalfImpl(in, count, out); }
void ElementaryOf(Elementary f, const float* x, float p, std::size_t count, float* out) {
  const D d;
  for (std::size_t i = 0; i < count; i += hn::Lanes(d))
    hn::StoreU(Evaluate(d, f, hn::LoadU(d, x + i), hn::Set(d, p)), d, out + i);
}

CpuKernels Table() {
  return {hwy::TargetName(HWY_TARGET),
          kLanes,
          kPanel,
          Gemm,
          GemmBf16,
          WinogradInput,
          WinogradOutput,
          Depthwise,
          LayerNorm,
          GatedMerge,
          QueryFeatures,
          KeyFeatures,
          AccumulateState,
          RoundBf16,
          MaxAbs,
          ToHalf,
          FromHalf,
          ElementaryOf};
}

}  // namespace
}  // namespace nalasr::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace nalasr::cpu {

HWY_EXPORT(Table);

namespace {

/// Hides the instruction sets above the one that NALASR_CPU names.
void restrict_targets() {
  const char* wanted = std::getenv("NALASR_CPU");
  if (!wanted) return;
  const std::string name(wanted);
  std::int64_t hide = 0;
  if (name == "avx2") hide = HWY_AVX3_DL | HWY_AVX3;
  if (name == "sse4") hide = HWY_AVX3_DL | HWY_AVX3 | HWY_AVX2;
  if (name == "baseline") hide = HWY_AVX3_DL | HWY_AVX3 | HWY_AVX2 | HWY_SSE4;
  if (hide) hwy::DisableTargets(hide);
}

/// Round to nearest even.
std::uint16_t to_bf16(float value) {
  std::uint32_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  return static_cast<std::uint16_t>((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

}  // namespace

const CpuKernels& kernels() {
  static const CpuKernels table = [] {
    restrict_targets();
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
    return HWY_DYNAMIC_DISPATCH(Table)();
  }();
  return table;
}

bool has_bf16() {
#if defined(__x86_64__)
  static const bool has = [] {
    if (!kernels().gemm_bf16 || !__builtin_cpu_supports("avx512bf16")) return false;
    const char* wanted = std::getenv("NALASR_CPU");
    // Intel's VDPBF16PS is slower than two float32 multiply-adds: the whole network took 1.33 times as long.
    return wanted ? std::string(wanted) == "bf16" : __builtin_cpu_is("amd") != 0;
  }();
#else
  static const bool has = false;
#endif
  return has;
}

void multiply(const GemmArgs& args) { (args.b->pairs.empty() ? kernels().gemm : kernels().gemm_bf16)(args); }

std::vector<int> padded_map(int count, int padded, int first) {
  std::vector<int> map(padded, -1);
  for (int i = 0; i < count; ++i) map[i] = first + i;
  return map;
}

std::vector<int> head_map(int heads, int d, int first) {
  const int d_pad = pad_channels(d);
  std::vector<int> map(static_cast<std::size_t>(heads) * d_pad, -1);
  for (int h = 0; h < heads; ++h)
    for (int c = 0; c < d; ++c) map[h * d_pad + c] = first + h * d + c;
  return map;
}

PackedMatrix pack_matrix(const float* w, int k_of_w, const float* bias, const std::vector<int>& k_map,
                         const std::vector<int>& n_map, bool bf16) {
  const int panel = kernels().panel, lanes = kernels().lanes;
  PackedMatrix out;
  out.k = static_cast<int>(k_map.size());
  out.n = static_cast<int>(n_map.size());
  out.bias.assign((out.n + panel - 1) / panel * panel, 0.0f);
  for (int c = 0; bias && c < out.n; ++c) out.bias[c] = n_map[c] < 0 ? 0.0f : bias[n_map[c]];
  const auto value = [&](int r, int c) {
    const bool present = c < out.n && k_map[r] >= 0 && n_map[c] >= 0;
    return present ? w[static_cast<std::size_t>(n_map[c]) * k_of_w + k_map[r]] : 0.0f;
  };
  for (int first = 0; first < out.n; first += panel) {
    const int width = (std::min(panel, out.n - first) + lanes - 1) / lanes * lanes;
    for (int r = 0; r < out.k; r += bf16 ? 2 : 1)
      for (int c = first; c < first + width; ++c) {
        if (bf16) {
          out.pairs.push_back(to_bf16(value(r, c)));
          out.pairs.push_back(to_bf16(value(r + 1, c)));
        } else {
          out.data.push_back(value(r, c));
        }
      }
  }
  return out;
}

}  // namespace nalasr::cpu
#endif  // HWY_ONCE
