# The command line, run as a process.
nalasr_test(app_test
  integration/cli_support.cpp integration/cli_support.h
  integration/usage_test.cpp integration/files_test.cpp integration/pictures_test.cpp
  integration/batch_test.cpp integration/resume_test.cpp integration/models_test.cpp integration/interrupt_test.cpp
  integration/module_test.cpp integration/compare_test.cpp integration/evaluate_test.cpp
  integration/memory_test.cpp)
# On this file only: ccache serves the others to every clone.
set_source_files_properties(integration/cli_support.cpp PROPERTIES COMPILE_DEFINITIONS
                            NALASR_PROGRAM="${PROJECT_BINARY_DIR}/app/nalasr")
add_dependencies(app_test nalasr)
if(TARGET nalasr-compare-torch)
  add_dependencies(app_test nalasr-compare-torch)
endif()
if(WEBP_INCLUDE_DIR AND WEBP_LIBRARY)
  target_compile_definitions(app_test PRIVATE NALASR_HAS_WEBP)
endif()
