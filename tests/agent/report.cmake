# Tests of agent/report.
ph_add_test(agent/report/layout_test.cpp LIBRARIES report)
