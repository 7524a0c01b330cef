#include "engine/cuda/executor.h"

#include <array>
#include <cmath>
#include <deque>
#include <mutex>

#include "engine/cuda/streamed_map.h"
#include "kernels/cuda/state.h"
#include "nn/spec.h"

namespace nalasr::cuda {
namespace {

/// Keeps the host a bounded number of steps ahead of the device, and tells how far the device is.
class Pacer {
 public:
  Pacer(Stream stream, std::function<void(int, double)> progress) : stream_(stream), progress_(std::move(progress)) {}

  void step(int sweep, double fraction) {
    if (++steps_ % kStepsPerMark != 0) return;
    Mark mark{sweep, fraction, {}};
    if (marks_.size() == kMarks) {
      marks_.front().event.synchronize();
      tell(marks_.front());
      mark.event = std::move(marks_.front().event);
      marks_.pop_front();
    }
    mark.event.record(stream_);
    marks_.push_back(std::move(mark));
  }
  /// All is done.
  void finish(int sweep) { tell({sweep, 1.0, {}}); }

 private:
  static constexpr std::size_t kMarks = 8;
  static constexpr int kStepsPerMark = 8;

  struct Mark {
    int sweep;
    double fraction;
    Event event;
  };
  void tell(const Mark& mark) const {
    if (progress_) progress_(mark.sweep, mark.fraction);
  }

  Stream stream_;
  std::function<void(int, double)> progress_;
  int steps_ = 0;
  std::deque<Mark> marks_;
};

/// (cos, sin) of every row's or column's angles.
std::vector<float> rotary_table(const NalaParams& p, int length) {
  const int pairs = p.head_dim / 4;
  std::vector<float> table;
  table.reserve(static_cast<std::size_t>(length) * pairs * 2);
  for (int i = 0; i < length; ++i)
    for (int pair = 0; pair < pairs; ++pair) {
      const double angle = rotary_position(p, i, length) * rotary_frequency(p, pair);
      table.push_back(static_cast<float>(std::cos(angle)));
      table.push_back(static_cast<float>(std::sin(angle)));
    }
  return table;
}

/// Held while a run takes or gives back memory of its device: what it takes is measured by what is free before and
/// after, and pictures of one batch share a GPU.
std::mutex& memory_mutex() {
  static std::array<std::mutex, 64> of_device;
  return of_device[current_device() % of_device.size()];
}

class Run {
 public:
  Run(const Kernels& kernels, const RunShape& shape, const DeviceCosts& costs, const DevicePlan& plan,
      const PictureView& picture, const Target& target)
      : memory_lock_(memory_mutex()),
        free_before_(device_memory().free),
        kernels_(kernels),
        shape_(shape),
        nala_(NalaParams::of(shape.spec)),
        view_(picture),
        memory_(layout_bytes(shape, costs, plan.map_chunks == 0)),
        map_(shape, costs, plan, take_layout(costs, plan.map_chunks == 0), compute_.get()),
        output_(shape, layout_, target, compute_.get()) {
    const std::size_t free_now = device_memory().free;
    device_bytes_ = free_before_ > free_now ? free_before_ - free_now : 0;
    memory_lock_.unlock();
    picture_ = {.width = shape.width,
                .height = shape.height,
                .rotary = {layout_.rotary.rows, layout_.rotary.columns},
                .scratch = layout_.scratch,
                .overflows = layout_.overflows,
                .cell = cell_of(shape.spec)};
    near_picture_ = picture_;
    near_picture_.rotary = {layout_.near_rotary.rows, layout_.near_rotary.columns};
    input_ = {.data = layout_.picture,
              .channels = picture.channels,
              .bits = picture.bits,
              .stride = static_cast<std::size_t>(shape.picture_row_bytes),
              .alpha = picture.source == SampleSource::alpha};
  }
  ~Run() {
    compute_.drain();  // before the map goes, whose own streams are not all that use it
    memory_lock_.lock();
  }

