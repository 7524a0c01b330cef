# The forms of a comparison.
nalasr_test(report_test unit/report/report_test.cpp)
