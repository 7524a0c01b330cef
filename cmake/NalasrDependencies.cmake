# Every third-party library, looked for once. Result variables: NALASR_HAS_OPENCV, NALASR_HAS_TORCH,
# NALASR_HAS_CUDA.
find_package(Threads REQUIRED)
find_package(PNG REQUIRED)
find_package(ZLIB REQUIRED)
find_package(JPEG REQUIRED)
find_package(nlohmann_json REQUIRED)

# Google Highway: SIMD with run-time dispatch. Debian ships no CMake package for it.
find_path(HWY_INCLUDE_DIR hwy/highway.h REQUIRED)
find_library(HWY_LIBRARY hwy REQUIRED)
add_library(nalasr::hwy INTERFACE IMPORTED)
target_include_directories(nalasr::hwy SYSTEM INTERFACE ${HWY_INCLUDE_DIR})
target_link_libraries(nalasr::hwy INTERFACE ${HWY_LIBRARY})

# Little CMS: CMYK pictures need their profile to become RGB.
find_path(LCMS2_INCLUDE_DIR lcms2.h)
find_library(LCMS2_LIBRARY lcms2)

# libwebp, which OpenCV's imgcodecs loads anyway: writes WebP in little memory, which OpenCV does not let it do.
find_path(WEBP_INCLUDE_DIR webp/encode.h)
find_library(WEBP_LIBRARY webp)

include(NalasrOpenCV)
include(NalasrTorch)
include(NalasrCuda)
message(STATUS "nalasr: OpenCV ${NALASR_HAS_OPENCV}, LibTorch ${NALASR_HAS_TORCH}, CUDA ${NALASR_HAS_CUDA}")
