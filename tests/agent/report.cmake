# Tests of agent/report.
