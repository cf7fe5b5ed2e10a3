# Tests of agent/journal.
ph_add_test(agent/journal/reader_test.cpp LIBRARIES journal)
ph_add_test(agent/journal/recorder_test.cpp LIBRARIES journal)
ph_add_test(agent/journal/writer_test.cpp LIBRARIES journal TIMEOUT 300)
