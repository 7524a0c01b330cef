# What the viewer takes from the core, and the viewer itself.
nalasr_test(viewer_api_test unit/image/test_interpolate.cpp unit/image/test_screen_colors.cpp
            unit/image/test_convert.cpp)
if(LCMS2_INCLUDE_DIR AND LCMS2_LIBRARY)
  target_include_directories(viewer_api_test SYSTEM PRIVATE ${LCMS2_INCLUDE_DIR})
  target_link_libraries(viewer_api_test PRIVATE ${LCMS2_LIBRARY})
  target_compile_definitions(viewer_api_test PRIVATE NALASR_HAS_LCMS2)
endif()
# Our interpolation is held against OpenCV's, where its module for that is installed.
find_path(OPENCV_IMGPROC_INCLUDE_DIR opencv2/imgproc.hpp PATH_SUFFIXES opencv4)
find_library(OPENCV_IMGPROC_LIBRARY opencv_imgproc)
if(NALASR_HAS_OPENCV AND OPENCV_IMGPROC_INCLUDE_DIR AND OPENCV_IMGPROC_LIBRARY)
  target_include_directories(viewer_api_test SYSTEM PRIVATE ${OPENCV_IMGPROC_INCLUDE_DIR})
  target_link_libraries(viewer_api_test PRIVATE opencv_core ${OPENCV_IMGPROC_LIBRARY})
  target_compile_definitions(viewer_api_test PRIVATE NALASR_HAS_OPENCV_IMGPROC)
endif()

if(NOT TARGET nalasr_gui)
  return()
