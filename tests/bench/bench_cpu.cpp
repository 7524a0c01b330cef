// Our strip executor beside the same network run eagerly by LibTorch, on this machine's CPU. Prints one JSON object.
//
//   bench_cpu --model FILE [--width 640 --height 480] [--threads N] [--repeat 3] [--methods strips,strips-fp32,eager]
//
// strips is the default (mixed) precision, strips-fp32 float32 throughout, eager LibTorch in float32.
// Each run happens in a fresh process, so that no run inherits another's memory pools. Peak memory is resident memory
// above the loaded program, model and input picture.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>
#include <random>

#include "engine/sweep.h"
#include "nalasr/model.h"
#include "nn/torch/eager_network.h"
#include "report/memory_meter.h"

namespace {

using namespace nalasr;

struct Options {
  std::string model, only;
  std::vector<std::string> methods = {"strips", "strips-fp32", "eager"};
  int width = 640, height = 480, threads = 0, repeat = 3, strip_rows = 0;
};

std::vector<float> picture(const Options& o) {
  std::mt19937 generator(1);
  std::uniform_real_distribution<float> uniform(0, 1);
  std::vector<float> values(static_cast<std::size_t>(3) * o.width * o.height);
  for (float& v : values) v = uniform(generator);
  return values;
}

/// One run in this process: "seconds peak_bytes" on standard output.
int run_once(const Options& o) {
  const auto model = Model::load(o.model);
  if (!model) {
    std::cerr << "bench_cpu: " << o.model << ": " << model.error().message << '\n';
    return 1;
  }
  const std::vector<float> input = picture(o);
  const int threads = o.threads ? o.threads : default_thread_count();
  const auto finish = [](const MemoryMeter& meter, std::chrono::steady_clock::time_point start, bool bf16 = false) {
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    std::cout << seconds << ' ' << meter.peak_above_start() << ' ' << cpu::kernels().name << (bf16 ? "+BF16" : "")
              << std::endl;
    return 0;
  };
  if (o.only.starts_with("strips")) {
    const PackedNetwork network(**model, o.only == "strips" ? Precision::mixed : Precision::fp32);
    ThreadPool pool(threads);
    PlanRequest request{.width = o.width, .height = o.height, .spec = network.spec, .threads = threads};
    request.strip_rows = o.strip_rows;
    const auto plan = make_plan(request);
    const PictureView view{.data = reinterpret_cast<const std::byte*>(input.data()),
                           .width = o.width,
                           .height = o.height,
                           .channels = 3,
                           .bits = 32,
                           .stride = o.width * 3 * sizeof(float)};
    const MemoryMeter meter;
    const auto start = std::chrono::steady_clock::now();
    run_network(network, view, plan->strip_rows, pool, [](int, int, const float*) {}, {}, {});
    return finish(meter, start, network.bf16_products);
  }
  eager::set_threads(threads);
  const auto network = eager::EagerNetwork::create(**model);
  if (!network) return 1;
  const int s = (*model)->spec().scale;
  // A first small run loads what LibTorch loads lazily; that belongs to the program, not to the picture.
  std::vector<float> warm(3 * 8 * 8 * s * s);
  if (!network->run(std::span(input).first(3 * 8 * 8), 8, 8, warm)) return 1;
  const MemoryMeter meter;
  const auto start = std::chrono::steady_clock::now();
  std::vector<float> output(input.size() * s * s);
  if (!network->run(input, o.height, o.width, output)) return 1;
  return finish(meter, start);
}

/// Runs this program again for one method and reads its line.
nlohmann::json measure(const Options& o, const std::string& method) {
  std::vector<double> seconds;
  std::uint64_t peak = 0;
  std::string isa;
  for (int i = 0; i < o.repeat; ++i) {
    const std::string command = "/proc/self/exe";
    char self[4096];
    const ssize_t length = readlink(command.c_str(), self, sizeof(self) - 1);
    self[std::max<ssize_t>(length, 0)] = 0;
    const std::string line = "'" + std::string(self) + "' --model '" + o.model + "' --only " + method + " --width " +
                             std::to_string(o.width) + " --height " + std::to_string(o.height) + " --threads " +
                             std::to_string(o.threads) + " --strip-rows " + std::to_string(o.strip_rows);
    FILE* pipe = popen(line.c_str(), "r");
    double s = 0;
    unsigned long long bytes = 0;
    char name[64] = "";
    const bool read = pipe && std::fscanf(pipe, "%lf %llu %63s", &s, &bytes, name) == 3;
    if (!pipe || pclose(pipe) != 0 || !read) throw std::runtime_error("the run of " + method + " failed");
    seconds.push_back(s);
    peak = std::max<std::uint64_t>(peak, bytes);
    isa = name;
  }
  std::sort(seconds.begin(), seconds.end());
  const double median = seconds[seconds.size() / 2];
  nlohmann::json result = {{"method", method},
                           {"seconds_min", seconds.front()},
                           {"seconds_median", median},
                           {"seconds_max", seconds.back()},
                           {"us_per_token", median * 1e6 / o.width / o.height},
                           {"peak_bytes", peak},
                           {"bytes_per_token", static_cast<double>(peak) / o.width / o.height}};
  if (method != "eager") result["instruction_set"] = isa;
  return result;
}

}  // namespace

int main(int argc, char** argv) {
  Options o;
  CLI::App app("Strip executor against eager LibTorch on the CPU");
  app.add_option("--model", o.model)->required();
  app.add_option("--width", o.width);
  app.add_option("--height", o.height);
  app.add_option("--threads", o.threads, "0 = all cores");
  app.add_option("--repeat", o.repeat);
  app.add_option("--strip-rows", o.strip_rows, "0 = the plan's choice");
  app.add_option("--methods", o.methods)->delimiter(',');
  app.add_option("--only", o.only, "internal: one run in this process");
  CLI11_PARSE(app, argc, argv);
  if (!o.only.empty()) return run_once(o);
  try {
    nlohmann::json report = {{"width", o.width},
                             {"height", o.height},
                             {"repeat", o.repeat},
                             {"threads", o.threads ? o.threads : default_thread_count()}};
    for (const std::string& method : o.methods) report["runs"].push_back(measure(o, method));
    const nlohmann::json& eager = report["runs"].back();
    for (const nlohmann::json& run : report["runs"]) {
      if (eager["method"] != "eager" || run["method"] == "eager") continue;
      const auto ratio = [&](const char* key) { return eager[key].get<double>() / run[key].get<double>(); };
      report["eager_over_" + run["method"].get<std::string>()] = {{"seconds", ratio("seconds_median")},
                                                                  {"peak_bytes", ratio("peak_bytes")}};
    }
    std::cout << report.dump(2) << '\n';
  } catch (const std::exception& e) {
    std::cerr << "bench_cpu: " << e.what() << '\n';
    return 1;
  }
}
