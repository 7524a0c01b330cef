// NaLa attention on the CPU, tile by tile: float32 arithmetic, O(N) memory, no N × 2d temporaries.
//
// The only quantities that span the picture are S = (1/N) Σ R(φ_k) vᵀ and m = (1/N) Σ φ_k. They are summed in
// float32 inside fixed segments of a row and in float64, in row order, across segments: the result does not depend
// on strip heights or thread counts.
#pragma once

#include <cstddef>
#include <vector>

#include "base/thread_pool.h"
#include "kernels/cpu/kernels.h"

namespace nalasr::cpu {

inline constexpr int kSegment = 4 * kTile;  ///< tokens of a row that share one float32 partial sum

/// Axial rotary tables: (H + W)·d/2 cosines and as many sines, never N × d.
class RotaryTable {
 public:
  RotaryTable() = default;
  RotaryTable(const NalaParams& params, int height, int width);
  /// cos and sin [count][d_pad] for tokens (y, x0..x0+count): sines are negative on even channels.
  void fill(int y, int x0, int count, float* cos, float* sin) const;
  static std::size_t bytes(const NalaParams& params, int height, int width);

 private:
  int half_ = 0, d_pad_ = 0;
  std::vector<float> row_cos_, row_sin_, column_cos_, column_sin_;
};

/// Scratch floats that one thread needs for a tile.
struct TileScratch {
  float *cos, *sin, *features;
  static std::size_t floats(const NalaParams& params);
  TileScratch(const NalaParams& params, float* memory);
};

/// Floats of one partial sum: S [heads][2*d_pad][d_pad], then m [heads][2*d_pad].
std::size_t partial_floats(const NalaParams& params);

/// Un-normalised sums of one segment. `exponent` is the power of two by which its keys were divided.
struct Partial {
  float* sums = nullptr;
  int exponent = 0;
};

/// Adds tokens (y, x0..x0+tokens) to `partial`. k, v: [tokens][ld], head h at h*d_pad, zero-padded heads.
void accumulate_tile(const NalaParams& params, const RotaryTable& rotary, int y, int x0, int tokens, const float* k,
                     const float* v, std::size_t ld, TileScratch& scratch, Partial& partial);

/// S and m of one layer (or one window): sums in float64, then the form that apply_tile reads.
class NalaState {
 public:
  /// `bf16`: S is packed for the bfloat16 product.
  explicit NalaState(const NalaParams& params, bool bf16 = false);
  void clear();
  /// Adds partials in order. The elements are shared out to the pool's threads, so the order per element is fixed.
  void add(const std::vector<Partial>& partials, ThreadPool& pool);
  void add(const Partial& partial);
  /// Adds sums [partial_floats] of keys that were not divided.
  void add(const float* sums);
  /// Divides by the token count and packs S. Returns false if a sum is not finite.
  bool finalise(double tokens);

  [[nodiscard]] const PackedMatrix& s(int head) const { return s_[head]; }
  [[nodiscard]] const float* m() const { return m_.data(); }
  [[nodiscard]] float eps() const { return eps_; }
  static std::size_t bytes(const NalaParams& params);

 private:
  void add_range(const float* sums, double factor, std::size_t begin, std::size_t end);
  void add_range(const Partial& partial, std::size_t begin, std::size_t end);

  NalaParams params_;
  bool bf16_;
  std::vector<double> sums_;
  std::vector<PackedMatrix> s_;
  std::vector<float> m_;
  float eps_ = 0;
};

/// o [tokens][ldo] (head h at h*d) for queries q [tokens][ldq] (head h at h*d_pad, zero-padded).
void apply_tile(const NalaParams& params, const RotaryTable& rotary, int y, int x0, int tokens, const float* q,
                std::size_t ldq, const NalaState& state, TileScratch& scratch, float* o, std::size_t ldo);

/// The whole operator on q, k, v, o: [heads][height*width][d], in strips of `strip_rows` rows.
void nala_attention(const NalaParams& params, int height, int width, const float* q, const float* k, const float* v,
                    float* o, int strip_rows, ThreadPool& pool);

}  // namespace nalasr::cpu