endif()
find_package(Qt6 REQUIRED COMPONENTS Test)
set(CMAKE_AUTOMOC ON)
set(CMAKE_AUTORCC ON)
add_library(gui_support STATIC gui/gui_support.cpp gui/gui_support.h)
target_include_directories(gui_support PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
target_link_libraries(gui_support PUBLIC nalasr_gui Qt6::Test)
target_compile_definitions(gui_support PRIVATE NALASR_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
                           NALASR_VIEWER="$<TARGET_FILE:nalasr-viewer>"
                           NALASR_PROGRAM="$<TARGET_FILE:nalasr>"
                           NALASR_SCREENSHOTS="${PROJECT_BINARY_DIR}/screenshots")
if(XCB_INCLUDE_DIR AND XCB_LIBRARY)
  target_compile_definitions(gui_support PRIVATE NALASR_HAS_XCB)
  target_include_directories(gui_support SYSTEM PRIVATE ${XCB_INCLUDE_DIR})
  target_link_libraries(gui_support PRIVATE ${XCB_LIBRARY})
endif()
nalasr_target(gui_support)

# For sanitizers on busy machines: what leaks elsewhere, and QtTest's own time limit (ms), which is five minutes.
set(patience LSAN_OPTIONS=suppressions=${CMAKE_CURRENT_SOURCE_DIR}/gui/lsan.supp QTEST_FUNCTION_TIMEOUT=900000)
function(viewer_test name)
  add_executable(${name} ${ARGN})
  target_link_libraries(${name} PRIVATE gui_support)
  nalasr_target(${name})
  add_dependencies(${name} nalasr-viewer)
endfunction()

foreach(subject document planning jobs)
  viewer_test(viewer_${subject}_test gui/${subject}_test.cpp)
  add_test(NAME viewer_${subject} COMMAND viewer_${subject}_test)
  set_tests_properties(viewer_${subject} PROPERTIES TIMEOUT 1200 ENVIRONMENT QT_QPA_PLATFORM=offscreen)
endforeach()

# The whole program on a screen of its own; without Xvfb, on Qt's offscreen platform.
find_program(XVFB_RUN xvfb-run)
add_library(window_fixture STATIC gui/window_fixture.cpp gui/window_fixture.h)
target_link_libraries(window_fixture PUBLIC gui_support)
target_compile_definitions(window_fixture PRIVATE NALASR_TRANSLATIONS="${PROJECT_BINARY_DIR}/gui")
nalasr_target(window_fixture)
foreach(subject window window_queue languages gpu_numbers sharpness)
  viewer_test(viewer_${subject}_test gui/${subject}_test.cpp ${PROJECT_SOURCE_DIR}/resources/viewer.qrc)
  target_link_libraries(viewer_${subject}_test PRIVATE window_fixture)
  if(XVFB_RUN)
    add_test(NAME viewer_${subject}
             COMMAND ${XVFB_RUN} -a -s "-screen 0 1600x1000x24" $<TARGET_FILE:viewer_${subject}_test>)
    set_tests_properties(viewer_${subject} PROPERTIES ENVIRONMENT "QT_QPA_PLATFORM=xcb;${patience}")
  else()
    add_test(NAME viewer_${subject} COMMAND viewer_${subject}_test)
    set_tests_properties(viewer_${subject} PROPERTIES ENVIRONMENT "QT_QPA_PLATFORM=offscreen;${patience}")
  endif()
  set_tests_properties(viewer_${subject} PROPERTIES TIMEOUT 1200)
endforeach()

# On a real graphics card, skipped where there is none; and the same steps on the processor, without a screen.
viewer_test(viewer_real_gpu_test gui/real_gpu_test.cpp ${PROJECT_SOURCE_DIR}/resources/viewer.qrc)
target_link_libraries(viewer_real_gpu_test PRIVATE window_fixture)
add_dependencies(viewer_real_gpu_test nalasr)
add_test(NAME viewer_real_gpu COMMAND viewer_real_gpu_test)
set_tests_properties(viewer_real_gpu PROPERTIES TIMEOUT 300 RUN_SERIAL ON SKIP_REGULAR_EXPRESSION "SKIP   :"
                     ENVIRONMENT QT_QPA_PLATFORM=offscreen)
add_test(NAME viewer_offscreen COMMAND viewer_real_gpu_test)
set_tests_properties(viewer_offscreen PROPERTIES TIMEOUT 1200
                     ENVIRONMENT "QT_QPA_PLATFORM=offscreen;NALASR_TEST_DEVICE=cpu;${patience}")

# The desktop's wish for light or dark, told over a session bus.
find_program(DBUS_DAEMON dbus-daemon)
if(DBUS_DAEMON)
  find_package(Qt6 REQUIRED COMPONENTS DBus)
  viewer_test(viewer_theme_test gui/theme_test.cpp)
  target_link_libraries(viewer_theme_test PRIVATE Qt6::DBus)
  add_test(NAME viewer_theme COMMAND viewer_theme_test)
  set_tests_properties(viewer_theme PROPERTIES TIMEOUT 60 ENVIRONMENT QT_QPA_PLATFORM=offscreen)
endif()

viewer_test(viewer_big_picture_test gui/big_picture_test.cpp)
add_test(NAME viewer_big_picture COMMAND viewer_big_picture_test)
# Alone: it measures times, and takes two gigabytes.
set_tests_properties(viewer_big_picture PROPERTIES TIMEOUT 300 RUN_SERIAL ON ENVIRONMENT QT_QPA_PLATFORM=offscreen)

# From the command to the window on the screen.
if(XVFB_RUN AND XCB_INCLUDE_DIR AND XCB_LIBRARY)
  add_executable(viewer_start_test gui/start_test.cpp)
  target_include_directories(viewer_start_test SYSTEM PRIVATE ${XCB_INCLUDE_DIR})
  target_compile_definitions(viewer_start_test PRIVATE NALASR_VIEWER="$<TARGET_FILE:nalasr-viewer>"
                             NALASR_SAMPLE="${PROJECT_SOURCE_DIR}/resources/samples/street.png")
  target_link_libraries(viewer_start_test PRIVATE Qt6::Test ${XCB_LIBRARY})
  nalasr_target(viewer_start_test)
  add_dependencies(viewer_start_test nalasr-viewer)
  add_test(NAME viewer_start COMMAND ${XVFB_RUN} -a -s "-screen 0 1400x900x24" $<TARGET_FILE:viewer_start_test>)
  set_tests_properties(viewer_start PROPERTIES TIMEOUT 120 RUN_SERIAL ON ENVIRONMENT QT_QPA_PLATFORM=xcb)
endif()

# What a desktop and its software catalogue read.
find_program(DESKTOP_FILE_VALIDATE desktop-file-validate)
find_program(APPSTREAMCLI appstreamcli)
if(DESKTOP_FILE_VALIDATE)
  add_test(NAME viewer_desktop_file
           COMMAND ${DESKTOP_FILE_VALIDATE} ${PROJECT_SOURCE_DIR}/resources/io.github.nalasr.Viewer.desktop)
endif()
if(APPSTREAMCLI)
  add_test(NAME viewer_metainfo COMMAND ${APPSTREAMCLI} validate --no-net
           ${PROJECT_SOURCE_DIR}/resources/io.github.nalasr.Viewer.metainfo.xml)
endif()
add_test(NAME viewer_translations COMMAND ${CMAKE_COMMAND} -DLUPDATE=$<TARGET_FILE:Qt6::lupdate>
         -DSOURCE_FOLDER=${PROJECT_SOURCE_DIR} -DCOPIES=${CMAKE_CURRENT_BINARY_DIR}/translations
         -P ${CMAKE_CURRENT_SOURCE_DIR}/gui/translations.cmake)

set(CMAKE_AUTOMOC OFF)  # what is included later has nothing to do with Qt
