// The JSON header of a safetensors file: a SAX handler that accepts exactly the grammar of the format, then the checks
// that need all entries together.
#include <algorithm>
#include <array>
#include <limits>
#include <new>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <utility>

#include "nn/safetensors.h"
#include "nn/text.h"

namespace nalasr::safetensors {
namespace {

constexpr std::size_t kMaxRank = 8;  // no network here needs more, and a bound keeps hostile shapes cheap
constexpr std::string_view kMetadata = "__metadata__";

// Every callback returns false to stop the parser, after `error` was set.
class HeaderHandler : public nlohmann::json_sax<nlohmann::json> {
 public:
  Header header;
  std::optional<Error> error;

  bool null() override { return unexpected("null"); }
  bool boolean(bool) override { return unexpected("a boolean"); }
  bool number_integer(number_integer_t) override { return unexpected("a negative number"); }
  bool number_float(number_float_t, const string_t&) override { return unexpected("a fractional or too large number"); }
  bool binary(binary_t&) override { return unexpected("binary data"); }

  bool number_unsigned(number_unsigned_t value) override {
    if (place_ == Place::shape) {
      if (entry_.shape.size() == kMaxRank) return unsupported("has more than 8 dimensions");
      if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
        return corrupt("has a dimension that overflows");
      }
      entry_.shape.push_back(static_cast<std::int64_t>(value));
      return true;
    }
    if (place_ == Place::offsets) {
      if (offset_count_ == 2) return corrupt("has more than two data_offsets");
      offsets_.at(offset_count_++) = value;
      return true;
    }
    return unexpected("a number");
  }

  bool string(string_t& value) override {
    if (place_ == Place::metadata) {
      header.metadata[key_] = std::move(value);
      return true;
    }
    if (place_ != Place::tensor || key_ != "dtype") return unexpected("a string");
    for (const Dtype dtype : {Dtype::f64, Dtype::f32, Dtype::f16, Dtype::bf16}) {
      if (value == name_of(dtype)) {
        entry_.dtype = dtype;
        return true;
      }
    }
    return unsupported("has dtype " + in_quotes(value) + "; F64, F32, F16 and BF16 can be read");
  }

  bool start_object(std::size_t) override {
    if (place_ == Place::outside) {
      place_ = Place::top;
      return true;
    }
    if (place_ != Place::top) return unexpected("an object");
    if (name_ == kMetadata) {
      place_ = Place::metadata;
      return true;
    }
    place_ = Place::tensor;
    entry_ = Entry{};
    fields_.clear();
    offset_count_ = 0;
    return true;
  }

  bool end_object() override {
    if (place_ == Place::tensor) {
      if (fields_.size() != 3) return corrupt("lacks dtype, shape or data_offsets");
      entry_.begin = offsets_[0];
      entry_.end = offsets_[1];
      header.entries.emplace(name_, std::move(entry_));
      place_ = Place::top;
    } else if (place_ == Place::metadata) {
      place_ = Place::top;
    } else {
      place_ = Place::outside;
    }
    return true;
  }

  bool start_array(std::size_t) override {
    if (place_ == Place::tensor && key_ == "shape") {
      place_ = Place::shape;
    } else if (place_ == Place::tensor && key_ == "data_offsets") {
      place_ = Place::offsets;
    } else {
      return unexpected("an array");
    }
    return true;
  }

  bool end_array() override {
    if (place_ == Place::offsets && offset_count_ != 2) return corrupt("has fewer than two data_offsets");
    place_ = Place::tensor;
    return true;
  }

  bool key(string_t& value) override {
    if (place_ == Place::top) {
      name_ = std::move(value);
      if (name_ == kMetadata) {
        if (std::exchange(metadata_seen_, true)) return corrupt("appears twice");
      } else if (header.entries.contains(name_)) {
        return corrupt("appears twice");
      }
      return true;
    }
    key_ = std::move(value);
    if (place_ == Place::metadata) return !header.metadata.contains(key_) || corrupt("repeats key " + in_quotes(key_));
    if (key_ != "dtype" && key_ != "shape" && key_ != "data_offsets")
      return corrupt("has unknown field " + in_quotes(key_));
    return fields_.insert(key_).second || corrupt("repeats field " + in_quotes(key_));
  }

  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override {
    error = Error{ErrorCode::corrupt, "the header is not valid JSON (near byte " + std::to_string(position) + ")", ""};
    return false;
  }

