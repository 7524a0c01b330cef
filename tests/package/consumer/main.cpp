// consumer MODEL IN OUT
#include <iostream>

#include "nalasr/upscaler.h"

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const auto model = nalasr::Model::load(argv[1]);
  if (!model) return 1;
  const auto report = nalasr::Upscaler(*model, {.threads = 1}).run({.input = argv[2], .output = argv[3]});
  std::cout << (report ? report->to_json() : report.error().message) << '\n';
  return report ? 0 : 1;
}
