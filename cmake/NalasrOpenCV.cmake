# OpenCV's core and imgcodecs: sets NALASR_HAS_OPENCV and makes targets opencv_core, opencv_imgcodecs.
#
# Debian keeps OpenCV's CMake package in libopencv-dev, a gigabyte of other modules; the two small packages that we
# need (libopencv-core-dev, libopencv-imgcodecs-dev) are found by their headers and libraries.
set(NALASR_HAS_OPENCV OFF)
if(NALASR_OPENCV STREQUAL "OFF")
  return()
endif()

find_package(OpenCV QUIET COMPONENTS core imgcodecs)
if(OpenCV_FOUND)
  set(NALASR_HAS_OPENCV ON)
  return()
endif()

find_path(OPENCV_IMGCODECS_INCLUDE_DIR opencv2/imgcodecs.hpp PATH_SUFFIXES opencv4)
find_path(OPENCV_CORE_INCLUDE_DIR opencv2/core.hpp PATH_SUFFIXES opencv4)
find_path(OPENCV_MODULES_INCLUDE_DIR opencv2/opencv_modules.hpp PATH_SUFFIXES opencv4)
find_library(OPENCV_CORE_LIBRARY opencv_core)
find_library(OPENCV_IMGCODECS_LIBRARY opencv_imgcodecs)
if(OPENCV_IMGCODECS_INCLUDE_DIR AND OPENCV_CORE_INCLUDE_DIR AND OPENCV_CORE_LIBRARY AND OPENCV_IMGCODECS_LIBRARY)
  set(NALASR_HAS_OPENCV ON)
  foreach(module core imgcodecs)
    string(TOUPPER ${module} upper)
    add_library(opencv_${module} INTERFACE IMPORTED)
    target_include_directories(opencv_${module} SYSTEM INTERFACE ${OPENCV_${upper}_INCLUDE_DIR})
    target_link_libraries(opencv_${module} INTERFACE ${OPENCV_${upper}_LIBRARY})
  endforeach()
  if(OPENCV_MODULES_INCLUDE_DIR)
    target_include_directories(opencv_core SYSTEM INTERFACE ${OPENCV_MODULES_INCLUDE_DIR})
  endif()
elseif(NALASR_OPENCV STREQUAL "ON")
  message(FATAL_ERROR "NALASR_OPENCV=ON but OpenCV (core, imgcodecs) was not found")
endif()
