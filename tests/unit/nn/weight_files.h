// Weight files made by the tests: raw ones with any header, and whole models with random values.
#pragma once

#include <unistd.h>

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "nalasr/model.h"
#include "nn/model_reader.h"
#include "nn/safetensors.h"
#include "nn/spec.h"

namespace nalasr::testing {

using Bytes = std::vector<std::uint8_t>;

/// A file with this header text, hostile or not, and `data_bytes` bytes of zeros.
inline Bytes raw_file(std::string_view header, std::size_t data_bytes) {
  Bytes bytes;
  for (int i = 0; i < 8; ++i) bytes.push_back(static_cast<std::uint8_t>(std::uint64_t{header.size()} >> (8 * i)));
  bytes.insert(bytes.end(), header.begin(), header.end());
  bytes.resize(bytes.size() + data_bytes);
  return bytes;
}

inline void write_file(const std::filesystem::path& path, std::span<const std::uint8_t> bytes) {
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

/// A folder of its own, removed at the end.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "nalasr-nn-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// A network small enough for exhaustive tests: 8 channels, two blocks.
inline ModelSpec small_spec() {
  ModelSpec spec;
  spec.scale = 2;
  spec.dim = 8;
  spec.heads = 2;
  spec.blocks = 2;
  spec.group = 2;
  spec.scopes.resize(2);
  return spec;
}

/// Random values of a size that keeps activations in range: norms and layer scales near 1, weights by fan-in.
inline std::map<std::string, Tensor> random_tensors(const ModelSpec& spec, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::map<std::string, Tensor> tensors;
  for (const auto& [name, shape] : expected_tensors(spec)) {
    std::size_t count = 1;
    for (const std::int64_t dimension : shape) count *= static_cast<std::size_t>(dimension);
    const float fan_in = static_cast<float>(count) / static_cast<float>(shape.front());
    const bool centred_on_one = name.find("norm") != std::string::npos && name.ends_with("weight");
    const bool small = shape.size() == 1 || name.starts_with("groups") || name.starts_with("tail");
    Tensor tensor{shape, std::vector<float>(count)};
    for (float& value : tensor.values) {
      value = normal(random) * (small ? 0.2f : 1.0f) / std::sqrt(fan_in) + (centred_on_one ? 1.0f : 0.0f);
    }
    tensors.emplace(name, std::move(tensor));
  }
  return tensors;
}

inline safetensors::Writer model_writer(const ModelSpec& spec, const std::map<std::string, Tensor>& tensors,
                                        safetensors::Dtype dtype = safetensors::Dtype::f32) {
  safetensors::Writer writer;
  writer.set_metadata("format", kModelFormat);
  writer.set_metadata("spec", spec_json(spec));
  for (const auto& [name, tensor] : tensors) writer.add(name, tensor.shape, std::span(tensor.values), dtype);
  return writer;
}

/// A model of `spec` with random weights, through a file as every model.
inline std::shared_ptr<const Model> random_model(const ModelSpec& spec, unsigned seed) {
  const TemporaryFolder folder;
  const auto written = model_writer(spec, random_tensors(spec, seed)).write(folder / "random.safetensors");
  auto model = Model::load(folder / "random.safetensors");
  return written && model ? *model : nullptr;
}

}  // namespace nalasr::testing
