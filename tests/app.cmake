# The command line, run as a process.
nalasr_test(app_test
  integration/cli_support.cpp integration/cli_support.h
  integration/usage_test.cpp integration/files_test.cpp integration/pictures_test.cpp
  integration/models_test.cpp integration/interrupt_test.cpp)
target_compile_definitions(app_test PRIVATE NALASR_PROGRAM="$<TARGET_FILE:nalasr>")
add_dependencies(app_test nalasr)
