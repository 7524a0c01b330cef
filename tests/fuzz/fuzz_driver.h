// Runs a libFuzzer harness without libFuzzer: replays files and makes bounded, deterministic mutations. Built by any
// compiler; with clang, the harness alone links with -fsanitize=fuzzer instead of this driver.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

/// The harness's entry, as libFuzzer wants it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

/// Healthy inputs that the mutations start from; each harness gives its own.
std::vector<std::vector<std::uint8_t>> fuzz_seeds();
