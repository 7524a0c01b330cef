// The CPU kernels: one table of function pointers per instruction set, chosen at run time (Google Highway).
//
// Layout: token-major float32 rows; a row of W tokens with C channels is W × C contiguous floats. Channel counts are
// padded to multiples of kLaneQuantum with zeros so that no kernel needs a scalar tail. All kernels compute each
// token independently of how many tokens are passed at once, so results do not depend on strips or threads.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels/params.h"

namespace nalasr::cpu {

inline constexpr int kLaneQuantum = 16;  ///< floats; the widest vector used is 512 bits
inline constexpr int kTile = 48;         ///< tokens per tile: scratch of a tile stays in the L1/L2 cache

constexpr int pad_channels(int c) { return (c + kLaneQuantum - 1) / kLaneQuantum * kLaneQuantum; }

/// Right-hand side of a product, [k][n], cut into column panels of the width that the instruction set likes.
struct PackedMatrix {
  int k = 0, n = 0;
  std::vector<float> data;           ///< panel after panel, each [k][panel width], zero-padded columns
  std::vector<std::uint16_t> pairs;  ///< or bfloat16, each [k/2][panel width][2]; one of the two is empty
  std::vector<float> bias;           ///< n rounded up to the panel grid; zeros where there is no bias
};

/// c[r][0..n) = Σ_segments a[s][r*lda + 0..k_segment) · b + bias, then GELU (tanh form) or + residual.
/// A 3×3 convolution over C channels is three segments of 3C contiguous floats.
struct GemmArgs {
  const float* a[3] = {nullptr, nullptr, nullptr};
  int segments = 1;
  std::size_t lda = 0;  ///< floats between rows of a
  int k_segment = 0;
  const PackedMatrix* b = nullptr;
  float* c = nullptr;
  std::size_t ldc = 0;
  int rows = 0;
  const float* residual = nullptr;  ///< may equal c
  std::size_t ldr = 0;
  bool gelu = false;
  const std::uint16_t* rounded = nullptr;  ///< a[0] as bfloat16 where the caller has rounded it already
};

/// Depthwise convolution, odd size `k` (3 or 5): out[x] = bias + Σ rows[ky][(x + kx - k/2)] ⊙ weights[ky*k + kx].
/// Rows must be readable k/2 tokens to either side of [0, tokens).
struct DepthwiseArgs {
  int k = 3;
  const float* rows[5] = {};
  std::size_t ld = 0;              ///< floats between neighbouring tokens of a row
  const float* weights = nullptr;  ///< [k*k][channels]
  const float* bias = nullptr;     ///< [channels]
  int channels = 0;                ///< padded
  int tokens = 0;
  float* out = nullptr;
  std::size_t ldo = 0;
};

/// What winograd.h multiplies: of each of the three rows and each group of four tokens six combinations of the six
/// tokens around them; out [6][groups][3][channels]. Tokens from `readable` on count as 0.
struct WinogradInputArgs {
  std::array<const float*, 3> rows;
  int channels = 0;  ///< padded
  int tokens = 0, readable = 0;
  float* out = nullptr;
};

/// The convolution of four tokens from its six products [6][groups][channels], plus bias and residual.
struct WinogradOutputArgs {
  const float* products = nullptr;
  const float* bias = nullptr;      ///< [channels]
  const float* residual = nullptr;  ///< [tokens][channels]
  int channels = 0;                 ///< padded
  int tokens = 0;
  float* out = nullptr;  ///< [tokens][channels]
};

/// φ of all heads of a tile of tokens; d_pad = pad_channels(head_dim), features per head 2*d_pad.
struct FeatureArgs {
  const NalaParams* params = nullptr;
  int tokens = 0;            ///< at most kTile
  const float* x = nullptr;  ///< q or k: [tokens][ldx], head h at h*d_pad, zero-padded
  std::size_t ldx = 0;
  const float* cos = nullptr;  ///< [tokens][d_pad]: rotary cosines per channel; null: no rotary embedding
  const float* sin = nullptr;  ///< [tokens][d_pad]: sines, negative on even channels
  float* features = nullptr;   ///< out: rotated φ, [heads][tokens][2*d_pad]
  float scale = 1;             ///< x is multiplied by this power of two first (keys too large for float32 cubes)
  float* m = nullptr;          ///< keys: += Σ φ un-rotated, [heads][2*d_pad]; queries: the normaliser, read
  float eps = 0;               ///< queries: ε beside m
};

/// The vector functions inside the kernels, each with the range that its callers keep to.
enum class Elementary { exp, log, tanh, sigmoid, reciprocal, pow };

struct CpuKernels {
  const char* name;  ///< instruction set, as Highway calls it
  int lanes;         ///< floats per vector
  int panel;         ///< columns per full panel of a PackedMatrix

