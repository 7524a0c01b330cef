# Weights: safetensors, hash, specification, model and manifest.
nalasr_test(nn_test unit/nn/sha256_test.cpp unit/nn/safetensors_test.cpp unit/nn/spec_test.cpp unit/nn/model_test.cpp
            unit/nn/manifest_test.cpp)

# The LibTorch form of the networks. No test file sees a LibTorch header.
if(NALASR_HAS_TORCH)
  nalasr_test(nn_torch_test unit/nn/eager_attention_test.cpp unit/nn/eager_network_test.cpp unit/nn/backbone_test.cpp)
  target_link_libraries(nn_torch_test PRIVATE nalasr::torch_network)
endif()

# A bounded, deterministic run in every build. With clang, a libFuzzer binary instead:
#   -DCMAKE_CXX_COMPILER=clang++ -DNALASR_LIBFUZZER=ON "-DNALASR_SANITIZE=address;undefined;fuzzer-no-link"
add_executable(fuzz_weights fuzz/fuzz_weights.cpp)
target_link_libraries(fuzz_weights PRIVATE nalasr_core nlohmann_json::nlohmann_json)
target_include_directories(fuzz_weights PRIVATE ${PROJECT_SOURCE_DIR}/core ${PROJECT_SOURCE_DIR}/tests)
nalasr_target(fuzz_weights)
if(NALASR_LIBFUZZER)
  file(MAKE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/fuzz_weights_corpus)  # new inputs go here, never to tests/golden
  target_compile_definitions(fuzz_weights PRIVATE NALASR_LIBFUZZER)
  target_compile_options(fuzz_weights PRIVATE -fsanitize=fuzzer)
  target_link_options(fuzz_weights PRIVATE -fsanitize=fuzzer)
  add_test(NAME fuzz_weights COMMAND fuzz_weights -runs=20000 -seed=1 -max_total_time=60
           ${CMAKE_CURRENT_BINARY_DIR}/fuzz_weights_corpus ${PROJECT_SOURCE_DIR}/tests/golden)
else()
  add_test(NAME fuzz_weights COMMAND fuzz_weights 20000 1)
endif()
set_tests_properties(fuzz_weights PROPERTIES TIMEOUT 300)
