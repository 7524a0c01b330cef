# LibTorch, for the reference network of the tests and benchmarks. Sets NALASR_HAS_TORCH and nalasr::torch.
# Looked for in CMAKE_PREFIX_PATH (an official LibTorch, or torch.utils.cmake_prefix_path of an installed
# Python torch), then in third_party/libtorch, which scripts/setup makes from PyPI's wheel.
#
# TorchConfig.cmake only says where the files are and is not run: for a build with CUDA it wants nvcc, calls
# enable_language(CUDA) and puts libtorch.so on the link line, which pulls in the gigabyte of libtorch_cuda.so.
set(NALASR_HAS_TORCH OFF)
if(NALASR_TORCH STREQUAL "OFF")
  return()
endif()

string(REPLACE ":" ";" env_prefixes "$ENV{CMAKE_PREFIX_PATH}")
find_file(torch_config TorchConfig.cmake NO_CACHE NO_DEFAULT_PATH
  HINTS ${Torch_DIR} ${Torch_ROOT} ${CMAKE_PREFIX_PATH} ${env_prefixes} ${PROJECT_SOURCE_DIR}/third_party/libtorch
  PATH_SUFFIXES share/cmake/Torch Torch lib/cmake/Torch)
set(torch_problem "")
if(NOT torch_config)
  set(torch_problem "LibTorch was not found: run scripts/setup, or give -DCMAKE_PREFIX_PATH=/path/to/libtorch")
else()
  cmake_path(GET torch_config PARENT_PATH torch_root)
  cmake_path(APPEND torch_root "../../..")
  file(REAL_PATH ${torch_root} torch_root)
  foreach(name c10 torch_cpu c10_cuda torch_cuda)
    unset(${name}_library)
    find_library(${name}_library ${name} NO_CACHE NO_DEFAULT_PATH PATHS ${torch_root}/lib)
  endforeach()
  file(READ ${torch_config} torch_config_text)
  if(NOT EXISTS ${torch_root}/include/torch/csrc/api/include/torch/torch.h OR NOT c10_library OR NOT torch_cpu_library)
    set(torch_problem "${torch_root} lacks torch/torch.h, libc10.so or libtorch_cpu.so")
  elseif(torch_config_text MATCHES "_GLIBCXX_USE_CXX11_ABI=0")
    # Its std::string is not the one of OpenCV, GoogleTest and everything else from the distribution.
    set(torch_problem "${torch_root} was built with _GLIBCXX_USE_CXX11_ABI=0: take the cxx11 ABI build")
  endif()
endif()

if(torch_problem)
  if(NALASR_TORCH STREQUAL "ON")
    message(FATAL_ERROR "NALASR_TORCH=ON but ${torch_problem}")
  elseif(torch_config)
    message(WARNING "nalasr: LibTorch left out: ${torch_problem}")
  endif()
  return()
endif()

# Imported targets, so that the include folders are SYSTEM and the rpath of the build tree is set by CMake.
foreach(name c10 torch_cpu)
  add_library(nalasr::${name} SHARED IMPORTED)
  set_target_properties(nalasr::${name} PROPERTIES IMPORTED_LOCATION ${${name}_library} IMPORTED_SONAME lib${name}.so)
endforeach()
add_library(nalasr::torch INTERFACE IMPORTED)
target_include_directories(nalasr::torch INTERFACE ${torch_root}/include ${torch_root}/include/torch/csrc/api/include)
target_compile_definitions(nalasr::torch INTERFACE _GLIBCXX_USE_CXX11_ABI=1)
target_link_libraries(nalasr::torch INTERFACE nalasr::torch_cpu nalasr::c10 Threads::Threads)
set(torch_flavour "CPU")
if(torch_cuda_library AND c10_cuda_library)
  # Nothing names a symbol of the CUDA backend, it registers itself on load: the linker must not drop it. And what
  # it needs in turn (cuDNN, NCCL, ...) it finds through its own rpath at run time, not here.
  target_link_options(nalasr::torch INTERFACE -Wl,--allow-shlib-undefined)
  target_link_libraries(nalasr::torch INTERFACE
    "-Wl,--push-state,--no-as-needed,${c10_cuda_library},${torch_cuda_library},--pop-state")
  set(torch_flavour "CUDA")
endif()

string(REPLACE "Config.cmake" "ConfigVersion.cmake" torch_version_file ${torch_config})
include(${torch_version_file} OPTIONAL)  # PACKAGE_VERSION
message(STATUS "nalasr: LibTorch ${PACKAGE_VERSION} (${torch_flavour}) in ${torch_root}")
set(NALASR_HAS_TORCH ON)
