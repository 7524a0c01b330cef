// Ways of computing one network, what each took when it was measured, and what those would need that were not run.
//
//     auto bytes = nalasr::computed_peak(nalasr::Method::softmax_materialised, model->spec(), 1920, 1080);
//     std::string line = nalasr::to_json(run);     // what a measuring process prints
//
// A number from computed_peak is *computed* and must be shown as such, never beside a measured one without the word.
// Thread safety: plain data and pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "nalasr/model.h"
#include "nalasr/plan.h"

namespace nalasr {

/// All have the same network with the same weights around them.
enum class Method {
  nala_strips,           ///< ours: strips of the whole picture
  nala_whole,            ///< our kernels on one strip as high as the picture
  nala_eager,            ///< the same attention, operator by operator, as LibTorch runs it
  softmax_flash,         ///< softmax attention by FlashAttention: no N×N matrix is ever stored
  softmax_materialised,  ///< softmax attention as written down: N×N scores and probabilities
  softmax_window,        ///< softmax attention in windows of 8×8 tokens, as SwinIR
  softmax_tiled,         ///< softmax attention in tiles of 64 pixels with 8 around them, each computed on its own
};
inline constexpr Method kAllMethods[] = {Method::nala_strips,   Method::nala_whole,           Method::nala_eager,
                                         Method::softmax_flash, Method::softmax_materialised, Method::softmax_window,
                                         Method::softmax_tiled};

/// "nala-strips", "softmax-flash", ...
const char* to_string(Method method);
std::optional<Method> parse_method(const std::string& name);
/// What it does, in one line for people.
const char* description(Method method);
/// Whether this program runs it itself; LibTorch runs the others.
bool is_ours(Method method);

inline constexpr int kTilePixels = 64, kTileContext = 8;

/// Peak bytes above program, weights and input for a picture of `width` × `height` tokens, the 8-bit result included:
/// the tensors alive at the widest moment of a LibTorch method. 0 for our own methods: make_plan knows those.
/// `element_bytes`: of a feature map's values, 4 or 2; NaLa's attention works in 4 always. Counted in core/nn/torch;
/// runs took 0 to 18% more (docs/performance.md), and what malloc keeps of small tensors comes on top. With C = dim, H
/// = heads, s = scale, e = element_bytes, per token:
///
/// - around the attention: x, group residual and long skip (3C e), q, k, v and gate (4C e), rotary cosines and sines
///   (C/H), the result (3s²);
/// - nala_eager: + φ_q and φ_k and what makes them (12C floats), copies of q, k, v in floats where e is 2 (3C);
/// - softmax_flash: + rotated q, and while k turns three products and the result (5C e). Attention itself adds
///   less: its output and H log-sums (Dao et al. 2022, arXiv 2205.14135, algorithm 1: memory linear in N);
/// - softmax_materialised: + rotated q and k (2C e), scores and probabilities, N each per head (2·H·N e): softmax(QKᵀ)V
///   of Vaswani et al. 2017, arXiv 1706.03762, equation 1;
/// - softmax_window: as softmax_flash, with the windows' copies of q, k, v and of their rotations (5C e);
/// - softmax_tiled: the result, and softmax_flash of one tile with its context.
std::uint64_t computed_peak(Method method, const ModelSpec& spec, int width, int height, int element_bytes = 4);

/// One moment of a run: bytes above its start.
struct MemorySample {
  double seconds = 0;
  std::uint64_t host = 0, device = 0;
};

/// What a process measured that ran one method on one picture, and nothing else.
struct MethodRun {
  Method method = Method::nala_strips;
  int width = 0, height = 0;  ///< tokens
  Device device = Device::cpu;
  std::string device_name{};             ///< "NVIDIA H200"; empty on the CPU
  std::string code{};                    ///< which code ran: "AVX3 + BF16", "LibTorch 2.11.0"
  std::string precision{};               ///< of weights and maps: "bf16", "fp32", "mixed"
  int threads = 1, warm_up = 0;          ///< warm_up: full-size runs that were not timed
  std::vector<double> seconds{};         ///< of every timed run
  std::uint64_t host_peak = 0;           ///< resident bytes above program, weights and 8-bit input
  std::uint64_t host_total = 0;          ///< resident bytes of the whole process at its peak (VmHWM)
  std::uint64_t predicted_peak = 0;      ///< what the plan said beforehand of peak(); 0: there is no plan
  std::uint64_t device_allocated = 0;    ///< device memory in use at the peak, weights included
  std::uint64_t device_reserved = 0;     ///< what the allocator held for it
  std::uint64_t device_driver = 0;       ///< growth of the card's use as the driver (NVML) saw it; 0: no NVML
  std::vector<MemorySample> timeline{};  ///< of the last run

  /// The peak that methods are compared by: of the device's allocator, else of the host.
  [[nodiscard]] std::uint64_t peak() const { return device == Device::cuda ? device_allocated : host_peak; }
  [[nodiscard]] double median_seconds() const;
};

/// One line of JSON and back. Errors: corrupt.
std::string to_json(const MethodRun& run);
Result<MethodRun> parse_method_run(const std::string& json);

/// A method on a picture: measured, or why not.
struct ComparisonEntry {
  Method method = Method::nala_strips;
  int width = 0, height = 0;
  std::optional<MethodRun> run{};  ///< empty: not measured
  std::uint64_t computed = 0;      ///< bytes it would need; 0 where nothing can be said
  std::string reason{};            ///< why it was not measured

  [[nodiscard]] std::uint64_t tokens() const { return static_cast<std::uint64_t>(width) * height; }
};

/// All that a report says.
struct Comparison {
  std::string version, command_line, date;
  std::string machine, driver;  ///< processor and memory; GPU and driver where one took part
  std::string model, model_sha256, precision;
  std::string picture;  ///< what was upscaled
  Device device = Device::cpu;
  int scale = 4, repeat = 0, warm_up = 0, threads = 1;
  std::vector<ComparisonEntry> entries;

  /// The entry of our strips at the picture that bars and sentences are about: the last one.
  [[nodiscard]] const ComparisonEntry* chosen() const;
  [[nodiscard]] const ComparisonEntry* find(Method method, int width, int height) const;
};

}  // namespace nalasr
