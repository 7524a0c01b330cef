# Pictures: readers, writers, metadata, whole pictures, resampling; and the decoder's fuzz harness as a short test.
nalasr_test(image_tests
  unit/image/test_damage.cpp
  unit/image/test_jpeg.cpp
  unit/image/test_metadata.cpp
  unit/image/test_other_formats.cpp
  unit/image/test_picture.cpp
  unit/image/test_png.cpp
  unit/image/test_resample.cpp
  unit/image/test_samples.cpp
  unit/image/test_writers.cpp)
target_link_libraries(image_tests PRIVATE PNG::PNG JPEG::JPEG)
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
add_test(NAME fuzz_reader COMMAND fuzz_reader -runs=3000)
set_tests_properties(fuzz_reader PROPERTIES TIMEOUT 300)
