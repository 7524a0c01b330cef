# What is installed works, for people and for other programs' builds; manual and completions know every option.
find_package(Python3 COMPONENTS Interpreter)
if(Python3_FOUND)
  add_test(NAME docs_of_options COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/package/docs_test.py
           $<TARGET_FILE:nalasr> ${PROJECT_SOURCE_DIR})
endif()
# A sanitizer would need its run time in the other programs: not what this is about.
if(NOT NALASR_SANITIZE)
  add_test(NAME install COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/package/check_install ${PROJECT_BINARY_DIR})
  set_tests_properties(install PROPERTIES TIMEOUT 300)
endif()
