#include "source_folder.h"

std::string nalasr::test::source_folder() { return NALASR_SOURCE_DIR; }
