// Reader and writer of safetensors files: an 8-byte little-endian length, a JSON header, then raw tensor data.
//
//     auto file = nalasr::safetensors::File::read("weights.safetensors");
//     if (!file) return file.error();
//     auto values = file->floats("head.weight");
//
// Files are untrusted: everything in the header is checked before a tensor is touched, and nothing is allocated that
// is not bounded by the size of the file. Format: https://huggingface.co/docs/safetensors.
// Thread safety: a File is immutable and may be shared; a Writer belongs to one thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nalasr/model.h"
#include "nalasr/result.h"

namespace nalasr::safetensors {

/// Element types that are read. Files with others (integers, 8-bit floats) give Error unsupported.
enum class Dtype { f64, f32, f16, bf16 };

/// Bytes of one element.
constexpr std::uint64_t size_of(Dtype dtype) { return dtype == Dtype::f64 ? 8 : dtype == Dtype::f32 ? 4 : 2; }
/// The name in the header: "F64", "F32", "F16", "BF16".
const char* name_of(Dtype dtype);

/// Where one tensor lies. Offsets are bytes from the start of the data, which follows the header.
struct Entry {
  Dtype dtype = Dtype::f32;
  std::vector<std::int64_t> shape;  ///< every dimension >= 0; empty for a scalar
  std::uint64_t begin = 0, end = 0;
  [[nodiscard]] std::uint64_t count() const { return (end - begin) / size_of(dtype); }  ///< elements
};

/// What the JSON header says, checked against the size of the data.
struct Header {
  std::map<std::string, Entry, std::less<>> entries;
  std::map<std::string, std::string, std::less<>> metadata;  ///< the `__metadata__` object
};

/// Parses and checks a JSON header for `data_bytes` bytes of data: known fields and types, no duplicates, shapes
/// that agree with their offsets, data covered once and without gaps. Errors: corrupt, unsupported, out_of_memory.
Result<Header> parse_header(std::string_view json, std::uint64_t data_bytes);

/// A checked file in memory.
class File {
 public:
  static constexpr std::uint64_t kMaxHeaderBytes = 100'000'000;  // the limit of the reference implementation
  static constexpr std::uint64_t kMaxFileBytes = std::uint64_t{16} << 30;

  /// Errors: not_found, io, corrupt, unsupported (also: longer than `max_bytes`), out_of_memory.
  static Result<File> read(const std::filesystem::path& path, std::uint64_t max_bytes = kMaxFileBytes);
  /// Takes the bytes of a whole file. Errors: corrupt, unsupported, out_of_memory.
  static Result<File> parse(std::vector<std::uint8_t> bytes);

  [[nodiscard]] const std::map<std::string, Entry, std::less<>>& entries() const { return header_.entries; }
  [[nodiscard]] const std::map<std::string, std::string, std::less<>>& metadata() const { return header_.metadata; }
  [[nodiscard]] bool has(std::string_view name) const { return header_.entries.contains(name); }

  /// All elements in row-major order, converted from whatever type is stored; float64 is rounded to float32.
  /// Errors: not_found (no such tensor), out_of_memory.
  [[nodiscard]] Result<std::vector<float>> floats(std::string_view name) const;
  /// The same without rounding.
  [[nodiscard]] Result<std::vector<double>> doubles(std::string_view name) const;
  /// Shape and float32 values. Errors as for `floats`.
  [[nodiscard]] Result<Tensor> tensor(std::string_view name) const;

 private:
  template <typename T>
  Result<std::vector<T>> convert(std::string_view name) const;

  std::vector<std::uint8_t> bytes_;
  std::uint64_t data_start_ = 0;  // of the data within bytes_
  Header header_;
};

/// Collects tensors and writes them as one file.
class Writer {
 public:
  /// Adds a tensor stored as `dtype` (rounded to nearest even). The product of `shape` must be values.size() and the
  /// name must be new: write() tells otherwise.
  void add(const std::string& name, const std::vector<std::int64_t>& shape, std::span<const float> values,
           Dtype dtype = Dtype::f32);
  void add(const std::string& name, const std::vector<std::int64_t>& shape, std::span<const double> values,
           Dtype dtype = Dtype::f64);
  /// Adds an entry of `__metadata__`.
  void set_metadata(const std::string& key, const std::string& value) { metadata_[key] = value; }

  /// The file's bytes. Errors: invalid_argument (shape and number of values differ, or a name came twice).
  [[nodiscard]] Result<std::vector<std::uint8_t>> bytes() const;
  /// Writes the file, replacing an older one. Errors: invalid_argument, io.
  [[nodiscard]] Result<void> write(const std::filesystem::path& path) const;

 private:
  struct Item {
    std::string name;
    Dtype dtype;
    std::vector<std::int64_t> shape;
    std::vector<std::uint8_t> data;
  };
  template <typename T>
  void add_values(const std::string& name, const std::vector<std::int64_t>& shape, std::span<const T> values,
                  Dtype dtype);

  std::vector<Item> items_;
  std::map<std::string, std::string> metadata_;
};

}  // namespace nalasr::safetensors
