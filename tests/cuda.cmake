# The GPU engine. Its plan and schedule are tested everywhere; kernels and whole networks where a device is.
nalasr_test(gpu_plan_test unit/cuda/schedule_test.cpp)
if(NALASR_HAS_CUDA)
  nalasr_test_program(cuda_test unit/cuda/kernels_test.cpp unit/cuda/network_test.cpp unit/cuda/engine_test.cpp
                       unit/cuda/folded_reference.cpp)
  add_test(NAME cuda_test COMMAND cuda_test --gtest_brief=1)  # one test: each process would start the device anew
  set_tests_properties(cuda_test PROPERTIES TIMEOUT 600)

  add_executable(bench_gpu bench/bench_gpu.cpp)
  target_link_libraries(bench_gpu PRIVATE nalasr_core CLI11::CLI11 nlohmann_json::nlohmann_json)
  target_include_directories(bench_gpu PRIVATE ${PROJECT_SOURCE_DIR}/core)
  nalasr_target(bench_gpu)
endif()