  void (*gemm)(const GemmArgs&);       ///< for matrices packed as float32
  void (*gemm_bf16)(const GemmArgs&);  ///< for those packed as bfloat16 (even k, lda ≤ k_segment); null without
  void (*winograd_input)(const WinogradInputArgs&);
  void (*winograd_output)(const WinogradOutputArgs&);
  void (*depthwise)(const DepthwiseArgs&);
  /// (x − mean)/√(var + ε) over the first `channels` of each token; padded channels of the output are unspecified.
  void (*layer_norm)(const float* x, std::size_t ldx, int tokens, int channels, float* out, std::size_t ldo);
  /// out = (LN(o + lepe) ⊙ weight + bias) ⊙ SiLU(gate)
  void (*gated_merge)(const float* o, std::size_t ldo, const float* lepe, std::size_t ldl, const float* gate,
                      std::size_t ldg, const float* weight, const float* bias, int tokens, int channels, float* out,
                      std::size_t ldout);
  void (*query_features)(const FeatureArgs&);  ///< features are divided by the normaliser
  void (*key_features)(const FeatureArgs&);
  /// state[i][c] += Σ_t features[t][i]·v[t][c]; features [tokens][2*d_pad], v [tokens][ldv], state [2*d_pad][d_pad]
  void (*accumulate_state)(const float* features, const float* v, std::size_t ldv, int tokens, int d_pad, float* state);
  /// Rounds `count` floats to bfloat16; a multiple of 32 is written. Null where gemm_bf16 is.
  void (*round_bf16)(const float* in, std::size_t count, std::uint16_t* out);
  float (*max_abs)(const float* x, std::size_t count);
  /// float32 to IEEE float16 (beyond ±65504: clamped) and back; count a multiple of kLaneQuantum.
  void (*to_half)(const float* in, std::size_t count, std::uint16_t* out);
  void (*from_half)(const std::uint16_t* in, std::size_t count, float* out);
  /// out = f(x), for pow x^p; count a multiple of kLaneQuantum. The kernels have these inline: this is for their tests.
  void (*elementary)(Elementary f, const float* x, float p, std::size_t count, float* out);
};

/// The kernels of the best instruction set that this processor has. NALASR_CPU=bf16|avx512|avx2|sse4|baseline narrows
/// the choice (for tests and comparisons).
const CpuKernels& kernels();

/// Runs the product in the precision that b is packed in.
void multiply(const GemmArgs& args);
/// Whether this processor multiplies bfloat16 faster than float32.
bool has_bf16();

/// Packs w [n][k] (PyTorch's Linear layout: out × in) with row index and column index maps: packed row r comes from
/// input channel k_map[r], packed column c from output channel n_map[c]; −1 gives zeros.
/// Packs as bfloat16 if `bf16`, which has_bf16() must allow.
PackedMatrix pack_matrix(const float* w, int k_of_w, const float* bias, const std::vector<int>& k_map,
                         const std::vector<int>& n_map, bool bf16 = false);
/// The identity map of `count` indices padded with −1 to `padded`.
std::vector<int> padded_map(int count, int padded, int first = 0);
/// The map of heads, each padded from d to d_pad.
std::vector<int> head_map(int heads, int d, int first = 0);

}  // namespace nalasr::cpu
