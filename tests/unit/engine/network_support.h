// Small random networks and pictures for the engine's tests.
#pragma once

#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "engine/sweep.h"
#include "nalasr/model.h"
#include "nn/safetensors.h"
#include "nn/spec.h"

namespace nalasr::test {

/// Writes a random model of `spec` to a temporary file and loads it, as a user's would be.
/// `factor` scales all weights.
inline std::shared_ptr<const Model> random_model(const ModelSpec& spec, unsigned seed, float factor = 1) {
  std::mt19937 generator(seed);
  safetensors::Writer writer;
  for (const auto& [name, shape] : expected_tensors(spec)) {
    std::int64_t count = 1, fan_in = 1;
    for (std::size_t i = 0; i < shape.size(); ++i) count *= shape[i], fan_in *= i ? shape[i] : 1;
    const bool norm = name.find("norm") != std::string::npos && name.ends_with("weight");
    const bool gamma = name.find("gamma") != std::string::npos;
    std::normal_distribution<float> normal(norm || gamma ? 0.8f : 0.0f,
                                           shape.size() > 1 ? 1.0f / std::sqrt(static_cast<float>(fan_in)) : 0.2f);
    std::vector<float> values(count);
    for (float& v : values) v = normal(generator) * factor;
    writer.add(name, shape, std::span<const float>(values));
  }
  writer.set_metadata("format", "nalasr-1");
  writer.set_metadata("spec", spec_json(spec));
  const auto path = std::filesystem::temp_directory_path() /
                    ("nalasr_random_" + std::to_string(seed) + "_" + std::to_string(::getpid()) + ".safetensors");
  if (!writer.write(path)) return nullptr;
  auto model = Model::load(path);
  std::filesystem::remove(path);
  return model ? *model : nullptr;
}

inline std::vector<float> random_picture(int width, int height, unsigned seed) {
  std::mt19937 generator(seed);
  std::uniform_real_distribution<float> uniform(0, 1);
  std::vector<float> rgb(static_cast<std::size_t>(width) * height * 3);
  for (float& v : rgb) v = uniform(generator);
  return rgb;
}

/// `rgb` as a picture; it must outlive the view.
inline PictureView view_of(const std::vector<float>& rgb, int width, int height) {
  return {.data = reinterpret_cast<const std::byte*>(rgb.data()),
          .width = width,
          .height = height,
          .channels = 3,
          .bits = 32,
          .stride = width * 3 * sizeof(float)};
}

/// The strip executor on a float picture; every output element starts as NaN.
inline std::vector<float> run_strips(const PackedNetwork& network, int width, int height, const std::vector<float>& rgb,
                                     int strip_rows, int threads) {
  const int s = network.spec.scale;
  const std::size_t row = static_cast<std::size_t>(width) * s * 3;
  std::vector<float> out(row * height * s, std::numeric_limits<float>::quiet_NaN());
  const PictureView view = view_of(rgb, width, height);
  ThreadPool pool(threads);
  run_network(network, view, strip_rows, pool,
              [&](int first, int rows, const float* data) { std::copy_n(data, rows * row, &out[first * row]); }, {},
              {});
  return out;
}

/// ‖a − b‖ / ‖b‖; NaN anywhere gives NaN, which fails every comparison.
template <typename A, typename B>
double relative_error(const std::vector<A>& a, const std::vector<B>& b) {
  double error = 0, norm = 0;
  for (std::size_t i = 0; i < b.size(); ++i) {
    error += (static_cast<double>(a[i]) - b[i]) * (static_cast<double>(a[i]) - b[i]);
    norm += static_cast<double>(b[i]) * b[i];
  }
  return std::sqrt(error / norm);
}

}  // namespace nalasr::test
