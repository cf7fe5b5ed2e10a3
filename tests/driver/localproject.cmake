# Tests of driver/localproject.
ph_add_test(driver/localproject/store_test.cpp LIBRARIES localproject)
