#include "nn/safetensors.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <fstream>
#include <new>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>

#include "base/half.h"
#include "nn/text.h"

namespace nalasr::safetensors {
namespace {

static_assert(std::endian::native == std::endian::little, "the format is little-endian; big-endian hosts need swaps");

constexpr std::uint64_t kLengthBytes = 8;  // of the number that a file begins with

// Copies elements of type `Stored` out of unaligned bytes; decode(Stored) gives the value.
template <typename Stored, typename T, typename Decode>
void decode_all(std::span<const std::uint8_t> bytes, std::vector<T>& values, Decode decode) {
  const std::size_t count = bytes.size() / sizeof(Stored);
  values.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    Stored stored;
    std::memcpy(&stored, bytes.data() + i * sizeof(Stored), sizeof(Stored));
    values[i] = static_cast<T>(decode(stored));
  }
}

template <typename Stored>
void append(std::vector<std::uint8_t>& bytes, Stored value) {
  const auto raw = std::bit_cast<std::array<std::uint8_t, sizeof(Stored)>>(value);
  bytes.insert(bytes.end(), raw.begin(), raw.end());
}

}  // namespace

Result<File> File::read(const std::filesystem::path& path, std::uint64_t max_bytes) {
  auto bytes = read_bytes(path, max_bytes);
  if (!bytes) return bytes.error();
  return parse(*std::move(bytes));
}

Result<File> File::parse(std::vector<std::uint8_t> bytes) {
  if (bytes.size() < kLengthBytes) return Error{ErrorCode::corrupt, "too short for a safetensors file", ""};
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), kLengthBytes);
  if (length > kMaxHeaderBytes) {
    return Error{ErrorCode::corrupt, "claims a header of " + std::to_string(length) + " bytes, over the limit", ""};
  }
  if (length > bytes.size() - kLengthBytes) {
    return Error{ErrorCode::corrupt, "ends within its header (truncated?)", ""};
  }
  File file;
  file.data_start_ = kLengthBytes + length;
  const std::string_view json(reinterpret_cast<const char*>(bytes.data()) + kLengthBytes, length);
  auto header = parse_header(json, bytes.size() - file.data_start_);
  if (!header) return header.error();
  file.header_ = *std::move(header);
  file.bytes_ = std::move(bytes);
  return file;
}

template <typename T>
Result<std::vector<T>> File::convert(std::string_view name) const {
  const auto found = header_.entries.find(name);
  if (found == header_.entries.end()) return Error{ErrorCode::not_found, "has no tensor " + in_quotes(name), ""};
  const Entry& entry = found->second;
  const auto data = std::span(bytes_).subspan(data_start_ + entry.begin, entry.end - entry.begin);
  std::vector<T> values;
  try {
    switch (entry.dtype) {
      case Dtype::f64:
        decode_all<double>(data, values, [](double x) { return x; });
        break;
      case Dtype::f32:
        decode_all<float>(data, values, [](float x) { return x; });
        break;
      case Dtype::f16:
        decode_all<std::uint16_t>(data, values, half_to_float);
        break;
      case Dtype::bf16:
        decode_all<std::uint16_t>(data, values, bfloat16_to_float);
        break;
    }
  } catch (const std::bad_alloc&) {
    return Error{ErrorCode::out_of_memory, "no memory for tensor " + in_quotes(name), ""};
  }
  return values;
}

Result<std::vector<float>> File::floats(std::string_view name) const { return convert<float>(name); }

Result<std::vector<double>> File::doubles(std::string_view name) const { return convert<double>(name); }

Result<Tensor> File::tensor(std::string_view name) const {
  auto values = convert<float>(name);
  if (!values) return values.error();
  return Tensor{header_.entries.find(name)->second.shape, *std::move(values)};
}

template <typename T>
void Writer::add_values(const std::string& name, const std::vector<std::int64_t>& shape, std::span<const T> values,
                        Dtype dtype) {
  Item item{name, dtype, shape, {}};
  item.data.reserve(values.size() * size_of(dtype));
  for (const T value : values) {
    switch (dtype) {
      case Dtype::f64:
        append(item.data, static_cast<double>(value));
        break;
      case Dtype::f32:
        append(item.data, static_cast<float>(value));
        break;
      case Dtype::f16:
        append(item.data, float_to_half(static_cast<float>(value)));
        break;
      case Dtype::bf16:
        append(item.data, float_to_bfloat16(static_cast<float>(value)));
        break;
    }
  }
  items_.push_back(std::move(item));
}

void Writer::add(const std::string& name, const std::vector<std::int64_t>& shape, std::span<const float> values,
                 Dtype dtype) {
  add_values(name, shape, values, dtype);
}

void Writer::add(const std::string& name, const std::vector<std::int64_t>& shape, std::span<const double> values,
                 Dtype dtype) {
  add_values(name, shape, values, dtype);
}

Result<std::vector<std::uint8_t>> Writer::bytes() const {
  // Wide elements first, as the reference writer does, so that readers who map the file find them aligned.
  std::vector<const Item*> order;
  for (const Item& item : items_) order.push_back(&item);
  std::stable_sort(order.begin(), order.end(),
                   [](const Item* a, const Item* b) { return size_of(a->dtype) > size_of(b->dtype); });

  nlohmann::json header = nlohmann::json::object();
  if (!metadata_.empty()) header["__metadata__"] = metadata_;
  std::uint64_t offset = 0;
  for (const Item* item : order) {
    std::uint64_t expected = size_of(item->dtype);
    for (const std::int64_t dimension : item->shape) expected *= static_cast<std::uint64_t>(dimension);
    if (expected != item->data.size()) {
      return Error{ErrorCode::invalid_argument, "tensor " + in_quotes(item->name) + ": values do not fill the shape",
                   ""};
    }
    if (header.contains(item->name)) {
      return Error{ErrorCode::invalid_argument, "tensor " + in_quotes(item->name) + " was added twice", ""};
    }
    header[item->name] = {{"dtype", name_of(item->dtype)},
                          {"shape", item->shape},
                          {"data_offsets", {offset, offset + item->data.size()}}};
    offset += item->data.size();
  }
  std::string json = header.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  json.resize((json.size() + 7) / 8 * 8, ' ');  // the data starts on a multiple of 8

  const auto length = std::bit_cast<std::array<std::uint8_t, kLengthBytes>>(std::uint64_t{json.size()});
  std::vector<std::uint8_t> bytes(kLengthBytes + json.size() + offset);
  auto to = std::copy(length.begin(), length.end(), bytes.begin());
  to = std::copy(json.begin(), json.end(), to);
  for (const Item* item : order) to = std::copy(item->data.begin(), item->data.end(), to);
  return bytes;
}

Result<void> Writer::write(const std::filesystem::path& path) const {
  const auto content = bytes();
  if (!content) return content.error();
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(reinterpret_cast<const char*>(content->data()), static_cast<std::streamsize>(content->size()));
  file.close();
  if (!file) return Error{ErrorCode::io, "cannot be written", "check the folder, its permissions and the free space"};
  return {};
}

}  // namespace nalasr::safetensors
