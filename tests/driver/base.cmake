# Tests of driver/base.
ph_add_test(driver/base/atomic_file_test.cpp LIBRARIES base)
ph_add_test(driver/base/child_process_test.cpp LIBRARIES base)
ph_add_test(driver/base/ids_test.cpp LIBRARIES base)
ph_add_test(driver/base/json_fields_test.cpp LIBRARIES base)
ph_add_test(driver/base/log_test.cpp LIBRARIES base)
ph_add_test(driver/base/paths_test.cpp LIBRARIES base)
ph_add_test(driver/base/redact_test.cpp LIBRARIES base)
ph_add_test(driver/base/time_test.cpp LIBRARIES base)
