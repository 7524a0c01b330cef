// The plan: what a run will do and the memory it will take, known before a pixel is decoded.
//
//     nalasr::PlanRequest request{.width = 1920, .height = 1080, .spec = model->spec()};
//     auto plan = nalasr::make_plan(request);          // pure: no I/O, no allocation of the run's buffers
//     std::cout << plan->predicted_peak << " bytes\n";
//
// Thread safety: make_plan is a pure function; Plan is plain data.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <utility>

#include "nalasr/model.h"
#include "nalasr/result.h"

namespace nalasr {

enum class Device { automatic, cpu, cuda };
const char* to_string(Device device);

/// fp32: float32 everywhere. mixed: the resident map is float16, and products take operands of 16 bits with float32
/// sums where the processor has such instructions.
enum class Precision { mixed, fp32 };

/// What a network takes on a GPU: who has the device asks it (Upscaler does); a plan for the CPU needs none of this.
struct DeviceCosts {
  std::uint64_t free_bytes = 0;                                       ///< device memory that nobody holds
  std::uint64_t weight_bytes = 0;                                     ///< there already
  int element_bytes = 4;                                              ///< of a feature map's values
  std::uint64_t chunk_bytes = std::uint64_t{2} << 20;                 ///< what the device maps at a time
  std::function<std::uint64_t(int width, int rows)> scratch_bytes{};  ///< for steps of that many rows
  int units_at_once = 0;  ///< units of 8 rows whose sums it makes at the same time; 0: not known
};

/// What the plan depends on. Width and height are those of the low-resolution picture after orientation.
struct PlanRequest {
  int width = 0, height = 0;
  int channels = 3;         ///< of the picture; alpha (2 or 4) costs a second, smaller pass
  int bits = 8;             ///< per sample, in and out
  double target_scale = 0;  ///< 0 = the model's own; otherwise a final resample follows
  ModelSpec spec{};
  Device device = Device::cpu;
  Precision precision = Precision::mixed;
  int threads = 1;
  std::uint64_t decoder_bytes = 0;  ///< what reading the picture takes at its peak, the picture included
  std::uint64_t encoder_bytes = 0;  ///< what the writer holds while rows come
  std::uint64_t commit_bytes = 0;   ///< what it takes to finish the file, when the network has given back its memory
  /// Bytes the run may take: above the loaded program on the CPU; of device memory, weights included, on a GPU.
  std::optional<std::uint64_t> budget{};
  int strip_rows = 0;   ///< 0 = let the plan choose; otherwise forced (tests, benchmarks)
  DeviceCosts costs{};  ///< for Device::cuda
};

/// How a run uses a GPU; zeros on the CPU. A map that does not fit keeps a part of itself in pinned host memory: its
/// chunks take turns on a few chunks of device memory.
struct DevicePlan {
  std::uint64_t bytes = 0;         ///< predicted peak of device memory, weights included
  std::uint64_t pinned_bytes = 0;  ///< host memory that the device copies to and from
  int map_chunks = 0;              ///< 0: the map lies on the device in one piece
  int host_chunks = 0;             ///< of these, the ones in host memory
  int ring_chunks = 0;             ///< device chunks that those share
};

/// Pure data: how the run goes and what it takes. Bytes are above the loaded program and model. On a GPU map_bytes and
/// working_bytes are of device memory, predicted_peak is still of host memory.
struct Plan {
  int width = 0, height = 0;
  int output_width = 0, output_height = 0;
  Device device = Device::cpu;
  Precision precision = Precision::mixed;
  int threads = 1;
  int strip_rows = 0;                     ///< low-resolution rows that enter a sweep at a time
  int sweeps = 0;                         ///< passes over the picture: global layers + 1
  std::optional<std::uint64_t> budget{};  ///< what it had to keep to
  std::uint64_t input_bytes = 0;          ///< the decoded picture
  std::uint64_t map_bytes = 0;            ///< the resident feature map
  std::uint64_t working_bytes = 0;        ///< row rings, scratch, partial sums, states
  std::uint64_t output_bytes = 0;         ///< output rows in flight, alpha plane, resampler
  std::uint64_t codec_bytes = 0;          ///< of the writer, once the network has given back its memory
  std::uint64_t predicted_peak = 0;       ///< bytes
  DevicePlan device_memory{};
};

/// Width and height of the output.
std::pair<int, int> output_size(const PlanRequest& request);

/// Chooses strip height, where the map lies, and predicts the peak. Errors: invalid_argument (size, scale),
/// out_of_memory (the budget is too small; the message says how many bytes the smallest plan needs).
Result<Plan> make_plan(const PlanRequest& request);

/// What this build and machine can run: reason is empty where `device` is available.
std::string device_unavailable_reason(Device device);

}  // namespace nalasr
