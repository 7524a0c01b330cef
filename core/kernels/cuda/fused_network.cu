// The fused kernels behind the common interface.
#include "kernels/cuda/check.cuh"
#include "kernels/cuda/fused_weights.h"
#include "kernels/cuda/state.h"

namespace nalasr::cuda {
namespace {

/// Whether every kernel has an instance for this shape that fits the current device: launchers say so when there is
/// nothing to launch.
bool supported(const FoldedNetwork& n) {
  const ModelSpec& s = n.spec;
  for (const AttentionScope& scope : s.scopes)
    if (scope.window % 32 != 0 || scope.cell % 32 != 0) return false;
  FfnArgs ffn{};
  ffn.hidden = s.hidden();
  return launch_attend(s.dim, s.head_dim(), {}, nullptr) && launch_ffn(s.dim, ffn, nullptr) &&
         launch_barrier(s.dim, s.head_dim(), 0, {}, nullptr) > 0 && launch_group_conv(s.dim, {}, nullptr) &&
         launch_tail(s.dim, s.scale, {}, nullptr);
}

Area area_of(const Kernels::Picture& p, Span rows) { return {p.width, p.height, rows.first, rows.last}; }

RotaryTables tables(const Rotary& r) {
  return {reinterpret_cast<const float2*>(r.rows), reinterpret_cast<const float2*>(r.columns)};
}

/// Maps and area: `halo` rows of `in` above the first are read.
template <typename Args>
void place(Args& a, const Kernels::Picture& p, Rows in, int halo, Rows out, Span rows) {
  a.in = view_of<const __half>(in, rows.first - halo);
  a.out = view_of<__half>(out, rows.first);
  a.area = area_of(p, rows);
}

class FusedKernels : public Kernels {
 public:
  explicit FusedKernels(const FoldedNetwork& n) : spec_(n.spec), nala_(NalaParams::of(n.spec)), weights_(n) {}

  [[nodiscard]] std::size_t weight_bytes() const override { return weights_.bytes(); }
  [[nodiscard]] std::size_t element_bytes() const override { return sizeof(__half); }
  [[nodiscard]] std::size_t scratch_bytes(int, int) const override { return 0; }
  [[nodiscard]] int units_at_once() const override { return launch_barrier(spec_.dim, nala_.head_dim, 0, {}, nullptr); }

  void head(const Picture& p, const Input& in, Rows out, Span rows, Stream stream) const override {
    HeadArgs a = weights_.head;
    a.input = in;
    a.out = view_of<__half>(out, rows.first);
    a.area = area_of(p, rows);
    launch_head(spec_.dim, a, stream);
  }

  void barrier(const Picture& p, int block, Rows in, Rows out, Span rows, float* sums, Stream stream) const override {
    BarrierArgs a = barrier_args(p, block, in, out, rows, sums);
    a.unit_rows = kUnitRows;
    a.unit_columns = unit_columns(p.width, p.height, p.cell);
    a.first_row = rows.first;
    a.units_across = units_across(p.width, p.height, p.cell);
    run(launch_barrier(spec_.dim, nala_.head_dim, (rows.last - rows.first + kUnitRows - 1) / kUnitRows, a, stream) > 0);
  }

  void windows(const Picture& p, int block, int window, int shift, Rows in, Rows out, Span rows, float* sums,
               Stream stream) const override {
    BarrierArgs a = barrier_args(p, block, in, out, rows, sums);
    a.unit_rows = a.unit_columns = window;
    const int first = (rows.first + shift) / window, last = (rows.last - 1 + shift) / window;
    a.first_row = first * window - shift;
    a.first_column = -shift;
    a.units_across = (p.width + shift + window - 1) / window;
    run(launch_barrier(spec_.dim, nala_.head_dim, last - first + 1, a, stream) > 0);
  }

  void attend(const Picture& p, int block, Rows in, Rows out, Span rows, const float* states, int window, int shift,
              Stream stream) const override {
    AttendArgs a = weights_.blocks[block].attend;
    place(a, p, in, 2, out, rows);
    a.rotary = tables(p.rotary);
    a.states = states;
    a.state_floats = static_cast<int>(state_floats(nala_));
    a.window = window;
    a.shift = shift;
    a.overflows = p.overflows;
    run(launch_attend(spec_.dim, nala_.head_dim, a, stream));
  }

  void ffn(const Picture& p, int block, Rows in, Rows out, Span rows, Stream stream) const override {
    FfnArgs a = weights_.blocks[block].ffn;
    place(a, p, in, 2, out, rows);
    a.overflows = p.overflows;
    run(launch_ffn(spec_.dim, a, stream));
  }

  void group_conv(const Picture& p, int group, Rows in, Rows out, Span rows, Stream stream) const override {
    GroupArgs a = weights_.groups[group];
    place(a, p, in, 1, out, rows);
    a.overflows = p.overflows;
    run(launch_group_conv(spec_.dim, a, stream));
  }

  void tail(const Picture& p, const Input& input, Rows in, Output out, Span rows, Stream stream) const override {
    TailArgs a = weights_.tail;
    a.input = input;
    a.in = view_of<const __half>(in, rows.first - 1);
    a.out = out;
    a.area = area_of(p, rows);
    a.overflows = p.overflows;
    run(launch_tail(spec_.dim, spec_.scale, a, stream));
  }

 private:
  [[nodiscard]] BarrierArgs barrier_args(const Picture& p, int block, Rows in, Rows out, Span rows, float* sums) const {
    BarrierArgs a = weights_.blocks[block].barrier;
    place(a, p, in, 1, out, rows);
    a.rotary = tables(p.rotary);
    a.sums = sums;
    return a;
  }
  static void run(bool launched) {
    if (!launched) throw Failure("CUDA: no kernel for this shape");
    check(cudaGetLastError(), "launching a kernel");
  }

  ModelSpec spec_;
  NalaParams nala_;
  FusedWeights weights_;
};

}  // namespace

std::unique_ptr<Kernels> make_fused_kernels(const FoldedNetwork& network) {
  if (!supported(network)) return nullptr;
  return std::make_unique<FusedKernels>(network);
}

}  // namespace nalasr::cuda
