# Kernels against float64, and the executors against each other.
nalasr_test(engine_test unit/engine/strips_test.cpp)
