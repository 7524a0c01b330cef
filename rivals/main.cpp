// nalasr-compare-torch: one method of LibTorch on one picture in this process; prints what it measured as one line of
// JSON. `nalasr compare` starts it; people need not.
//
//   nalasr-compare-torch METHOD MODEL DEVICE PRECISION THREADS REPEAT WARM_UP WIDTH HEIGHT [PICTURE]
#include <cstdio>
#include <cstdlib>
#include <string>

#include "nn/torch/device_memory.h"
#include "rivals.h"

namespace {

using namespace nalasr;

int fail(const std::string& subject, const Error& error) {
  std::printf("%s: %s\n", subject.c_str(), error.message.c_str());  // where compare reads
  return error.code == ErrorCode::out_of_memory ? kMethodOutOfMemory : 1;
}

int measure(const MethodRequest& request, const std::string& model_path) {
  eager::set_threads(request.threads);
  const auto model = Model::load(model_path);
  if (!model) return fail(model_path, model.error());
  const auto step = rivals::rival(*model, request);
  if (!step) return fail(to_string(request.method), step.error());
  auto run = measure_method(request, (*model)->spec().scale, *step, [] { eager::reset_device_peak(0); });
  if (!run) return fail(to_string(request.method), run.error());
  run->code = "LibTorch " + eager::torch_version();
  run->precision = request.precision == Precision::mixed ? "bf16" : "fp32";
  if (request.device == Device::cuda) {
    const eager::DevicePeak peak = eager::device_peak(0);
    run->device_allocated = peak.allocated;
    run->device_reserved = peak.reserved;
  }
  return std::printf("%s\n", to_json(*run).c_str()) > 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 10) {
    std::fputs("nalasr-compare-torch: is started by `nalasr compare`\n", stderr);
    return 2;
  }
  const auto method = parse_method(argv[1]);
  if (!method) return fail(argv[1], {ErrorCode::invalid_argument, "is not a method", ""});
  MethodRequest request{.method = *method};
  request.device = argv[3] == std::string(to_string(Device::cuda)) ? Device::cuda : Device::cpu;
  request.precision = argv[4] == std::string("fp32") ? Precision::fp32 : Precision::mixed;
  request.threads = std::atoi(argv[5]);
  request.repeat = std::atoi(argv[6]);
  request.warm_up = std::atoi(argv[7]);
  request.width = std::atoi(argv[8]);
  request.height = std::atoi(argv[9]);
  if (argc > 10) request.input = argv[10];
  const int code = measure(request, argv[2]);
  std::fflush(stdout);
  // Everything is said: the static destructors of PyPI's LibTorch abort beside some versions of libstdc++ (seen with
  // 2.11 beside GCC 13's), and the system takes back memory and device anyway.
  std::_Exit(code);
}
