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

# The harness with its own driver, any compiler; a longer run: fuzz_reader -runs=1000000 -seed=7 FOLDER.
add_executable(fuzz_reader fuzz/fuzz_reader.cpp fuzz/fuzz_driver.cpp)
target_link_libraries(fuzz_reader PRIVATE nalasr_core)
target_include_directories(fuzz_reader PRIVATE ${PROJECT_SOURCE_DIR}/tests)
nalasr_target(fuzz_reader)
if(TARGET nalasr_opencv)
  add_dependencies(fuzz_reader nalasr_opencv)
endif()
add_test(NAME fuzz_reader COMMAND fuzz_reader -runs=3000)
set_tests_properties(fuzz_reader PROPERTIES TIMEOUT 300)
