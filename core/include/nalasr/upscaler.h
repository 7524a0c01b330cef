// Upscaler: executes one plan on one picture, from file to file.
//
//     auto model = nalasr::Model::load("models/light_x4.safetensors");
//     nalasr::Upscaler upscaler(*model, {.threads = 8});
//     auto report = upscaler.run({.input = "in.jpg", .output = "out.png", .format = nalasr::ImageFormat::png});
//     if (!report) complain(report.error());
//
// Thread safety: an Upscaler may be used by one thread at a time; its Model may be shared.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "nalasr/image.h"
#include "nalasr/model.h"
#include "nalasr/plan.h"

namespace nalasr {

/// Where a run stands. `fraction` grows monotonically from 0 to 1 with the work really done.
struct Progress {
  const char* stage = "";  ///< "decode", "sweep", "write"
  int sweep = 0, sweeps = 0;
  double fraction = 0;
};
/// Called from the running thread, between strips.
using ProgressCallback = std::function<void(const Progress&)>;

struct UpscalerOptions {
  Device device = Device::automatic;
  int device_index = 0;  ///< which of several GPUs
  Precision precision = Precision::mixed;
  int threads = 0;  ///< 0 = all cores
};

struct UpscaleRequest {
  std::filesystem::path input, output;
  ImageFormat format = ImageFormat::png;
  EncodeOptions encode{};
  double scale = 0;                              ///< 0 = the model's own
  std::optional<std::uint64_t> memory_budget{};  ///< bytes above the loaded program
  int strip_rows = 0;                            ///< 0 = the plan's choice
  bool strip_metadata = false;                   ///< write no ICC, EXIF, XMP and resolution
};

/// What a run did: predicted beside measured.
struct RunReport {
  std::filesystem::path input, output;
  ImageInfo input_info, output_info;
  Plan plan;
  std::string model;
  std::string device;                ///< "cpu", "cuda"
  std::string device_note;           ///< the GPU's name; where the CPU stands in for a GPU, why
  std::string instruction_set;       ///< which code ran: "AVX3 + BF16", "AVX2", "cuda fused sm_90", ...
  std::uint64_t predicted_peak = 0;  ///< bytes above the loaded program
  std::uint64_t measured_peak = 0;   ///< bytes, as the operating system counts resident memory
  std::uint64_t predicted_device_peak = 0, measured_device_peak = 0;  ///< bytes of GPU memory, weights included
  int fp32_redone = 0;  ///< passes whose 16-bit values overflowed and that float32 kernels finished
  double seconds_total = 0, seconds_decode = 0, seconds_network = 0, seconds_encode = 0;
  std::vector<std::string> warnings;

  [[nodiscard]] std::string to_json() const;
};

/// One picture on its way through the steps of a run. Movable between threads, used by one at a time.
struct UpscaleJob;
using UpscaleJobPtr = std::shared_ptr<UpscaleJob>;

class Upscaler {
 public:
  explicit Upscaler(std::shared_ptr<const Model> model, UpscalerOptions options = {});
  ~Upscaler();
  Upscaler(Upscaler&&) noexcept;
  Upscaler& operator=(Upscaler&&) noexcept;

  /// The plan for a picture whose header was read. Errors: as make_plan, device_unavailable.
  [[nodiscard]] Result<Plan> plan(const ImageReader& reader, const UpscaleRequest& request) const;
  /// The name of the GPU that a plan is for; empty where it is for the CPU.
  [[nodiscard]] std::string gpu_name(const Plan& plan) const;
  /// What the network takes for a pixel of the input on this machine, measured now on a small made-up picture (a tenth
  /// of a second or so): for estimates.
  double seconds_per_pixel();
  /// Reads, upscales, writes and commits; on any error or cancellation nothing appears at `output`.
  /// Errors: those of the reader, the plan and the writer; cancelled.
  Result<RunReport> run(const UpscaleRequest& request, const ProgressCallback& progress = {},
                        std::stop_token stop = {});

  /// The steps that run() does one after the other, for those who overlap pictures (Pipeline). open() reads the header
  /// and plans; decode() reads the pixels; compute() runs the network, and the rows go to the writer behind
  /// `queue_bytes` of rows (0: none; the writer then works in the computing thread); save() waits for the writer.
  /// Only compute() must not be called by two threads at once.
  Result<UpscaleJobPtr> open(const UpscaleRequest& request) const;
  static Result<void> decode(UpscaleJob& job);
  Result<void> compute(UpscaleJob& job, std::uint64_t queue_bytes, const ProgressCallback& progress,
                       const std::stop_token& stop);
  static Result<RunReport> save(UpscaleJob& job);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace nalasr
