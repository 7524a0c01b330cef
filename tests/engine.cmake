# Kernels against float64, and the executors against each other.
nalasr_test(kernels_test unit/kernels/nala_test.cpp unit/kernels/activation_test.cpp
             unit/kernels/depthwise_test.cpp unit/kernels/winograd_test.cpp)
nalasr_test(engine_test unit/engine/strips_test.cpp unit/engine/upscaler_test.cpp unit/engine/evaluate_test.cpp
            unit/engine/pipeline_test.cpp)
nalasr_test(base_test unit/base/thread_pool_test.cpp unit/base/buffer_test.cpp)
# The same tests once more for each lesser instruction set that every x86-64 of today has, and with products of bfloat16
# where there are such but not by default.
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  foreach(isa bf16 avx2 sse4 baseline)
    add_test(NAME kernels_${isa} COMMAND kernels_test)
    add_test(NAME engine_${isa} COMMAND engine_test --gtest_filter=Strips*:Golden*)
    set_tests_properties(kernels_${isa} engine_${isa} PROPERTIES ENVIRONMENT NALASR_CPU=${isa} TIMEOUT 300)
  endforeach()
endif()

find_package(CLI11 REQUIRED)
add_executable(nala_apply tools/nala_apply.cpp)
target_link_libraries(nala_apply PRIVATE nalasr_core CLI11::CLI11)
target_include_directories(nala_apply PRIVATE ${PROJECT_SOURCE_DIR}/core)
nalasr_target(nala_apply)

if(NALASR_HAS_TORCH)
  add_executable(bench_cpu bench/bench_cpu.cpp)
  target_link_libraries(bench_cpu PRIVATE nalasr_core nalasr::torch_network CLI11::CLI11 nlohmann_json::nlohmann_json)
  target_include_directories(bench_cpu PRIVATE ${PROJECT_SOURCE_DIR}/core)
  nalasr_target(bench_cpu)
endif()
