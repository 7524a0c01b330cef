#include "devices.h"

#include <sched.h>

#include <algorithm>

#include "console.h"
#include "units.h"

namespace nalasr::app {
namespace {

// The pieces of `text` between separators.
std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> pieces;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(separator, at), text.size());
    pieces.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return pieces;
}

Error wrong(const std::string& text, const std::string& what, const std::string& hint) {
  return {ErrorCode::invalid_argument, "\"" + printable(text) + "\" is not " + what, hint};
}

}  // namespace

Result<std::vector<DeviceChoice>> parse_devices(const std::string& text) {
  const Error problem = wrong(text, "a device", "use auto, cpu or cuda, or several GPUs: cuda:0,cuda:1");
  if (text == "auto") return std::vector<DeviceChoice>{{}};
  if (text == "cpu") return std::vector<DeviceChoice>{{Device::cpu, 0}};
  std::vector<DeviceChoice> devices;
  for (const std::string& piece : split(text, ',')) {
    DeviceChoice choice{Device::cuda, 0};
    if (piece.rfind("cuda:", 0) == 0) {
      const auto index = parse_whole(piece.substr(5), 0, 1023);
      if (!index) return problem;
      choice.index = *index;
    } else if (piece != "cuda") {
      return problem;
    }
    const auto twice = [&choice](const DeviceChoice& other) { return other.index == choice.index; };
    if (std::any_of(devices.begin(), devices.end(), twice)) return wrong(text, "a list of different devices", "");
    devices.push_back(choice);
  }
  return devices;
}

Result<Device> parse_one_device(const std::string& text) {
  const auto devices = parse_devices(text);
  if (!devices) return about("--device", devices.error());
  if (devices->size() > 1 || devices->front().index > 0) {
    return Error{ErrorCode::invalid_argument, "--device: one GPU at a time", "choose it by CUDA_VISIBLE_DEVICES"};
  }
  const std::string missing = device_unavailable_reason(devices->front().device);
  if (!missing.empty()) return Error{ErrorCode::device_unavailable, missing, "use --device cpu"};
  return devices->front().device;
}

Result<Precision> parse_precision(const std::string& text) {
  if (text == "mixed") return Precision::mixed;
  if (text == "fp32") return Precision::fp32;
  return wrong(text, "a precision", "use mixed or fp32");
}

Result<WorkerCounts> parse_workers(const std::string& text) {
  const Error problem = wrong(text, "of the form LOAD:COMPUTE:SAVE", "three numbers from 1 to 64, for example 2:1:2");
  const auto pieces = split(text, ':');
  if (pieces.size() != 3) return problem;
  WorkerCounts counts;
  int* const places[] = {&counts.load, &counts.compute, &counts.save};
  for (std::size_t i = 0; i < 3; ++i) {
    const auto number = parse_whole(pieces[i], 1, 64);
    if (!number) return problem;
    *places[i] = *number;
  }
  return counts;
}

WorkerCounts usual_workers(const std::vector<DeviceChoice>& devices) {
  const bool on_gpu = device_unavailable_reason(Device::cuda).empty() &&
                      std::none_of(devices.begin(), devices.end(),
                                   [](const DeviceChoice& choice) { return choice.device == Device::cpu; });
  return on_gpu ? WorkerCounts{2, 2, 4} : WorkerCounts{};
}

std::vector<UpscalerOptions> workers_of(const std::vector<DeviceChoice>& devices, Precision precision, int threads,
                                        int compute) {
  if (threads == 0 && compute > 1) {
    cpu_set_t cores;
    threads = ::sched_getaffinity(0, sizeof cores, &cores) == 0 ? CPU_COUNT(&cores) : compute;
  }
  std::vector<UpscalerOptions> workers;
  for (int i = 0; i < compute; ++i) {
    for (const DeviceChoice& choice : devices) {
      UpscalerOptions worker{choice.device, choice.index, precision, threads};
      if (choice.device != Device::cuda && compute > 1) worker.threads = std::max(1, threads / compute);
      workers.push_back(worker);
    }
  }
  return workers;
}

}  // namespace nalasr::app