  RunResult execute(const std::function<void(int, double)>& progress, const std::stop_token& stop) {
    const int sweeps = static_cast<int>(shape_.sweeps.size());
    double total = 0, finished = 0;
    for (int i = 0; i < sweeps; ++i) total += sweep_cost(shape_.spec, i);
    upload_tables();
    const Event begin, end;
    begin.record(compute_.get());
    Pacer pacer(compute_.get(), progress);
    for (int i = 0; i < sweeps; ++i) {
      const SweepShape& sweep = shape_.sweeps[i];
      const double cost = sweep_cost(shape_.spec, i), rows = static_cast<double>(shape_.height) * sweep.stages.size();
      map_.begin_sweep(sweep);
      double rows_done = 0;
      for (const Step& step : sweep.steps) {
        if (stop.stop_requested()) return result(RunOutcome::stopped);
        const MapUse use = map_use(sweep, step, shape_.height);
        map_.before(use);
        if (!launch(i, step)) return result(RunOutcome::overflowed);
        map_.after(use);
        rows_done += step.rows.last - step.rows.first;
        pacer.step(i, (finished + cost * rows_done / rows) / total);
      }
      finished += cost;
      check_launches();
    }
    end.record(compute_.get());
    if (!output_.finish()) return result(RunOutcome::overflowed);
    end.synchronize();
    pacer.finish(sweeps - 1);
    RunResult done = result(RunOutcome::finished);
    done.milliseconds = end.milliseconds_since(begin);
    return done;
  }

 private:
  /// Lays the run out in memory_ and returns where the map is to lie.
  void* take_layout(const DeviceCosts& costs, bool whole_map) {
    Arena arena(memory_.data());
    layout_ = lay_out(shape_, costs, whole_map, arena);
    return layout_.map;
  }
  [[nodiscard]] RunResult result(RunOutcome outcome) const {
    return {.outcome = outcome, .delivered = output_.delivered(), .device_bytes = device_bytes_};
  }

  void upload_tables() {
    fill_zero(layout_.overflows, sizeof(std::uint32_t), compute_.get());
    fill_zero(layout_.totals, total_bytes(nala_), compute_.get());
    upload_rotary(nala_, layout_.rotary);
    if (layout_.near_rotary.rows != layout_.rotary.rows) upload_rotary(nala_.nearby(), layout_.near_rotary);
  }

  void upload_rotary(const NalaParams& nala, RotaryMemory to) {
    if (!to.rows) return;
    const std::vector<float> rows = rotary_table(nala, shape_.height), columns = rotary_table(nala, shape_.width);
    copy(to.rows, rows.data(), rows.size() * sizeof(float), compute_.get());
    copy(to.columns, columns.data(), columns.size() * sizeof(float), compute_.get());
  }

  /// The picture comes in beside the first sweep: `compute` waits for rows before `until` only.
  void upload(int until) {
    until = std::min(until, shape_.height);
    if (until <= uploaded_) return;
    const std::size_t row = shape_.picture_row_bytes;
    copy_rows(static_cast<std::byte*>(layout_.picture) + row * uploaded_, row, view_.data + view_.stride * uploaded_,
              view_.stride, row, until - uploaded_, upload_.get());
    picture_there_.record(upload_.get());
    picture_there_.hold(compute_.get());
    uploaded_ = until;
  }

  /// False: the output queue met values that are not finite.
  bool launch(int sweep, const Step& step) {
    const std::vector<StageShape>& shapes = shape_.sweeps[sweep].stages;
    const std::vector<StageMemory>& memories = layout_.stages[sweep];
    const StageShape& s = shapes[step.stage];
    const StageMemory& m = memories[step.stage];
    const auto output_of = [&](int stage) {
      return shapes[stage].in_map ? map_.rows() : Rows{memories[stage].ring, shapes[stage].capacity};
    };
    const Rows in = step.stage > 0 ? output_of(step.stage - 1) : map_.rows(), out = output_of(step.stage);
    const Stream stream = compute_.get();
    switch (s.op) {
      case Op::head:
        upload(step.rows.last + 1);
        kernels_.head(picture_, input_, out, step.rows, stream);
        break;
      case Op::windows:
        make_windows(s, m, in, out, step.rows);
        break;
      case Op::attend:
        kernels_.attend(picture_of(s), s.index, in, out, step.rows, states(sweep, step), std::max(s.window, s.cell),
                        s.shift, stream);
        break;
      case Op::ffn:
        kernels_.ffn(picture_, s.index, in, out, step.rows, stream);
        break;
      case Op::group_conv:
        kernels_.group_conv(picture_, s.index, in, out, step.rows, stream);
        break;
      case Op::barrier:
        kernels_.barrier(picture_of(s), s.index, in, out, step.rows, m.sums, stream);
        if (shape_.spec.scopes[s.index].cell)
          add_to_cells(nala_, picture_, m.sums, step.rows, layout_.cells[(sweep + 1) % 2], stream);
        else
          reduce_sums(nala_, picture_, m.sums, step.rows, layout_.totals, layout_.state, stream);
        break;
      case Op::tail: {
        const Output to = output_.begin(step.rows);
        kernels_.tail(picture_, input_, in, to, step.rows, stream);
        return output_.end(step.rows);
      }
    }
    return true;
  }

