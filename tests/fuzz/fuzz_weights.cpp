// Fuzzer of everything that reads an untrusted weight file: safetensors header and data, spec, model checks.
//
// With clang:  -fsanitize=fuzzer,address,undefined and -DNALASR_LIBFUZZER; libFuzzer brings the main function.
// Otherwise:   a main of its own that mutates a small valid model in a fixed order:  fuzz_weights [ROUNDS] [SEED]
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "nn/model_reader.h"
#include "nn/safetensors.h"
#include "nn/spec.h"
#include "unit/nn/weight_files.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::vector<std::uint8_t> bytes(data, data + size);
  if (const auto file = nalasr::safetensors::File::parse(bytes)) {
    for (const auto& [name, entry] : file->entries()) {
      const auto values = file->doubles(name);
      if (!values || values->size() != entry.count()) std::abort();
    }
  }
  (void)nalasr::parse_spec({reinterpret_cast<const char*>(data), size});
  if (const auto parts = nalasr::read_model(bytes)) {
    if (!nalasr::check_spec(parts->spec)) std::abort();  // what was accepted must be sound
  }
  return 0;
}

#ifndef NALASR_LIBFUZZER
namespace {

using Bytes = std::vector<std::uint8_t>;

// One of the changes that break parsers: flipped bits, cut or repeated pieces, and the tokens of the format.
void mutate(Bytes& bytes, std::mt19937& random) {
  static const std::vector<std::string> tokens = {"\"shape\":[",
                                                  "\"data_offsets\":[0,4]",
                                                  "\"dtype\":\"F32\"",
                                                  "18446744073709551615",
                                                  "-1",
                                                  "1e999",
                                                  "{",
                                                  "[",
                                                  "}",
                                                  "\"",
                                                  "\\u0000",
                                                  "\xff",
                                                  ",",
                                                  "\"__metadata__\":",
                                                  "window:99999999",
                                                  "2147483648",
                                                  "null"};
  const auto below = [&random](std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random); };
  if (bytes.empty()) bytes.push_back(0);
  // The header is where the parsing is: most changes go there.
  const std::size_t reach = below(4) == 0 ? bytes.size() : std::min<std::size_t>(bytes.size(), 6000);
  const auto at = static_cast<std::ptrdiff_t>(below(reach));
  switch (below(6)) {
    case 0:
      bytes[static_cast<std::size_t>(at)] ^= static_cast<std::uint8_t>(1u << below(8));
      break;
    case 1:
      bytes[static_cast<std::size_t>(at)] = static_cast<std::uint8_t>(below(256));
      break;
    case 2:
      bytes.resize(static_cast<std::size_t>(at));
      break;
    case 3:
      bytes.erase(bytes.begin() + at, bytes.begin() + at + std::min<std::ptrdiff_t>(4, std::ssize(bytes) - at));
      break;
    case 4: {
      const std::string& token = tokens[below(tokens.size())];
      bytes.insert(bytes.begin() + at, token.begin(), token.end());
      break;
    }
    default: {
      const Bytes piece(bytes.begin() + at, bytes.begin() + at + std::min<std::ptrdiff_t>(64, std::ssize(bytes) - at));
      bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(below(reach)), piece.begin(), piece.end());
      break;
    }
  }
  // Half of the time the length is made to fit again, or nothing behind it would ever be reached.
  if (below(2) == 0 && bytes.size() > 8) {
    std::size_t end = bytes.size();
    for (std::size_t i = bytes.size(); i-- > 8 && end == bytes.size();) {
      if (bytes[i] == '}') end = i + 1;
    }
    for (std::size_t i = 0; i < 8; ++i) bytes[i] = static_cast<std::uint8_t>((end - 8) >> (8 * i));
  }
}

}  // namespace

int main(int argc, char** argv) {
  const long rounds = argc > 1 ? std::strtol(argv[1], nullptr, 10) : 2000;
  std::mt19937 random(argc > 2 ? static_cast<unsigned>(std::strtoul(argv[2], nullptr, 10)) : 1u);
  using nalasr::testing::small_spec;
  const auto model =
      nalasr::testing::model_writer(small_spec(), nalasr::testing::random_tensors(small_spec(), 1)).bytes();
  if (!model) return 1;
  const std::string spec = nalasr::spec_json(small_spec());
  const std::vector<Bytes> seeds = {
      *model, Bytes(spec.begin(), spec.end()),
      nalasr::testing::raw_file(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})", 4)};
  for (long round = 0; round < rounds; ++round) {
    Bytes bytes = seeds[static_cast<std::size_t>(round) % seeds.size()];
    for (unsigned i = 0, changes = 1 + random() % 3; i < changes; ++i) mutate(bytes, random);
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
  }
  std::printf("%ld mutated inputs, no crash\n", rounds);
  return 0;
}
#endif
