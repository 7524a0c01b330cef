// Our strip executor beside the same network run eagerly by LibTorch, and beside a convolutional network of LibTorch
// operators, on this machine's CPU. Prints one JSON object.
//
//   bench_cpu --model FILE... [--width 640 --height 480] [--threads N] [--repeat 3] [--methods
//   strips,strips-fp32,eager]
//
// Methods, for each model: strips is the default (mixed) precision, strips-fp32 float32 throughout, eager LibTorch in
// float32. Without a model of their own: compact and compact-bf16, LibTorch's compact-32 in float32 and in bfloat16.
// Rounds go through all of them in turn, so that what else the machine does falls on all alike. Each run happens in a
// fresh process, so that no run inherits another's memory pools. Peak memory is resident memory above the loaded
// program, model and input picture.
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
  std::vector<std::string> models;
  std::string only;
  std::vector<std::string> methods = {"strips", "strips-fp32", "eager", "compact", "compact-bf16"};
  int width = 640, height = 480, threads = 0, repeat = 3, strip_rows = 0;
};

std::vector<float> picture(const Options& o) {
  std::mt19937 generator(1);
  std::uniform_real_distribution<float> uniform(0, 1);
  std::vector<float> values(static_cast<std::size_t>(3) * o.width * o.height);
  for (float& v : values) v = uniform(generator);
  return values;
}

using Clock = std::chrono::steady_clock;

/// Prints what measure() reads: "seconds peak_bytes path".
void print_run(const MemoryMeter& meter, Clock::time_point start, const std::string& path) {
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  std::cout << seconds << ' ' << meter.peak_above_start() << ' ' << path << std::endl;
}

int failed(const std::string& what) {
  std::cerr << "bench_cpu: " << what << '\n';
  return 1;
}

int run_strips(const Options& o, const Model& model) {
  const PackedNetwork network(model, o.only == "strips" ? Precision::mixed : Precision::fp32);
  const std::vector<float> input = picture(o);
  ThreadPool pool(o.threads);
  PlanRequest request{.width = o.width, .height = o.height, .spec = network.spec, .threads = o.threads};
  request.strip_rows = o.strip_rows;
  const auto plan = make_plan(request);
  if (!plan) return failed(plan.error().message);
  const PictureView view{.data = reinterpret_cast<const std::byte*>(input.data()),
                         .width = o.width,
                         .height = o.height,
                         .channels = 3,
                         .bits = 32,
                         .stride = o.width * 3 * sizeof(float)};
  const MemoryMeter meter;
  const auto start = Clock::now();
  run_network(network, view, plan->strip_rows, pool, [](int, int, const float*) {}, {}, {});
  print_run(meter, start, std::string(cpu::kernels().name) + (network.bf16_products ? "+BF16" : ""));
  return 0;
}

template <typename Network>
int run_torch(const Options& o, const Result<Network>& network, int scale) {
  if (!network) return failed(network.error().message);
  eager::set_threads(o.threads);
  const std::vector<float> input = picture(o);
  // A first small run loads what LibTorch loads lazily; that belongs to the program, not to the picture.
  std::vector<float> warm(3 * 8 * 8 * scale * scale);
  if (!network->run(std::span(input).first(3 * 8 * 8), 8, 8, warm)) return failed("the first run failed");
  const MemoryMeter meter;
  const auto start = Clock::now();
  std::vector<float> output(input.size() * scale * scale);
  if (!network->run(input, o.height, o.width, output)) return failed("the run failed");
  print_run(meter, start, "LibTorch");
  return 0;
}

/// One run in this process.
int run_once(Options o) {
  if (!o.threads) o.threads = default_thread_count();
  if (o.only.starts_with("compact"))
    return run_torch(o,
                     eager::CompactNetwork::create(
                         {.precision = o.only == "compact" ? eager::Precision::fp32 : eager::Precision::bf16}),
                     4);
  const auto model = Model::load(o.models.at(0));
  if (!model) return failed(o.models[0] + ": " + model.error().message);
  if (o.only.starts_with("strips")) return run_strips(o, **model);
  return run_torch(o, eager::EagerNetwork::create(**model), (*model)->spec().scale);
}

/// What is measured: a method on a model, or on none.
struct Candidate {
  std::string model, method, path;
  std::vector<double> seconds;
  std::uint64_t peak = 0;