  /// The picture with the positions that an attention stage's block counts, or the one whose sums a barrier makes.
  [[nodiscard]] const Kernels::Picture& picture_of(const StageShape& s) const {
    return shape_.spec.scopes[s.index].is_global() ? picture_ : near_picture_;
  }

  /// What the queries of a step meet: one state, those of its windows, or of its cells, which are made now.
  const float* states(int sweep, const Step& step) {
    const StageShape& s = shape_.sweeps[sweep].stages[step.stage];
    const std::vector<StageMemory>& memories = layout_.stages[sweep];
    if (s.window)
      return window_states(shape_.sweeps[sweep].stages[step.stage - 1], memories[step.stage - 1], step.rows.first);
    if (!s.cell) return layout_.state;
    const StageMemory& m = memories[step.stage];
    const Span cells{step.rows.first / s.cell, (step.rows.last - 1) / s.cell + 1};
    const int count = sum_around_cells(nala_, picture_, layout_.cells[sweep % 2], cells, m.sums, compute_.get());
    finalise_states(nala_, m.sums, count, 1, m.states, picture_.overflows, compute_.get());
    return m.states;
  }

  [[nodiscard]] int windows_across(const StageShape& s) const {
    return (shape_.width + s.shift + s.window - 1) / s.window;
  }

  /// States of the row of windows that row `y` lies in. `s`, `m`: of the stage that makes them.
  [[nodiscard]] float* window_states(const StageShape& s, const StageMemory& m, int y) const {
    const int row = (y + s.shift) / s.window % s.window_rows;
    return m.states + state_floats(nala_) * windows_across(s) * row;
  }

  void make_windows(const StageShape& s, const StageMemory& m, Rows in, Rows out, Span rows) {
    kernels_.windows(picture_of(s), s.index, s.window, s.shift, in, out, rows, m.sums, compute_.get());
    const int across = windows_across(s);
    // Tokens of a window outside the picture count as zeros: the mean is over all W² of them.
    const double tokens = static_cast<double>(s.window) * s.window;
    const float* sums = m.sums;
    for (int y = rows.first; y < rows.last; sums += sum_floats(nala_) * across) {
      finalise_states(nala_, sums, across, tokens, window_states(s, m, y), picture_.overflows, compute_.get());
      y = rows_of_windows(s, (y + s.shift) / s.window, shape_.height).last;
    }
  }

  std::unique_lock<std::mutex> memory_lock_;  // first, so that it goes last
  std::size_t free_before_, device_bytes_ = 0;
  const Kernels& kernels_;
  const RunShape& shape_;
  NalaParams nala_;
  const PictureView& view_;
  DeviceBuffer memory_;
  RunLayout layout_;
  OwnedStream compute_, upload_;
  Event picture_there_;
  StreamedMap map_;
  OutputQueue output_;
  Kernels::Picture picture_, near_picture_;  // one but for the rotary tables
  Input input_;
  int uploaded_ = 0;
};

}  // namespace

DeviceCosts costs_of(const Kernels& kernels) {
  return {.free_bytes = device_memory().free,
          .weight_bytes = kernels.weight_bytes(),
          .element_bytes = static_cast<int>(kernels.element_bytes()),
          .scratch_bytes = [&kernels](int width, int rows) { return kernels.scratch_bytes(width, rows); },
          .units_at_once = kernels.units_at_once()};
}

RunResult run_network(const Kernels& kernels, const RunShape& shape, const DeviceCosts& costs, const DevicePlan& plan,
                      const PictureView& picture, const Target& target,
                      const std::function<void(int, double)>& progress, const std::stop_token& stop) {
  Run run(kernels, shape, costs, plan, picture, target);
  return run.execute(progress, stop);
}

}  // namespace nalasr::cuda
