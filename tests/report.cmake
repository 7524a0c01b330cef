# Comparisons: formulas, and the forms of a report.
nalasr_test(report_test unit/report/comparison_test.cpp unit/report/report_test.cpp)
