// Where the sources lie, for golden values and sample pictures. In a library of one file: on every test's compile line
// the path would keep ccache from serving other clones.
#pragma once

#include <string>

namespace nalasr::test {

std::string source_folder();

}  // namespace nalasr::test
