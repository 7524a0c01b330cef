// Checks the NaLa operator from outside: reads q, k, v, applies rotary embedding, attention and normaliser, writes o.
//
//   nala_apply --input in.safetensors --output out.safetensors --height H --width W
//              --direction-map cosine|relu_split --precision fp64|fp32|bf16 --device cpu|cuda --strip-rows R
//
// q, k, v, o: float32 [heads, N, d], N = H·W tokens in row-major order. fp64 runs the reference; fp32 the CPU kernels;
// bf16 the same with q, k, v and o stored as bfloat16 (arithmetic and sums stay float32).
// Exit code: 0 done, 1 failed, 2 usage, 3 device unavailable.
#include <CLI/CLI.hpp>
#include <iostream>

#include "kernels/cpu/nala.h"
#include "kernels/reference/nala_reference.h"
#include "nalasr/plan.h"
#include "base/half.h"
#include "nn/safetensors.h"

namespace {

using namespace nalasr;

struct Options {
  std::string input, output, direction_map = "cosine", precision = "fp32", device = "cpu";
  int height = 0, width = 0, strip_rows = 16, threads = 0;
};

int fail(const std::string& path, const std::string& reason, int code = 1) {
  std::cerr << "nala_apply: " << path << ": " << reason << '\n';
  return code;
}

void round_to_bf16(std::vector<float>& values) {
  for (float& v : values) v = bfloat16_to_float(float_to_bfloat16(v));
}

int run(const Options& options) {
  const auto file = safetensors::File::read(options.input);
  if (!file) return fail(options.input, file.error().message);
  Tensor q, k, v;
  for (const auto& [name, tensor] : {std::pair{"q", &q}, {"k", &k}, {"v", &v}}) {
    auto read = file->tensor(name);
    if (!read) return fail(options.input, read.error().message);
    *tensor = std::move(*read);
  }
  const std::int64_t tokens = static_cast<std::int64_t>(options.height) * options.width;
  if (q.shape.size() != 3 || q.shape != k.shape || q.shape != v.shape || q.shape[1] != tokens || q.shape[0] < 1 ||
      q.shape[2] < 4 || q.shape[2] % 4 != 0)
    return fail(options.input, "q, k and v must have one shape [heads, height*width, d], d a multiple of 4");

  NalaParams p;
  p.heads = static_cast<int>(q.shape[0]);
  p.head_dim = static_cast<int>(q.shape[2]);
  p.direction_map = options.direction_map == "cosine" ? DirectionMap::cosine : DirectionMap::relu_split;
  std::vector<float> o(q.values.size(), std::numeric_limits<float>::quiet_NaN());
  if (options.precision == "fp64") {
    const auto wide = [](const Tensor& t) { return std::vector<double>(t.values.begin(), t.values.end()); };
    std::vector<double> result(o.size());
    reference::nala_attention(p, options.height, options.width, wide(q).data(), wide(k).data(), wide(v).data(),
                              result.data());
    std::copy(result.begin(), result.end(), o.begin());
  } else {
    const bool bf16 = options.precision == "bf16";
    if (bf16)
      for (Tensor* t : {&q, &k, &v}) round_to_bf16(t->values);
    ThreadPool pool(options.threads);
    cpu::nala_attention(p, options.height, options.width, q.values.data(), k.values.data(), v.values.data(), o.data(),
                        options.strip_rows, pool);
    if (bf16) round_to_bf16(o);
  }
  safetensors::Writer writer;
  writer.add("o", q.shape, std::span<const float>(o));
  if (const auto written = writer.write(options.output); !written) return fail(options.output, written.error().message);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("Applies the NaLa attention operator to q, k, v of a safetensors file");
  app.add_option("--input", options.input)->required();
  app.add_option("--output", options.output)->required();
  app.add_option("--height", options.height)->required()->check(CLI::PositiveNumber);
  app.add_option("--width", options.width)->required()->check(CLI::PositiveNumber);
  app.add_option("--direction-map", options.direction_map)->check(CLI::IsMember({"cosine", "relu_split"}));
  app.add_option("--precision", options.precision)->check(CLI::IsMember({"fp64", "fp32", "bf16"}));
  app.add_option("--device", options.device)->check(CLI::IsMember({"cpu", "cuda"}));
  app.add_option("--strip-rows", options.strip_rows, "rows per strip")->check(CLI::PositiveNumber);
  app.add_option("--threads", options.threads, "0 = all cores")->check(CLI::NonNegativeNumber);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) { return app.exit(e) == 0 ? 0 : 2; }
  if (options.device == "cuda") return fail("--device cuda", device_unavailable_reason(Device::cuda), 3);
  return run(options);
}
