# CUDA's compiler, for the GPU engine. Sets NALASR_HAS_CUDA and enables the language.
# Looked for in CMAKE_CUDA_COMPILER, $CUDACXX, third_party/cuda (scripts/setup --cuda), PATH and /usr/local/cuda.
# The runtime is linked statically: the program starts on machines without a driver and computes on the CPU there.
set(NALASR_HAS_CUDA OFF)
if(NALASR_CUDA STREQUAL "OFF")
  return()
endif()

if(NOT CMAKE_CUDA_COMPILER)
  find_program(NALASR_NVCC nvcc HINTS ENV CUDACXX ${PROJECT_SOURCE_DIR}/third_party/cuda/bin ENV CUDA_PATH
               PATHS /usr/local/cuda/bin PATH_SUFFIXES bin)
  if(NALASR_NVCC)
    set(CMAKE_CUDA_COMPILER ${NALASR_NVCC})
  endif()
endif()
set(cuda_problem "")
if(NOT CMAKE_CUDA_COMPILER)
  set(cuda_problem "nvcc was not found")
else()
  execute_process(COMMAND ${CMAKE_CUDA_COMPILER} --version OUTPUT_VARIABLE nvcc_says ERROR_QUIET)
  string(REGEX MATCH "release ([0-9]+\\.[0-9]+)" ignored "${nvcc_says}")
  if(NOT CMAKE_MATCH_1 OR CMAKE_MATCH_1 VERSION_LESS 12.8)
    set(cuda_problem "${CMAKE_CUDA_COMPILER} is release '${CMAKE_MATCH_1}', 12.8 or later is needed")
  endif()
endif()
if(cuda_problem)
  if(NALASR_CUDA STREQUAL "ON")
    message(FATAL_ERROR "NALASR_CUDA=ON but ${cuda_problem}")
  endif()
  message(STATUS "nalasr: no CUDA engine: ${cuda_problem}")
  return()
endif()

# Compute capability 7.5 to 12.0, and code that drivers of later ones can compile. One is enough for tests on a known
# machine: CUDAARCHS=90 in the environment of the first configuration, or -DCMAKE_CUDA_ARCHITECTURES=90.
if(NOT DEFINED ENV{CUDAARCHS})
  set(CMAKE_CUDA_ARCHITECTURES "75-real;80-real;86-real;89-real;90-real;100-real;120"
      CACHE STRING "GPU architectures to compile for")
endif()
if(NOT CMAKE_CUDA_HOST_COMPILER)
  set(CMAKE_CUDA_HOST_COMPILER ${CMAKE_CXX_COMPILER})
endif()
if(CCACHE_PROGRAM AND NOT CMAKE_CUDA_COMPILER_LAUNCHER)
  set(CMAKE_CUDA_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()
set(CMAKE_CUDA_RUNTIME_LIBRARY Static)
enable_language(CUDA)
if(NOT CMAKE_CUDA20_STANDARD_COMPILE_OPTION)  # CMake 3.25 does not know yet that nvcc has C++20
  set(CMAKE_CUDA20_STANDARD_COMPILE_OPTION -std=c++20)
endif()
set(CMAKE_CUDA_STANDARD 20)
set(CMAKE_CUDA_STANDARD_REQUIRED ON)
set(CMAKE_CUDA_EXTENSIONS OFF)
set(NALASR_HAS_CUDA ON)