  /// Runs this program again and reads its line.
  void measure(const Options& o) {
    char self[4096];
    const ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);
    self[std::max<ssize_t>(length, 0)] = 0;
    const std::string line = "'" + std::string(self) + "' --only " + method +
                             (model.empty() ? "" : " --model '" + model + "'") + " --width " + std::to_string(o.width) +
                             " --height " + std::to_string(o.height) + " --threads " + std::to_string(o.threads) +
                             " --strip-rows " + std::to_string(o.strip_rows);
    FILE* pipe = popen(line.c_str(), "r");
    double s = 0;
    unsigned long long bytes = 0;
    char name[64] = "";
    const bool read = pipe && std::fscanf(pipe, "%lf %llu %63s", &s, &bytes, name) == 3;
    if (!pipe || pclose(pipe) != 0 || !read) throw std::runtime_error("the run of " + method + " failed");
    seconds.push_back(s);
    peak = std::max<std::uint64_t>(peak, bytes);
    path = name;
  }
  [[nodiscard]] nlohmann::json json(const Options& o) const {
    std::vector<double> sorted = seconds;
    std::sort(sorted.begin(), sorted.end());
    const double median = sorted[sorted.size() / 2], tokens = static_cast<double>(o.width) * o.height;
    nlohmann::json result = {{"method", method},
                             {"path", path},
                             {"seconds_min", sorted.front()},
                             {"seconds_median", median},
                             {"seconds_max", sorted.back()},
                             {"us_per_token", median * 1e6 / tokens},
                             {"peak_bytes", peak},
                             {"bytes_per_token", static_cast<double>(peak) / tokens}};
    if (!model.empty()) result["model"] = model;
    return result;
  }
};

/// The rival's figures over ours; the time is the median of the ratios of each round.
nlohmann::json ratio(const Candidate& rival, const Candidate& ours) {
  std::vector<double> seconds;
  for (std::size_t i = 0; i < ours.seconds.size(); ++i) seconds.push_back(rival.seconds[i] / ours.seconds[i]);
  std::sort(seconds.begin(), seconds.end());
  return {{"rival", rival.method},
          {"ours", ours.method},
          {"model", ours.model},
          {"seconds", seconds[seconds.size() / 2]},
          {"peak_bytes", static_cast<double>(rival.peak) / static_cast<double>(ours.peak)}};
}

nlohmann::json measure_all(const Options& o) {
  std::vector<Candidate> candidates;
  for (const std::string& model : o.models)
    for (const std::string& method : o.methods)
      if (!method.starts_with("compact")) candidates.push_back({model, method, {}, {}, 0});
  for (const std::string& method : o.methods)
    if (method.starts_with("compact")) candidates.push_back({{}, method, {}, {}, 0});
  for (int round = 0; round < o.repeat; ++round)
    for (Candidate& c : candidates) c.measure(o);
  nlohmann::json report = {{"width", o.width},
                           {"height", o.height},
                           {"repeat", o.repeat},
                           {"threads", o.threads ? o.threads : default_thread_count()}};
  for (const Candidate& c : candidates) report["runs"].push_back(c.json(o));
  for (const Candidate& ours : candidates)
    for (const Candidate& rival : candidates) {
      const bool comparable = rival.model.empty() || rival.model == ours.model;
      if (ours.method.starts_with("strips") && !rival.method.starts_with("strips") && comparable)
        report["rival_over_ours"].push_back(ratio(rival, ours));
    }
  return report;
}

}  // namespace

int main(int argc, char** argv) {
  Options o;
  CLI::App app("Strip executor against LibTorch on the CPU");
  app.add_option("--model", o.models);
  app.add_option("--width", o.width);
  app.add_option("--height", o.height);
  app.add_option("--threads", o.threads, "0 = all cores");
  app.add_option("--repeat", o.repeat)->check(CLI::PositiveNumber);
  app.add_option("--strip-rows", o.strip_rows, "0 = the plan's choice");
  app.add_option("--methods", o.methods)->delimiter(',');
  app.add_option("--only", o.only, "internal: one run in this process");
  CLI11_PARSE(app, argc, argv);
  try {
    if (!o.only.empty()) return run_once(o);
    std::cout << measure_all(o).dump(2) << '\n';
  } catch (const std::exception& e) { return failed(e.what()); }
}