 private:
  enum class Place { outside, top, metadata, tensor, shape, offsets };

  bool fail(ErrorCode code, const std::string& what) {
    error = Error{code, "tensor " + in_quotes(name_) + " " + what, ""};
    return false;
  }
  bool corrupt(const std::string& what) { return fail(ErrorCode::corrupt, what); }
  bool unsupported(const std::string& what) { return fail(ErrorCode::unsupported, what); }
  bool unexpected(const std::string& what) {
    if (place_ != Place::outside) return corrupt("has " + what + " where the format has none");
    error = Error{ErrorCode::corrupt, "the header is " + what + ", not an object", ""};
    return false;
  }

  Place place_ = Place::outside;
  std::string name_, key_;  // of the tensor and of the field that the parser is in
  Entry entry_;
  std::set<std::string> fields_;  // of this tensor, so far
  std::array<std::uint64_t, 2> offsets_{};
  std::size_t offset_count_ = 0;
  bool metadata_seen_ = false;
};

Error corrupt_tensor(const std::string& name, const std::string& what) {
  return Error{ErrorCode::corrupt, "tensor " + in_quotes(name) + " " + what, ""};
}

// The bytes that a shape takes, or nothing where that does not fit 64 bits.
std::optional<std::uint64_t> bytes_of(const Entry& entry) {
  std::uint64_t bytes = size_of(entry.dtype);
  for (const std::int64_t dimension : entry.shape) {
    if (__builtin_mul_overflow(bytes, static_cast<std::uint64_t>(dimension), &bytes)) return std::nullopt;
  }
  return bytes;
}

// The format wants data that is covered once, without gaps, to its last byte.
Result<void> check_layout(const Header& header, std::uint64_t data_bytes) {
  std::vector<std::pair<const std::string*, const Entry*>> order;
  for (const auto& [name, entry] : header.entries) {
    if (entry.begin > entry.end) return corrupt_tensor(name, "ends before it begins");
    if (entry.end > data_bytes) return corrupt_tensor(name, "reaches beyond the end of the file");
    const auto bytes = bytes_of(entry);
    if (!bytes) return corrupt_tensor(name, "has a shape that overflows");
    if (*bytes != entry.end - entry.begin) return corrupt_tensor(name, "has a shape that disagrees with its offsets");
    order.emplace_back(&name, &entry);
  }
  std::sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
    return std::pair(a.second->begin, a.second->end) < std::pair(b.second->begin, b.second->end);
  });
  std::uint64_t covered = 0;
  for (const auto& [name, entry] : order) {
    if (entry->begin < covered) return corrupt_tensor(*name, "overlaps another tensor");
    if (entry->begin > covered) return corrupt_tensor(*name, "leaves a gap before it");
    covered = entry->end;
  }
  if (covered != data_bytes) {
    return Error{ErrorCode::corrupt, std::to_string(data_bytes - covered) + " bytes at the end belong to no tensor",
                 ""};
  }
  return {};
}

}  // namespace

const char* name_of(Dtype dtype) {
  switch (dtype) {
    case Dtype::f64:
      return "F64";
    case Dtype::f32:
      return "F32";
    case Dtype::f16:
      return "F16";
    case Dtype::bf16:
      return "BF16";
  }
  return "";
}

Result<Header> parse_header(std::string_view json, std::uint64_t data_bytes) {
  // The parser would skip a byte order mark; the format does not allow one.
  if (json.empty() || json.front() != '{') return Error{ErrorCode::corrupt, "the header does not begin with '{'", ""};
  HeaderHandler handler;
  try {
    if (!nlohmann::json::sax_parse(json, &handler)) {
      return handler.error ? *handler.error : Error{ErrorCode::corrupt, "the header is not valid JSON", ""};
    }
    if (const auto layout = check_layout(handler.header, data_bytes); !layout) return layout.error();
  } catch (const std::bad_alloc&) { return Error{ErrorCode::out_of_memory, "no memory for the header", ""}; }
  return std::move(handler.header);
}

}  // namespace nalasr::safetensors
