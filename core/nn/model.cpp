#include "nalasr/model.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <utility>

#include "nn/model_reader.h"
#include "nn/safetensors.h"
#include "nn/sha256.h"
#include "nn/spec.h"
#include "nn/text.h"

namespace nalasr {
namespace {

constexpr std::uint64_t kMaxModelBytes = std::uint64_t{1} << 30;  // the largest sensible model has a tenth of that

Error corrupt(const std::string& message) { return {ErrorCode::corrupt, message, ""}; }

std::string to_text(const std::vector<std::int64_t>& shape) {
  std::string text;
  for (const std::int64_t dimension : shape) text += (text.empty() ? "" : ", ") + std::to_string(dimension);
  return "[" + text + "]";
}

bool same_digest(const std::string& actual, const std::string& wanted) {
  return std::equal(actual.begin(), actual.end(), wanted.begin(), wanted.end(),
                    [](char a, char b) { return a == std::tolower(static_cast<unsigned char>(b)); });
}

Result<ModelSpec> read_spec(const safetensors::File& file) {
  const auto format = file.metadata().find("format");
  const auto spec = file.metadata().find("spec");
  if (format == file.metadata().end() || spec == file.metadata().end()) {
    return Error{ErrorCode::unsupported, "not a NaLaSR model: no format and spec in its metadata",
                 "export the model with models/training"};
  }
  if (format->second != kModelFormat) {
    return Error{ErrorCode::unsupported, "model format " + in_quotes(format->second) + " is not " + kModelFormat,
                 "the file may need a newer version of this program"};
  }
  return parse_spec(spec->second);
}

}  // namespace

Result<ModelParts> read_model(std::vector<std::uint8_t> bytes) {
  const auto file = safetensors::File::parse(std::move(bytes));
  if (!file) return file.error();
  const auto spec = read_spec(*file);
  if (!spec) return spec.error();
  const auto expected = expected_tensors(*spec);
  for (const auto& [name, entry] : file->entries()) {
    if (!expected.contains(name)) return corrupt("holds a tensor that the network does not have: " + in_quotes(name));
  }
  ModelParts parts{*spec, {}};
  for (const auto& [name, shape] : expected) {
    const auto entry = file->entries().find(name);
    if (entry == file->entries().end()) return corrupt("lacks tensor " + in_quotes(name));
    if (entry->second.shape != shape) {
      return corrupt("tensor " + in_quotes(name) + " has shape " + to_text(entry->second.shape) + ", not " +
                     to_text(shape));
    }
    auto tensor = file->tensor(name);
    if (!tensor) return tensor.error();
    const auto& values = tensor->values;
    if (!std::all_of(values.begin(), values.end(), [](float x) { return std::isfinite(x); })) {
      return corrupt("tensor " + in_quotes(name) + " holds NaN or infinity");
    }
    parts.tensors.emplace(name, *std::move(tensor));
  }
  return parts;
}

Result<std::shared_ptr<const Model>> Model::load(const std::filesystem::path& path, const std::string& sha256) {
  auto bytes = read_bytes(path, kMaxModelBytes);
  if (!bytes) return bytes.error();
  const std::string actual = sha256_hex(*bytes);
  if (!sha256.empty() && !same_digest(actual, sha256)) {
    return Error{ErrorCode::corrupt, "SHA-256 is " + actual + ", expected " + in_quotes(sha256),
                 "the file was changed or damaged: fetch it again"};
  }
  auto parts = read_model(*std::move(bytes));
  if (!parts) return parts.error();
  const std::shared_ptr<Model> model(new Model);  // the constructor is private: make_shared cannot reach it
  model->name_ = path.stem().string();
  model->sha256_ = actual;
  model->spec_ = std::move(parts->spec);
  model->tensors_ = std::move(parts->tensors);
  return std::shared_ptr<const Model>(model);
}

Result<std::shared_ptr<const Model>> Model::blend(const std::shared_ptr<const Model>& plain, const Model& sharp,
                                                  double share) {
  if (!(share >= 0 && share <= 1)) return Error{ErrorCode::invalid_argument, "a blend takes a share from 0 to 1", ""};
  if (plain->spec_ != sharp.spec_) {
    return Error{ErrorCode::invalid_argument,
                 in_quotes(plain->name_) + " and " + in_quotes(sharp.name_) + " are different networks", ""};
  }
  if (share == 0) return plain;
  char digits[40];  // the shortest text that reads back as the same number
  const std::string number(digits, std::to_chars(digits, digits + sizeof digits, share).ptr);
  const std::shared_ptr<Model> model(new Model);
  model->name_ = plain->name_ + " blended by " + number + " with " + sharp.name_;
  const std::string parts = plain->sha256_ + " " + sharp.sha256_ + " " + number;
  model->sha256_ = sha256_hex({reinterpret_cast<const std::uint8_t*>(parts.data()), parts.size()});
  model->spec_ = plain->spec_;
  model->tensors_ = plain->tensors_;
  for (auto& [name, tensor] : model->tensors_) {
    const std::vector<float>& aim = sharp.tensor(name).values;
    for (std::size_t i = 0; i < aim.size(); ++i) {
      tensor.values[i] = static_cast<float>((1 - share) * double{tensor.values[i]} + share * double{aim[i]});
    }
  }
  return std::shared_ptr<const Model>(model);
}

std::int64_t Model::parameter_count() const {
  std::int64_t count = 0;
  for (const auto& [name, tensor] : tensors_) count += static_cast<std::int64_t>(tensor.values.size());
  return count;
}

}  // namespace nalasr
