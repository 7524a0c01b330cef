# The CUDA kernels as host code (emulation/emulator.h says how): their own source, with two things turned into C++.
set(emulated ${CMAKE_CURRENT_BINARY_DIR}/emulated)
set(kernel_folder ${PROJECT_SOURCE_DIR}/core/kernels/cuda)
file(GLOB kernel_sources CONFIGURE_DEPENDS ${kernel_folder}/*.cu ${kernel_folder}/*.cuh)
list(FILTER kernel_sources EXCLUDE REGEX "intrinsics.cuh|chunked_memory.cu")
set(emulated_sources "")
foreach(source ${kernel_sources})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${source})
  file(READ ${source} text)
  string(REGEX REPLACE "extern __shared__ (__align__.16. )?([a-z ]+) ([a-z]+)\\[\\];"
         "\\2* \\3 = reinterpret_cast<\\2*>(emulation::dynamic_shared());" text "${text}")
  string(REGEX REPLACE "([A-Za-z_]+(<[A-Za-z0-9_, ]+>)?)<<<([^>]*)>>>"
         "emulation::Launch(emulation::Config(\\3), [&](const auto&... a) { \\1(a...); })" text "${text}")
  get_filename_component(name ${source} NAME)
  if(name MATCHES "cuh$")
    file(CONFIGURE OUTPUT emulated/kernels/cuda/${name} CONTENT "${text}" @ONLY)
  else()
    file(CONFIGURE OUTPUT emulated/${name}.cpp CONTENT "${text}" @ONLY)
    list(APPEND emulated_sources ${emulated}/${name}.cpp)
  endif()
endforeach()

add_library(emulated_kernels OBJECT ${emulated_sources} emulation/emulator.cpp emulation/runtime.cpp
                                    emulation/chunked_memory.cpp)
target_include_directories(emulated_kernels PRIVATE ${emulated} emulation ${CMAKE_CURRENT_SOURCE_DIR}
                                                    ${PROJECT_SOURCE_DIR}/core ${PROJECT_SOURCE_DIR}/core/include)
target_include_directories(emulated_kernels SYSTEM PRIVATE ${CMAKE_CUDA_TOOLKIT_INCLUDE_DIRECTORIES})
# -w: what nvcc accepts need not please g++; the same source is compiled with warnings by nvcc.
target_compile_options(emulated_kernels PRIVATE -w -O2 "SHELL:-include ${CMAKE_CURRENT_SOURCE_DIR}/emulation/emulator.h")

if(NALASR_SANITIZE STREQUAL "thread")  # scripts/race-check
  target_compile_options(emulated_kernels PRIVATE -fsanitize=thread -g1)
endif()

add_executable(emulated_kernels_test emulation/kernels_test.cpp emulation/engine_test.cpp unit/cuda/engine_test.cpp)
target_include_directories(emulated_kernels_test PRIVATE ${PROJECT_SOURCE_DIR}/core ${CMAKE_CURRENT_SOURCE_DIR})
# As objects, so that they and not the device's in nalasr_core are found.
target_link_libraries(emulated_kernels_test PRIVATE emulated_kernels nalasr_core GTest::gtest GTest::gtest_main)
nalasr_target(emulated_kernels_test)
gtest_discover_tests(emulated_kernels_test DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 600)
