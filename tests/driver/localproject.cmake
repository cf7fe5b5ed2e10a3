# Tests of driver/localproject.
ph_add_test(driver/localproject/store_test.cpp LIBRARIES localproject)
ph_add_test(driver/localproject/compiler_test.cpp LIBRARIES localproject)
ph_add_test(driver/localproject/demo_test.cpp LIBRARIES localproject TIMEOUT 300)
ph_add_test(driver/localproject/dump_test.cpp LIBRARIES localproject)
ph_add_test(driver/localproject/golden_test.cpp LIBRARIES localproject TIMEOUT 300)
target_compile_definitions(driver.localproject.golden_test PRIVATE GOLDEN_FOLDER="${PROJECT_SOURCE_DIR}/tests/driver/localproject/golden")
