# Pictures: readers, writers, metadata, whole pictures, resampling; and the decoder's fuzz harness as a short test.
nalasr_test(image_tests
  unit/image/test_damage.cpp
  unit/image/test_jpeg.cpp
  unit/image/test_metadata.cpp
  unit/image/test_picture.cpp
  unit/image/test_png.cpp
  unit/image/test_resample.cpp
  unit/image/test_samples.cpp
  unit/image/test_writers.cpp)
target_link_libraries(image_tests PRIVATE PNG::PNG JPEG::JPEG)
