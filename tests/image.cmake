# Pictures: readers, writers, metadata, whole pictures, resampling; and the decoder's fuzz harness as a short test.
nalasr_test(image_tests
  unit/image/test_damage.cpp
  unit/image/test_jpeg.cpp
  unit/image/test_metadata.cpp
  unit/image/test_opencv_module.cpp
  unit/image/test_other_formats.cpp
  unit/image/test_picture.cpp
  unit/image/test_frames.cpp
  unit/image/test_png.cpp
  unit/image/test_png_bands.cpp
  unit/image/test_resample.cpp
  unit/image/test_samples.cpp
  unit/image/test_writers.cpp)
target_link_libraries(image_tests PRIVATE PNG::PNG ZLIB::ZLIB JPEG::JPEG)
# A module as another build of the program would have it.
add_library(foreign_module MODULE tools/foreign_module.cpp)
set_target_properties(foreign_module PROPERTIES PREFIX "" LIBRARY_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/foreign
                      OUTPUT_NAME nalasr_opencv)
target_include_directories(foreign_module PRIVATE ${PROJECT_SOURCE_DIR}/core)
target_compile_definitions(foreign_module PRIVATE NALASR_VERSION="another")
nalasr_target(foreign_module)
add_dependencies(image_tests foreign_module)
if(LCMS2_INCLUDE_DIR AND LCMS2_LIBRARY)
  target_sources(image_tests PRIVATE unit/image/test_cmyk_profile.cpp)
  target_include_directories(image_tests SYSTEM PRIVATE ${LCMS2_INCLUDE_DIR})
  target_link_libraries(image_tests PRIVATE ${LCMS2_LIBRARY})
endif()

# The harnesses with their own driver, any compiler; a longer run: fuzz_reader -runs=1000000 -seed=7 FOLDER. With clang and
# NALASR_LIBFUZZER the driver is libFuzzer, and write_seeds_* make its corpus: scripts/fuzz.
foreach(harness reader metadata)
  set(driver fuzz/fuzz_driver.cpp)
  if(NALASR_LIBFUZZER)
    set(driver "")
    add_executable(write_seeds_${harness} fuzz/fuzz_${harness}.cpp fuzz/write_seeds.cpp)
    target_link_libraries(write_seeds_${harness} PRIVATE nalasr_core)
    target_include_directories(write_seeds_${harness} PRIVATE ${PROJECT_SOURCE_DIR}/core ${PROJECT_SOURCE_DIR}/tests)
    nalasr_target(write_seeds_${harness})
  endif()
  add_executable(fuzz_${harness} fuzz/fuzz_${harness}.cpp ${driver})
  target_link_libraries(fuzz_${harness} PRIVATE nalasr_core)
  target_include_directories(fuzz_${harness} PRIVATE ${PROJECT_SOURCE_DIR}/core ${PROJECT_SOURCE_DIR}/tests)
  nalasr_target(fuzz_${harness})
  if(NALASR_LIBFUZZER)
    target_link_options(fuzz_${harness} PRIVATE -fsanitize=fuzzer)
  else()
    add_test(NAME fuzz_${harness} COMMAND fuzz_${harness} -runs=3000)
    set_tests_properties(fuzz_${harness} PROPERTIES TIMEOUT 300)
  endif()
endforeach()
if(TARGET nalasr_opencv)
  add_dependencies(fuzz_reader nalasr_opencv)
endif()

add_executable(bench_png bench/bench_png.cpp)
target_link_libraries(bench_png PRIVATE nalasr_core PNG::PNG)
target_include_directories(bench_png PRIVATE ${PROJECT_SOURCE_DIR}/core)
nalasr_target(bench_png)
