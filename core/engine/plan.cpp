#include "nalasr/plan.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "base/text.h"
#include "engine/cuda/device_plan.h"
#include "engine/output_sink.h"
#include "engine/sweep.h"
#include "image/alpha.h"
#include "nn/spec.h"

namespace nalasr {
namespace {

// Thread stacks, stream buffers and code pages touched for the first time: measured, not derivable.
constexpr std::uint64_t kProcessOverhead = 1'000'000;
constexpr int kLargestSide = 1'000'000;

/// Rows that keep every thread busy, in all stages of a sweep at once, while the rings stay small beside the map.
int preferred_strip_rows(const PlanRequest& r) {
  const int tokens = 2048 * std::max(1, r.threads / 2);
  return std::clamp(tokens / r.width, 2, 8);
}

/// What does not depend on strips.
Plan plan_for(const PlanRequest& r) {
  Plan p;
  p.width = r.width;
  p.height = r.height;
  std::tie(p.output_width, p.output_height) = output_size(r);
  p.device = r.device == Device::cuda ? Device::cuda : Device::cpu;
  p.precision = r.precision;
  p.threads = r.threads;
  p.budget = r.budget;
  p.sweeps = sweep_count(r.spec, p.device == Device::cuda ? Barriers::global_layers : cpu_barriers(r.spec));
  p.input_bytes = static_cast<std::uint64_t>(r.width) * r.height * r.channels * (r.bits / 8);
  p.output_bytes = output_sink_bytes(r, p);
  p.codec_bytes = std::max(r.encoder_bytes, r.commit_bytes);
  return p;
}

/// Peak of host memory where the network holds `network_bytes` beside the picture and the output side.
std::uint64_t host_peak(const PlanRequest& r, const Plan& p, std::uint64_t network_bytes) {
  // Reading comes before the map: the decoder and a second copy for orientation, then the alpha's colour pyramid.
  const std::uint64_t bleeding = r.channels % 2 == 0 ? p.input_bytes + bleed_color_bytes(r.width, r.height) : 0;
  const std::uint64_t preparing = std::max(r.decoder_bytes, bleeding);
  const std::uint64_t running = p.input_bytes + network_bytes + p.output_bytes;
  return std::max({preparing, running + r.encoder_bytes, p.codec_bytes}) + kProcessOverhead;
}

Plan plan_with(const PlanRequest& r, int strip_rows) {
  Plan p = plan_for(r);
  p.strip_rows = std::min(strip_rows, r.height);
  const SweepContext context{.spec = r.spec,
                             .nala = NalaParams::of(r.spec),
                             .width = r.width,
                             .height = r.height,
                             .strip_rows = p.strip_rows,
                             .threads = r.threads};
  const std::uint64_t tokens = static_cast<std::uint64_t>(r.width) * r.height;
  p.map_bytes = p.sweeps > 1 ? tokens * context.dim() * (r.precision == Precision::mixed ? 2 : 4) : 0;
  p.working_bytes = arena_bytes(context) + fixed_bytes(context);
  p.predicted_peak = host_peak(r, p, p.map_bytes + p.working_bytes);
  return p;
}

Result<Plan> plan_for_gpu(const PlanRequest& r) {
  Plan p = plan_for(r);
  ImageInfo out;
  out.width = p.output_width;
  out.height = p.output_height;
  out.channels = r.channels;
  out.bits = r.bits;
  const bool bytes = OutputSink::takes_bytes(p.width * r.spec.scale, p.height * r.spec.scale, out);
  const Result<cuda::DeviceChoice> choice = cuda::plan_device({.spec = r.spec,
                                                               .width = r.width,
                                                               .height = r.height,
                                                               .picture_row_bytes = r.width * r.channels * (r.bits / 8),
                                                               .sample = bytes ? cuda::Sample::u8 : cuda::Sample::f32,
                                                               .strip_rows = r.strip_rows,
                                                               .costs = r.costs,
                                                               .budget = r.budget});
  if (!choice) return choice.error();
  p.strip_rows = choice->strip_rows;
  p.map_bytes = choice->map_bytes;
  p.working_bytes = choice->working_bytes;
  p.device_memory = choice->memory;
  p.predicted_peak = host_peak(r, p, p.device_memory.pinned_bytes);
  return p;
}

}  // namespace

std::pair<int, int> output_size(const PlanRequest& r) {
  const double scale = r.target_scale > 0 ? r.target_scale : r.spec.scale;
  return {std::max(1, static_cast<int>(std::lround(r.width * scale))),
          std::max(1, static_cast<int>(std::lround(r.height * scale)))};
}

const char* to_string(Device device) {
  switch (device) {
    case Device::cpu:
      return "cpu";
    case Device::cuda:
      return "cuda";
    default:
      return "auto";
  }
}

Result<Plan> make_plan(const PlanRequest& r) {
  if (r.width < 1 || r.height < 1) return Error{ErrorCode::invalid_argument, "the picture is empty", ""};
  if (const Result<void> spec = check_spec(r.spec); !spec) return spec.error();
  if (r.channels < 1 || r.channels > 4 || (r.bits != 8 && r.bits != 16) || r.threads < 1)
    return Error{ErrorCode::invalid_argument, "no such sample layout or thread count", ""};
  const double scale = r.target_scale > 0 ? r.target_scale : r.spec.scale;
  if (!(scale > 0) || r.width * scale > kLargestSide || r.height * scale > kLargestSide)
    return Error{ErrorCode::invalid_argument,
                 "the output would be more than " + std::to_string(kLargestSide) + " pixels along one side",
                 "choose a smaller scale"};
  if (r.device == Device::cuda) {
    if (r.costs.scratch_bytes) return plan_for_gpu(r);
    const std::string reason = device_unavailable_reason(Device::cuda);
    return Error{ErrorCode::device_unavailable, reason.empty() ? "the plan lacks the GPU's costs" : reason,
                 "use --device cpu"};
  }
  Plan plan = plan_with(r, r.strip_rows > 0 ? r.strip_rows : preferred_strip_rows(r));
  while (r.budget && plan.predicted_peak > *r.budget && r.strip_rows == 0 && plan.strip_rows > 1)
    plan = plan_with(r, plan.strip_rows / 2);
  if (r.budget && plan.predicted_peak > *r.budget)
    return Error{ErrorCode::out_of_memory,
                 "needs " + format_bytes(plan.predicted_peak) + " (" + std::to_string(plan.predicted_peak) +
                     " bytes) of memory, the budget is " + format_bytes(*r.budget),
                 "raise --memory-budget"};
  return plan;
}

}  // namespace nalasr
